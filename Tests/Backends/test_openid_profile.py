"""PyJWT verifies tokens of the OpenID profile with the JWKS that the command prints."""

import json

import jwt
import pytest

from conftest import ASYMMETRIC, CLIENT_ID, ISSUER, SHOP, idtoken, mint

# RFC 9864's names are newer than some releases of PyJWT.
KNOWN = set(jwt.algorithms.get_default_algorithms())


def key_for(token, jwks):
    return jwt.PyJWKSet.from_dict(jwks)[jwt.get_unverified_header(token)["kid"]]


@pytest.mark.parametrize("algorithm", [name for name in ASYMMETRIC if name in KNOWN])
def test_pyjwt_accepts_a_token_of_each_algorithm_by_its_key_in_the_jwks(ring, jwks, algorithm):
    token = mint("--ring", ring, "--alg", algorithm, "--issuer", ISSUER)
    usable = {"keys": [key for key in jwks["keys"] if key["alg"] in KNOWN]}
    claims = jwt.decode(token, key_for(token, usable), algorithms=[algorithm], audience=CLIENT_ID, issuer=ISSUER)
    assert claims["iss"] == ISSUER
    assert claims["dest"] == f"https://{SHOP}"
    assert claims["sub"] == "42"


def test_pyjwt_knows_every_algorithm_except_the_names_of_rfc_9864():
    assert set(ASYMMETRIC) - KNOWN <= {"Ed25519", "Ed448"}


@pytest.mark.parametrize("algorithm", ["Ed25519", "Ed448"])
def test_pyjwts_eddsa_accepts_the_signatures_of_tokens_with_the_names_of_rfc_9864(ring, jwks, algorithm):
    token = mint("--ring", ring, "--alg", algorithm, "--issuer", ISSUER)
    kid = jwt.get_unverified_header(token)["kid"]
    [key] = [key for key in jwks["keys"] if key["kid"] == kid]
    message, signature = token.rsplit(".", 1)
    public_key = jwt.PyJWK({**key, "alg": "EdDSA"}).key
    eddsa = jwt.algorithms.get_default_algorithms()["EdDSA"]
    assert eddsa.verify(message.encode(), public_key, jwt.utils.base64url_decode(signature))


def test_pyjwt_refuses_a_token_of_another_ring(jwks, tmp_path):
    idtoken("keys", "init", "--ring", tmp_path / "other", "--alg", "ES256")
    token = mint("--ring", tmp_path / "other", "--alg", "ES256", "--issuer", ISSUER)
    ours = jwt.PyJWK(next(key for key in jwks["keys"] if key["alg"] == "ES256"))
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, ours, algorithms=["ES256"], audience=CLIENT_ID)


def test_pyjwt_accepts_tokens_from_before_and_after_a_rotation_with_the_same_jwks(tmp_path):
    ring = tmp_path / "ring"
    idtoken("keys", "init", "--ring", ring, "--alg", "ES256")
    before = mint("--ring", ring, "--alg", "ES256", "--issuer", ISSUER)
    fetched_before = json.loads(idtoken("jwks", "--ring", ring).output)
    idtoken("keys", "rotate", "--ring", ring)
    after = mint("--ring", ring, "--alg", "ES256", "--issuer", ISSUER)
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    for token in (before, after):
        jwt.decode(token, key_for(token, fetched_before), algorithms=["ES256"], audience=CLIENT_ID, issuer=ISSUER)
