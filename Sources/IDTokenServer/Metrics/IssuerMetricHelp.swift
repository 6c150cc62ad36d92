#if Server
/// What the issuer's own metrics tell, for `# HELP`.
enum IssuerMetricHelp {
  static let lines = [
    "idtoken_tokens_total": "Tokens issued, by app and algorithm.",
    "idtoken_refusals_total": "Requests for a token that got none, by reason.",
    "idtoken_request_duration_seconds": "From a request's head to the end of its answer, by route.",
    "idtoken_key_age_seconds": "Since a key's publication, for every key of the ring.",
    "idtoken_next_key_change_timestamp_seconds": "When the keys of an algorithm in the JWKS change next.",
    "idtoken_lane_faults_total":
      "Signatures that vector lanes failed to make; OpenSSL made them, and none was wrong.",
    "idtoken_ring_epoch": "Durable changes of the key ring so far.",
    "idtoken_ring_confirmed_timestamp_seconds": "When this process last read the ring from its store.",
  ]
}
#endif
