#if Server
  public import ServiceLifecycle

  extension RemoteJWKSet: Service {
    /// Fetches at the start and then shortly before the set is out of date, until the group shuts down. An issuer that is
    /// away is logged and asked again; it doesn't end the service.
    public func run() async throws {
      await cancelWhenGracefulShutdown { [self] in
        while !Task.isCancelled {
          let pause = await cycle()
          // A floor, so that a clock or an issuer gone wrong can't make this spin.
          try? await stopwatch.sleep(for: max(.milliseconds(100), pause))
        }
      }
    }
  }
#endif
