/// The version of this package, the newest in CHANGELOG.md.
package enum PackageVersion {
  package static let current = "0.1.0"
}
