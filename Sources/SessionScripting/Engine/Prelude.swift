#if JavaScript
/// What is evaluated in a realm before anything else: the JavaScript beside this file.
enum Prelude {
  static let source = """
    (function (native, setup) {
    'use strict';
    \(parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n"))
    return entry;
    })
    """

  private static let parts = [
    PackageResources.intrinsics_js, PackageResources.nodes_js, PackageResources.apis_js,
    PackageResources.globals_js,
  ]

  /// The members of `entry`, by which the host comes in.
  static let entries = [
    "open", "fire", "describe", "rejected", "parse", "makeError", "tree", "tellSubscribers", "act",
  ]
}
#endif
