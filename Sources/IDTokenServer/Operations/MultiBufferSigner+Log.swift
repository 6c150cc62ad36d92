#if Server
import JOSECore
import KeyRotation
import Logging

extension MultiBufferSigner {
  /// Says at the start what signs, and has each key tested on the lanes before the first token asks for it.
  func log(_ ring: KeyRingSnapshot, to logger: Logger) {
    logger.info("signing lanes", metadata: ["lanes": "\(self)"])
    guard case .on = status else { return }
    for algorithm in ring.ring.policy.algorithms {
      guard let key = try? ring.signingKey(for: algorithm), let reason = unavailabilityReason(for: key.key)
      else {
        continue
      }
      logger.notice("signed one by one", metadata: ["alg": "\(algorithm)", "reason": "\(reason)"])
    }
  }
}

extension IssuerConfiguration {
  var signingLanes: MultiBufferSigner { lanes == .on ? .shared : .off }
}
#endif
