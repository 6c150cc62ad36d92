"""PyJWT and Shopify's own Python library verify tokens of the Shopify profile."""

import re
import time

import jwt
import pytest
from shopify import session_token

from conftest import CLIENT_ID, SECRET, SHOP, mint

REQUIRED = ["iss", "dest", "aud", "sub", "exp", "nbf", "iat", "jti", "sid"]


def decode(token, **options):
    return jwt.decode(token, SECRET, algorithms=["HS256"], audience=CLIENT_ID, **options)


def test_pyjwt_accepts_a_token_with_every_claim_required(secret_file):
    claims = decode(mint("--client-secret-file", secret_file), options={"require": REQUIRED})
    assert claims["sub"] == "42"
    assert claims["dest"] == f"https://{SHOP}"
    assert claims["iss"] == f"https://{SHOP}/admin"
    assert claims["exp"] - claims["iat"] == 60
    assert re.fullmatch("[0-9a-f]{64}", claims["sid"])


def test_shopify_api_accepts_a_token_from_an_authorization_header(secret_file):
    token = mint("--client-secret-file", secret_file)
    claims = session_token.decode_from_header(f"Bearer {token}", CLIENT_ID, SECRET)
    assert claims["aud"] == CLIENT_ID


def test_shopify_api_refuses_the_token_of_another_app(secret_file):
    token = mint("--client-secret-file", secret_file)
    with pytest.raises(session_token.SessionTokenError, match="[Aa]udience"):
        session_token.decode_from_header(f"Bearer {token}", "another-app", SECRET)


def test_both_refuse_a_token_signed_with_another_secret(secret_file):
    token = mint("--client-secret-file", secret_file)
    other = SECRET[::-1]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, other, algorithms=["HS256"], audience=CLIENT_ID)
    with pytest.raises(session_token.SessionTokenError):
        session_token.decode_from_header(f"Bearer {token}", CLIENT_ID, other)


def test_both_refuse_a_token_that_expired_before_the_leeway(secret_file):
    token = mint("--client-secret-file", secret_file, "--at", int(time.time()) - 71)
    with pytest.raises(jwt.ExpiredSignatureError):
        decode(token, leeway=10)
    with pytest.raises(session_token.SessionTokenError):
        session_token.decode_from_header(f"Bearer {token}", CLIENT_ID, SECRET)


def test_an_additional_claim_arrives_unchanged(secret_file):
    token = mint("--client-secret-file", secret_file, "--claim", 'place={"aisle":[1,2],"név":"✓"}')
    assert decode(token)["place"] == {"aisle": [1, 2], "név": "✓"}


def test_each_token_has_a_jti_of_its_own(secret_file):
    tokens = mint("--client-secret-file", secret_file, "--count", 50).splitlines()
    assert len({decode(token)["jti"] for token in tokens}) == 50
