"""Clients of other authors ask the issuer for a token and verify it with its keys: Go, Node, curl, PyJWT, and h2load."""

import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess

import jwt
import pytest

from issuer_process import OPENID_APP, SHOP, SHOPIFY_APP, IssuerProcess, token_request

HERE = pathlib.Path(__file__).parent
ISSUER = "https://id.example.com"
ORDER = json.dumps(token_request(OPENID_APP))


def need(tool, package):
    if not shutil.which(tool):
        assert not os.environ.get("CI"), f"{tool} is not here, and CI skips nothing: make system-tools"
        pytest.skip(f"{tool} is not here (make system-tools installs {package})")


def run(*command, **options):
    done = subprocess.run(
        [str(word) for word in command], input=ORDER, capture_output=True, text=True, timeout=60, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def check(claims):
    assert (claims["iss"], claims["aud"], claims["sub"]) == (ISSUER, OPENID_APP, "42")
    assert claims["dest"] == f"https://{SHOP}" and claims["exp"] - claims["iat"] == 60


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    directory = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", directory / "server.key", "-out", directory / "server.pem", "-subj", "/CN=server",
         "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    (directory / "server.key").chmod(0o600)
    return directory


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    with IssuerProcess(tmp_path_factory.mktemp("plain") / "demo", issuer=ISSUER) as issuer:
        yield issuer


@pytest.fixture(scope="module")
def secure(tmp_path_factory, certificate):
    files = ["--tls-certificate", certificate / "server.pem", "--tls-private-key", certificate / "server.key"]
    with IssuerProcess(tmp_path_factory.mktemp("secure") / "demo", *files, issuer=ISSUER) as issuer:
        issuer.url = issuer.url.replace("http:", "https:")
        yield issuer


@pytest.fixture(scope="module")
def go_client(tmp_path_factory):
    need("go", "golang-go")
    program = tmp_path_factory.mktemp("go") / "go_client"
    # The standard library alone: nothing is fetched.
    run("go", "build", "-o", program, HERE / "go_client.go", env={**os.environ, "GOPROXY": "off", "GO111MODULE": "off"})
    return program


def test_go_gets_and_verifies_a_token_by_http_1_and_2(plain, secure, certificate, go_client):
    for issuer, ca, protocol in [(plain, "", "HTTP/1.1"), (secure, certificate / "server.pem", "HTTP/2.0")]:
        said = json.loads(run(go_client, issuer.url, issuer.directory / "till.credential", ca))
        assert said["protocol"] == protocol
        check(said["claims"])


def test_fetch_of_node_gets_and_verifies_a_token(plain, secure, certificate):
    need("node", "nodejs")
    for issuer in (plain, secure):
        check(json.loads(run(
            "node", HERE / "node_client.mjs", issuer.url, issuer.directory / "till.credential",
            env={**os.environ, "NODE_EXTRA_CA_CERTS": str(certificate / "server.pem")})))


def curl(issuer, path, *options, url=None):
    """The version of HTTP that was spoken, and the JSON of the answer."""
    answer, _, facts = run(
        "curl", "-sS", "-m", 10, "-w", "\n%{http_version} %{http_code}", *options, (url or issuer.url) + path).rpartition("\n")
    version, status = facts.split()
    assert status == "200", answer
    return version, json.loads(answer)


def check_curl(issuer, version, *options, url=None):
    token = ["-d", "@-", "-H", "Content-Type: application/json", "-H", f"Authorization: Bearer {issuer.credential}"]
    spoken, answer = curl(issuer, "/session-token", *options, *token, url=url)
    _, jwks = curl(issuer, "/.well-known/jwks.json", *options, url=url)
    assert spoken == version
    key = jwt.PyJWKSet.from_dict(jwks)[jwt.get_unverified_header(answer["token"])["kid"]]
    check(jwt.decode(answer["token"], key, algorithms=["ES256"], audience=OPENID_APP, issuer=ISSUER))


def test_curl_gets_a_token_by_each_version_of_http(plain, secure, certificate):
    # Answers say 1.1 to an older client too (RFC 9110 §6.2).
    check_curl(plain, "1.1", "--http1.0")
    check_curl(plain, "1.1", "--http1.1")
    trust = ["--cacert", certificate / "server.pem"]
    check_curl(secure, "1.1", "--http1.1", *trust)
    check_curl(secure, "2", "--http2", *trust)


def test_curl_gets_a_token_over_a_unix_socket(tmp_path):
    socket = tmp_path / "issuer.sock"
    with IssuerProcess(tmp_path / "demo", "--host", f"unix:{socket}", issuer=ISSUER) as issuer:
        check_curl(issuer, "1.1", "--unix-socket", socket, url="http://localhost")


def test_the_client_of_pyjwt_finds_the_keys_over_tls(secure, certificate):
    trust = ssl.create_default_context(cafile=certificate / "server.pem")
    keys = jwt.PyJWKClient(secure.url + "/.well-known/jwks.json", ssl_context=trust)
    token = curl(
        secure, "/session-token", "--cacert", certificate / "server.pem", "-d", "@-", "-H", "Content-Type: application/json",
        "-H", f"Authorization: Bearer {secure.credential}")[1]["token"]
    key = keys.get_signing_key_from_jwt(token)
    check(jwt.decode(token, key, algorithms=["ES256"], audience=OPENID_APP, issuer=ISSUER))


@pytest.mark.parametrize("app", [SHOPIFY_APP, OPENID_APP])
def test_h2load_gets_a_token_for_every_stream_of_its_connections(secure, tmp_path, app):
    need("h2load", "nghttp2-client")
    (tmp_path / "order.json").write_text(json.dumps(token_request(app)))
    said = run(
        "h2load", "-n", 2000, "-c", 8, "-m", 32, "-d", tmp_path / "order.json", "-H", "content-type: application/json",
        "-H", f"authorization: Bearer {secure.credential}", secure.url + "/session-token")
    assert "Application protocol: h2\n" in said, said
    assert "2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed, 0 errored, 0 timeout" in said, said
    assert "status codes: 2000 2xx, 0 3xx, 0 4xx, 0 5xx" in said, said
    # A token each, and not 204 for a user without the permission.
    assert int(re.search(r"\((\d+)\) data", said)[1]) > 2000 * 400, said
    assert secure.is_running
