#if Server
/// How many connections are open at once. More wait to be accepted.
///
/// Without it whoever opens connections and says nothing takes every file that the process may open, and then neither the
/// ring nor the hosts file can be read: nothing rotates, and no credential can be taken away.
enum ConnectionLimit {
  /// - Parameter files: how many the process may have open; `nil` where nothing bounds them.
  static func connections(files: Int?) -> Int? {
    files.map { max($0 / 2, $0 - 128) }
  }
}
#endif
