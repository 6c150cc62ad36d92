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

/// What a failure means to the shell: 1 for the refusal that a command is for, otherwise the numbers of sysexits(3).
enum ExitStatus: Int32 {
  case refused = 1
  case usage = 64
  case unavailable = 69
  case software = 70
  case cannotCreate = 73
  case inputOutput = 74
  case noPermission = 77
  case configuration = 78
}

/// An error of the command line itself.
struct CommandError: Error, Equatable, CustomStringConvertible {
  let status: ExitStatus
  let description: String

  init(_ status: ExitStatus, _ description: String) {
    (self.status, self.description) = (status, description)
  }
}

extension ExitStatus {
  /// `nil` for errors of the argument parser, which reports them itself.
  init?(_ error: any Error) {
    switch error {
    case let error as CommandError: self = error.status
    case is VerificationError: self = .refused
    case let error as JOSEError: self = error.code == "invalid_jws" ? .refused : .configuration
    case let error as IDTokenError: self.init(error)
    case let error as KeyRingError: self.init(error)
    case let error as PolicyFileError: self.init(error.cause)
    case let error as SecretFileError: self.init(error)
    case let error as FileError: self.init(error)
    case is SimulationError: self = .usage
    case let error as SessionError: self = error.code == "invalid_app" ? .configuration : .software
    #if Server
    case is SettingsError, is HostsFileError: self = .configuration
    case is InvalidHostName: self = .usage
    #endif
    #if JavaScript
    case is ScriptError, is POSError: self = .refused
    #endif
    #if Client
    case let error as IssuerClientError where [.invalidURL, .invalidCredential].contains(error.code):
      self = .configuration
    #endif
    default:
      let isParsers = String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
      if isParsers { return nil }
      self = .software
    }
  }

  private init(_ error: IDTokenError) {
    switch error.details.cause {
    case let error as SecretFileError: self.init(error)
    case let error as KeyRingError: self.init(error)
    default: self = ["invalid_secret", "key_ring", "key"].contains(error.code) ? .configuration : .usage
    }
  }

  private init(_ error: KeyRingError) {
    switch (error.details.cause, error.code) {
    case (let error as SecretFileError, _): self.init(error)
    case (let error as FileError, _): self.init(error)
    case (_, "standby_too_young"), (_, "invalid_policy"), (_, "invalid_audit_log"): self = .refused
    case (_, "invalid_algorithms"), (_, "no_active_key"), (_, "unknown_key"): self = .usage
    case (_, "already_exists"): self = .cannotCreate
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
