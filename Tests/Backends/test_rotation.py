"""Keys are imported, rotated and revoked while PyJWT's caching client verifies, as most backends do."""

import base64
import hashlib
import json
import subprocess
import urllib.request

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding, NoEncryption, PrivateFormat, load_pem_private_key,
)

from conftest import CLIENT_ID, ISSUER, idtoken, mint
from static_host import StaticHost

ALGORITHMS = jwt.algorithms.get_default_algorithms()


@pytest.fixture
def host(tmp_path):
    (tmp_path / "public").mkdir()
    with StaticHost(tmp_path / "public") as host:
        host.directory = tmp_path / "public"
        yield host


@pytest.fixture
def new_ring(tmp_path):
    directory = tmp_path / "keys" / "ring"
    idtoken("keys", "init", "--ring", directory, "--alg", "ES256")
    return directory


@pytest.fixture
def exported_ring(tmp_path):
    policy = tmp_path / "exported.json"
    policy.write_text(json.dumps({"algorithms": ["ES256"], "publication": "exported"}))
    directory = tmp_path / "keys" / "ring"
    idtoken("keys", "init", "--ring", directory, "--policy", policy)
    return directory


def sign(ring, algorithm="ES256", issuer=ISSUER):
    return mint("--ring", ring, "--alg", algorithm, "--issuer", issuer)


def kid_of(token):
    return jwt.get_unverified_header(token)["kid"]


def keys(ring, state):
    listed = json.loads(idtoken("keys", "list", "--ring", ring, "--json").output)["keys"]
    return [key for key in listed if key["state"] == state]


def verifier(address):
    """A client with an empty cache, which keeps a JWKS for 300 s and refetches it at once for an unknown kid."""
    return jwt.PyJWKClient(address, cooldown_duration=0)


def serve(ring, host):
    """Puts the ring's present JWKS on the host, and returns a verifier with an empty cache."""
    (host.directory / "jwks.json").write_text(idtoken("jwks", "--ring", ring).output)
    return verifier(host.url + "/jwks.json")


def verify(client, token, issuer=ISSUER):
    key = client.get_signing_key_from_jwt(token)
    algorithm = jwt.get_unverified_header(token)["alg"]
    return jwt.decode(token, key, algorithms=[algorithm], audience=CLIENT_ID, issuer=issuer)


# --- Keys of another issuer ---


def key_of_cryptography():
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_of_openssl():
    command = ["openssl", "genrsa", "-traditional", "2048"]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.fixture(params=[("ES256", key_of_cryptography), ("RS256", key_of_openssl)], ids=["ES256", "RS256"])
def old_issuer(request, host, tmp_path):
    """Its key file, and a verifier that has its JWKS in the cache and has accepted a token."""
    algorithm, generate = request.param
    pem, file = generate(), tmp_path / "old.pem"
    file.touch(mode=0o600)
    file.write_bytes(pem)
    key = load_pem_private_key(pem, None)
    public = ALGORITHMS[algorithm].to_jwk(key.public_key(), as_dict=True)
    published = {"keys": [{**public, "kid": "2024-03", "use": "sig", "alg": algorithm}]}
    (host.directory / "jwks.json").write_text(json.dumps(published))
    client = verifier(host.url + "/jwks.json")
    claims = {"aud": CLIENT_ID, "iss": ISSUER, "sub": "42"}
    assert verify(client, jwt.encode(claims, key, algorithm, headers={"kid": "2024-03"})) == claims
    assert host.paths == ["/jwks.json"]
    return algorithm, file, client


def test_a_verifier_with_the_old_issuers_jwks_accepts_tokens_of_an_imported_key_without_a_fetch(
        old_issuer, host, tmp_path):
    algorithm, file, client = old_issuer
    ring = tmp_path / "ring"
    idtoken("keys", "import", file, "--alg", algorithm, "--kid", "2024-03", "--ring", ring)
    token = sign(ring, algorithm)
    assert kid_of(token) == "2024-03"
    assert verify(client, token)["sub"] == "42"
    assert host.paths == ["/jwks.json"]


def test_an_imported_key_with_another_kid_is_unknown_to_a_verifier_with_the_old_jwks(old_issuer, host, tmp_path):
    algorithm, file, client = old_issuer
    ring = tmp_path / "ring"
    idtoken("keys", "import", file, "--alg", algorithm, "--ring", ring)
    token = sign(ring, algorithm)
    with pytest.raises(jwt.PyJWKClientError, match="Unable to find a signing key"):
        verify(client, token)
    assert host.paths == ["/jwks.json"] * 2
    assert verify(serve(ring, host), token)["sub"] == "42"


def test_an_imported_key_signs_until_every_jwks_of_the_old_issuer_has_expired(old_issuer, tmp_path):
    algorithm, file, client = old_issuer
    ring = tmp_path / "ring"
    idtoken("keys", "import", file, "--alg", algorithm, "--kid", "2024-03", "--ring", ring)
    assert "verifiers may hold an older JWKS" in idtoken("keys", "rotate", "--ring", ring, status=1).error
    assert verify(client, sign(ring, algorithm))["sub"] == "42"


def test_no_token_of_an_imported_key_outlives_its_not_after(old_issuer, tmp_path):
    algorithm, file, client = old_issuer
    ring = tmp_path / "ring"
    issued = jwt.decode(sign_for_a_day(file, algorithm, tmp_path / "endless"), options={"verify_signature": False})
    end = issued["iat"] + 3600
    token = sign_for_a_day(file, algorithm, ring, "--kid", "2024-03", "--not-after", end)
    assert issued["exp"] > end
    assert verify(client, token)["exp"] == end


def sign_for_a_day(file, algorithm, ring, *options):
    idtoken("keys", "import", file, "--alg", algorithm, "--ring", ring, *options)
    return mint("--ring", ring, "--alg", algorithm, "--issuer", ISSUER, "--lifetime", 86_400)


# --- Rotation ---


def test_tokens_of_both_keys_of_a_rotation_are_accepted_with_the_jwks_from_before_and_after(new_ring, host):
    old = sign(new_ring)
    before = serve(new_ring, host)
    assert verify(before, old)["sub"] == "42"
    idtoken("keys", "rotate", "--ring", new_ring)
    new = sign(new_ring)
    after = serve(new_ring, host)
    assert kid_of(old) != kid_of(new)
    assert verify(before, new)["sub"] == "42"  # the standby was in it
    assert verify(after, old)["sub"] == "42"  # the retired key still is
    assert verify(after, new)["sub"] == "42"
    assert host.paths == ["/jwks.json"] * 2


def test_a_second_rotation_is_refused_while_a_cached_jwks_lacks_the_standby(new_ring, host):
    cached = serve(new_ring, host)
    idtoken("keys", "rotate", "--ring", new_ring)
    assert verify(cached, sign(new_ring))["sub"] == "42"
    [standby] = keys(new_ring, "published")
    assert standby["kid"] not in {key.key_id for key in cached.get_signing_keys()}
    error = idtoken("keys", "rotate", "--ring", new_ring, status=1).error
    assert standby["kid"] in error
    assert verify(cached, sign(new_ring))["sub"] == "42"
    assert host.paths == ["/jwks.json"]


# --- A static host ---


def export(ring, host):
    idtoken("jwks", "export", "--ring", ring, "--output", host.directory, "--issuer", host.url)


def test_a_verifier_finds_the_exported_jwks_by_the_discovery_document(exported_ring, host):
    export(exported_ring, host)
    with urllib.request.urlopen(host.url + "/.well-known/openid-configuration") as response:
        discovery = json.load(response)
    assert discovery["issuer"] == host.url
    assert discovery["id_token_signing_alg_values_supported"] == ["ES256"]
    client = verifier(discovery["jwks_uri"])
    assert verify(client, sign(exported_ring, issuer=host.url), host.url)["iss"] == host.url


def test_the_entity_tags_of_an_export_are_the_hashes_of_its_files(exported_ring, host):
    export(exported_ring, host)
    publish = json.loads((host.directory / "publish.json").read_text())
    assert {file["path"] for file in publish["files"]} == {
        ".well-known/jwks.json", ".well-known/openid-configuration"}
    for file in publish["files"]:
        assert file["etag"] == f'"{sha256((host.directory / file["path"]).read_bytes())}"'


def test_the_waiting_period_of_an_exported_standby_starts_when_its_public_copy_is_confirmed(exported_ring, host):
    address = host.url + "/.well-known/jwks.json"
    export(exported_ring, host)
    idtoken("jwks", "confirm", address, "--ring", exported_ring)
    idtoken("keys", "rotate", "--ring", exported_ring)
    [standby] = keys(exported_ring, "published")
    assert "maySignFrom" not in standby
    refusal = idtoken("jwks", "confirm", address, "--ring", exported_ring, status=1).error
    assert f"lacks {standby['kid']}" in refusal
    assert keys(exported_ring, "published") == [standby]
    export(exported_ring, host)
    assert standby["kid"] in idtoken("jwks", "confirm", address, "--ring", exported_ring).output
    [waiting] = keys(exported_ring, "published")
    assert waiting["maySignFrom"] >= waiting["publishedAt"] + 86_400


def test_confirm_is_refused_if_the_public_copy_is_missing(exported_ring, host):
    address = host.url + "/.well-known/jwks.json"
    assert "404" in idtoken("jwks", "confirm", address, "--ring", exported_ring, status=1).error


# --- Revocation ---


def test_a_revoked_key_is_refused_with_a_fresh_jwks_and_accepted_with_a_stale_one(new_ring, host):
    old = sign(new_ring)
    stale = serve(new_ring, host)
    assert verify(stale, old)["sub"] == "42"
    revocation = json.loads(
        idtoken("keys", "revoke", kid_of(old), "--reason", "stolen", "--ring", new_ring, "--json").output)
    fresh = serve(new_ring, host)
    with pytest.raises(jwt.PyJWKClientError, match="Unable to find a signing key"):
        verify(fresh, old)
    assert verify(stale, old)["sub"] == "42"
    new = sign(new_ring)
    assert verify(stale, new)["sub"] == "42"  # the standby was in it
    assert verify(fresh, new)["sub"] == "42"
    # The printed windows cover this client: it caches a JWKS for 300 s, and no window is shorter.
    windows = [window["seconds"] for window in revocation["exposure"]]
    assert min(seconds for seconds in windows if seconds is not None) >= stale.jwk_set_cache.lifespan
    assert windows.count(None) == 1


def test_the_private_half_of_a_revoked_key_is_gone(new_ring):
    kid = kid_of(sign(new_ring))
    assert (new_ring / f"{kid}.pem").exists()
    idtoken("keys", "revoke", kid, "--ring", new_ring)
    assert not (new_ring / f"{kid}.pem").exists()
    [revoked] = keys(new_ring, "revoked")
    assert revoked["kid"] == kid


# --- The audit log ---


def sha256(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


@pytest.fixture
def changed_ring(new_ring):
    """A ring whose log has five entries."""
    idtoken("keys", "rotate", "--ring", new_ring)
    [active] = keys(new_ring, "active")
    idtoken("keys", "revoke", active["kid"], "--reason", "stolen", "--ring", new_ring)
    return new_ring


def test_each_line_of_the_log_has_the_hash_of_the_line_before_and_the_manifest_has_the_last_line(changed_ring):
    lines = (changed_ring / "audit.log").read_bytes().splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["n"] for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry["previous"] for entry in entries] == ["", *map(sha256, lines[:-1])]
    assert json.loads((changed_ring / "ring.json").read_text())["audit"] == entries[-1]
    assert json.loads(idtoken("keys", "audit", "--ring", changed_ring, "--json").output) == entries
    assert any("stolen" in event for event in entries[-2]["events"])


FORGERIES = {
    "the first line edited": lambda lines: [lines[0].replace(b"created", b"found"), *lines[1:]],
    "white space added": lambda lines: [lines[0] + b" ", *lines[1:]],
    "a line in between edited": lambda lines: [*lines[:3], lines[3].replace(b"stolen", b"retired"), lines[4]],
    "the last line edited": lambda lines: [*lines[:4], lines[4].replace(b'"n":5', b'"n":6')],
    "the first line cut": lambda lines: lines[1:],
    "a line in between cut": lambda lines: [*lines[:2], *lines[3:]],
    "the last two lines cut": lambda lines: lines[:3],
    "the last line twice": lambda lines: [*lines, lines[4]],
    "everything cut": lambda lines: [],
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_an_edited_or_cut_log_is_refused(changed_ring, forge):
    log = changed_ring / "audit.log"
    lines = log.read_bytes().splitlines()
    forged = forge(lines)
    assert forged != lines
    log.write_bytes(b"".join(line + b"\n" for line in forged))
    assert "audit.log, line" in idtoken("keys", "audit", "--ring", changed_ring, status=1).error


def test_a_missing_last_line_is_restored_from_the_manifest_as_after_a_crash(changed_ring):
    log = changed_ring / "audit.log"
    whole = log.read_bytes()
    entries = idtoken("keys", "audit", "--ring", changed_ring, "--json").output
    log.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    assert idtoken("keys", "audit", "--ring", changed_ring, "--json").output == entries
    [standby] = keys(changed_ring, "published")
    idtoken("keys", "revoke", standby["kid"], "--ring", changed_ring)
    assert log.read_bytes().startswith(whole)
