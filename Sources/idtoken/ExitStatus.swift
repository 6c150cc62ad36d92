import ArgumentParser
import IDTokens
import JOSECore
import KeyRotation
import RotationModel
import SessionHost
import SystemSupport

#if JavaScript
import SessionScripting
#endif
#if Server
import IDTokenServer
#endif
#if Client
import IssuerClient
#endif

/// What an error tells the shell: 1 for a refusal that was asked for, the numbers of sysexits(3) otherwise.
enum ExitStatus: Int32 {
  case refused = 1
  case usage = 64
  case software = 70
  case cannotCreate = 73
  case inputOutput = 74
  case noPermission = 77
  case configuration = 78

  /// `nil` for errors of the argument parser, which reports them itself.
  init?(_ error: any Error) {
    switch error {
    case is VerificationError, is InspectionError, is ConfirmationError,
      is SimulationRefusal:
      self = .refused
    case let error as IDTokenError: self.init(error)
    case let error as KeyRingError: self.init(error)
    case let error as PolicyFileError: self.init(error.cause)
    case let error as SecretFileError: self.init(error)
    case let error as FileError: self.init(error)
    case is JWAError, is JWKError, is KeySetFileError: self = .configuration
    case is SimulationError: self = .usage
    case let error as SessionError: self = error.code == "invalid_app" ? .configuration : .software
    case is DemoError: self = .software
    default:
      #if Server
      if error is SettingsError || error is HostsFileError {
        self = .configuration
        return
      }
      if error is InvalidHostName {
        self = .usage
        return
      }
      #endif
      #if JavaScript
      if error is ScriptError || error is POSError {
        self = .refused
        return
      }
      #endif
      #if Client
      if let error = error as? IssuerClientError, [.invalidURL, .invalidCredential].contains(error.code) {
        self = .configuration
        return
      }
      #endif
      let isParsers = String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
      if isParsers { return nil }
      self = .software
    }
  }

  private init(_ error: IDTokenError) {
    switch error.reason {
    case .secretFile(let error): self.init(error)
    case .secretInFile, .unprintableSecret, .noRing, .key: self = .configuration
    case .ring(let error): self.init(error)
    default: self = .usage
    }
  }

  private init(_ error: KeyRingError) {
    switch error {
    case .standbyTooYoung, .policy, .audit: self = .refused
    case .noAlgorithms, .symmetricAlgorithm, .noActiveKey, .unknownKey: self = .usage
    case .alreadyExists: self = .cannotCreate
    case .secretFile(let error): self.init(error)
    case .file(let error): self.init(error)
    default: self = .configuration
    }
  }

  private init(_ error: SecretFileError) {
    switch error {
    case .exposed: self = .noPermission
    case .file(let error): self.init(error)
    }
  }

  private init(_ error: FileError) { self = error.isPermission ? .noPermission : .inputOutput }
}
