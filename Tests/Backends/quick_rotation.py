"""A policy with the shortest periods that its bounds allow, and a backend that caches for as long as it may."""

import jwt

from issuer_process import OPENID_APP

# T ≥ P = R + S + C + max(M, V) + S, here 4 + 0 + 0 + 2 + 0.
LIFETIME, LEEWAY, KEPT = 5, 1, 2
POLICY = {
    "algorithms": ["ES256"], "token_lifetime": f"{LIFETIME}s", "leeway": f"{LEEWAY}s", "max_age": "2s",
    "verifier_bound": f"{KEPT}s", "clock_skew": "0s", "rotation_period": "6s", "staleness_bound": "4s",
    "reservation": "2s",
}
NEVER = 1_000_000


class Backend:
    """Caches the JWKS for as long as the policy allows, and never refetches it for an unknown kid: it would refuse one."""

    def __init__(self, issuer):
        self.issuer = issuer
        self.keys = jwt.PyJWKClient(issuer.jwks_url, lifespan=KEPT, cooldown_duration=NEVER)

    def verify(self, token):
        return jwt.decode(
            token, self.keys.get_signing_key_from_jwt(token), algorithms=["ES256"], audience=OPENID_APP,
            issuer=self.issuer.issuer, leeway=LEEWAY)
