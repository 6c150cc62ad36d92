-- For wrk: the body of the environment, and one line of JSON at the end. Header fields are wrk's own option.
if os.getenv("BODY") then
  wrk.method = "POST"
  wrk.body = os.getenv("BODY")
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "p50": %.1f, "p99": %.1f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
