public import ArgumentParser
public import JWA

extension Algorithm: ExpressibleByArgument {
  /// What `--help` offers: HS algorithms sign with a client secret, not with a ring.
  public static var allValueStrings: [String] { allCases.filter { !$0.isSymmetric }.map(\.rawValue) }
}
