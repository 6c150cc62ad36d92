"""Malformed HTTP, JSON and token requests: each gets an answer that says what is wrong, and the issuer stays up."""

import concurrent.futures
import json
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import time

import h11
import pytest

from issuer_process import OPENID_APP, SHOPIFY_APP, IssuerProcess, token_request

DESCRIPTION = re.compile(r"[ !#-\[\]-~]+")  # RFC 6749 §5.2
CODES = {"invalid_request", "invalid_client", "access_denied", "slow_down", "server_error", "temporarily_unavailable"}


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    # Ed448 has a JWK Set of its own. A client that sends half a request waits for one second and not ten.
    policy = {"algorithms": ["ES256", "Ed448"]}
    with IssuerProcess(tmp_path_factory.mktemp("serve") / "demo", "--request-timeout", 1, policy=policy) as issuer:
        yield issuer


# --- The OpenAPI document, by schemathesis ---


# A batch has status 200, and an error in place of each token whose request is wrong.
CONFIGURATION = """
[[operations]]
include-path = "/session-tokens"
[operations.checks]
negative_data_rejection.enabled = false
"""


@pytest.mark.parametrize("is_operator, choice, examples", [(False, "--exclude-path", 200), (True, "--include-path", 8)])
def test_schemathesis_finds_no_answer_that_the_openapi_document_does_not_describe(
        issuer, tmp_path, is_operator, choice, examples):
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    url = issuer.operator_url if is_operator else issuer.url
    command = [
        pathlib.Path(sys.executable).parent / "schemathesis", "run", url + "/openapi.json", "--url", url,
        choice, "/", choice, "/metrics",
        "--header", f"Authorization: Bearer {issuer.credential}", "--max-examples", "25", "--seed", "1", "--no-color"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=90)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr
    assert int(re.search(r"(\d+) generated", run.stdout)[1]) > examples
    assert issuer.is_running


# --- Requests, byte by byte ---


def request(credential, body, head="POST /session-token HTTP/1.1", **fields):
    """A correct request, except for the parts that are passed."""
    body = body if isinstance(body, bytes) else body.encode()
    fields = {
        "Host": "127.0.0.1", "Authorization": f"Bearer {credential}", "Content-Type": "application/json",
        "Content-Length": len(body), **{name.replace("_", "-"): value for name, value in fields.items()}}
    lines = [head, *(f"{name}: {value}" for name, value in fields.items() if value is not None), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


GOOD = json.dumps(token_request(SHOPIFY_APP))


def request_lines():
    line = "POST /session-token HTTP/1.1"
    yield from (
        b"\r\n\r\n", b"\n\n", b"\0\0\0\0\r\n\r\n", b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/0.9\r\n\r\n",
        b"GET / HTTP/1.1 \r\n\r\n", b"GET  / HTTP/1.1\r\n\r\n", b"GET / http/1.1\r\n\r\n", b"GET / HTTP/1.10\r\n\r\n",
        b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", b"GET / HTTP/-1.1\r\n\r\n", b"GET / XTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
        b"GET http://elsewhere/ HTTP/1.1\r\nHost: a\r\n\r\n", b"GET ? HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET \xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", b"POST",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"A" * 100_000, b"\r\n" * 50_000,
        b"A" * 5_000 + b" / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n", line.encode() + b"\r\n")
    for path in [
        "//", "/..", "/../../etc/passwd", "/%2e%2e/", "/%", "/%zz", "/%00", "/session-token/", "/session-token?a=%ff",
        "/SESSION-TOKEN", "/session-token;a", "/session-token#a", "/.well-known/", "/.well-known/jwks.json?a=b",
        "/.well-known/jwks.json/..", "/.well-known/private.json", "/.well-known/jwks-ed448.json", "/ring.json",
    ]:
        for method in ["GET", "HEAD", "POST", "DELETE"]:
            yield f"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    for method in ["PUT", "PATCH", "TRACE", "OPTIONS", "get", "BREW", "M-SEARCH", "G\tT", "GÉT"]:
        for path in ["/", "/session-token", "/.well-known/jwks.json", "/metrics", "/healthz"]:
            yield f"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


def headers(credential):
    yield request(credential, GOOD, X_Long="a" * 20_000)
    yield request(credential, GOOD, **{f"X-{number}": "a" for number in range(200)})
    yield request(credential, GOOD, **{"X-" + "a" * 20_000: "a"})
    for name in ["no colon", " Leading", "Trailing ", "Ünïcode", "", "a\0b", "a\r\n b", "a(b)"]:
        yield request(credential, GOOD, **{name: "a"})
    for value in ["\0", "\x7f", "a\r\n folded", "a\rb", "a\nb: c", "\xff\xfe", "é"]:
        yield request(credential, GOOD, X_Value=value)
    for length in ["-1", "+5", "5, 5", "5,6", "1e3", "0x10", "9" * 20, "9" * 400, "", " ", "five", "18446744073709551616"]:
        yield request(credential, GOOD, Content_Length=length)
    yield request(credential, GOOD, Content_Length=None)
    yield request(credential, GOOD, content_length=4)  # a second one, and another number
    yield request(credential, GOOD, Transfer_Encoding="chunked")
    for coding in ["gzip", "identity", "chunked, gzip", "gzip, chunked", "chunked, chunked", "CHUNKED", "xchunked", ""]:
        yield request(credential, "5\r\nhello\r\n0\r\n\r\n", Content_Length=None, Transfer_Encoding=coding)
    for kind in [None, "", "text/plain", "application/json; charset=utf-16", "application/jsonp", "APPLICATION/JSON", ";"]:
        yield request(credential, GOOD, Content_Type=kind)
    for proof in [None, "", "Bearer", "Bearer ", "Bearer  a", "Bearer " + "a" * 10_000, "Basic Og==", "Digest", "\xff", "a\tb"]:
        yield request(credential, GOOD, Authorization=proof)
    for name, value in [
        ("Expect", "100-continue"), ("Expect", "the unexpected"), ("Upgrade", "h2c"), ("Connection", "upgrade"),
        ("Connection", "close, keep-alive"), ("traceparent", "00-zz"), ("X-Request-ID", "a b"),
        ("X-Request-ID", "a" * 500), ("Forwarded", "for=\"[::1]\""), ("Content-Encoding", "gzip"), ("TE", "trailers"),
    ]:
        yield request(credential, GOOD, **{name: value})
    for tags in ["*", '"', 'W/"a', '"a", "b"', "," * 500, "\xff", "W/"]:
        yield request(
            credential, "", "GET /.well-known/jwks.json HTTP/1.1", If_None_Match=tags, Content_Length=None)


def chunks(credential):
    def chunked(body):
        return request(credential, body, Content_Length=None, Transfer_Encoding="chunked")

    size = f"{len(GOOD):x}"
    for body in [
        f"{size}\r\n{GOOD}\r\n0\r\n\r\n", f"{size};a=b\r\n{GOOD}\r\n0\r\nTrailer: a\r\n\r\n", f"zz\r\n{GOOD}\r\n0\r\n\r\n",
        f"-5\r\n{GOOD}\r\n0\r\n\r\n", f"{size}\r\n{GOOD}0\r\n\r\n", f"{size}\n{GOOD}\n0\n\n", f"{size}\r\n{GOOD}\r\n",
        f"ffffffffffffffff\r\n{GOOD}", f"fffffffffffffffff\r\n{GOOD}", f"0x{size}\r\n{GOOD}\r\n0\r\n\r\n", "\r\n\r\n", "0",
        f" {size}\r\n{GOOD}\r\n0\r\n\r\n", "0\r\n\r\n", "1" * 100_000, f"{size};{'a' * 100_000}\r\n{GOOD}\r\n0\r\n\r\n",
        "1\r\na\r\n" * 1_000 + "0\r\n\r\n", f"{size}\r\n{GOOD}\r\n0\r\n" + "A: b\r\n" * 1_000 + "\r\n",
        f"7fffffff\r\n{GOOD}", "40001\r\n" + " " * 0x40001 + "\r\n0\r\n\r\n",
    ]:
        yield chunked(body)


def bodies(credential):
    good = token_request(SHOPIFY_APP)
    texts = [
        "", " ", "[]", "{}", "null", "true", "42", '"a"', "{", "}", "[", GOOD + GOOD, GOOD + "x", GOOD[:-1], "\0" + GOOD,
        "[" * 100_000, '{"a":' * 20_000, '{"a":' * 100 + "1" + "}" * 100, "[" * 600 + "]" * 600, "'a'", "{'a': 1}",
        "// a\n" + GOOD, GOOD[:-1] + ",}", "{,}", '{"a" 1}', '{"a":}', '{1:2}', '{"a":01}', '{"a":.5}', '{"a":1.}', '{"a":+1}',
        '{"a":NaN}', '{"a":Infinity}', '{"a":-}', '{"a":1e}', '{"a":"\t"}', '{"a":"\\x"}', '{"a":"\\u12"}', "\ufeff" + GOOD,
        '{"shop":"a.b","shop":"c.d"}', '{"shop":"a.b","\\u0073hop":"c.d"}', GOOD[:-1] + ',"userId":43}', '{"":1}', '{"\\u0000":1}',
        '{"shop":{"a":1,"a":2}}', '{"a\\"b":1}', '{"__proto__":{}}', " " * 300_000, '{"a":"' + "a" * 200_000 + '"}',
        "{" + ",".join(f'"a{number}":1' for number in range(10_000)) + "}",
    ]
    invalid = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xe2\x82", b"\x80", b"\xf4\x90\x80\x80"]
    yield from (request(credential, text) for text in texts)
    yield from (request(credential, text, "POST /session-tokens HTTP/1.1") for text in texts)
    for bad in invalid:
        yield request(credential, GOOD.encode().replace(b"snow", bad))
        yield request(credential, GOOD.encode().replace(b"shopId", b"shop" + bad))
        yield request(credential, bad + GOOD.encode())
    for encoding in ["utf-16", "utf-32", "utf-16-le"]:
        yield request(credential, GOOD.encode(encoding))
    values = [
        None, True, [], {}, "", "a", "\ud800", "\0", "é", "a" * 300, "a b", "https://a.b", 0, -1, 1.5, 1e400, -0.0, 2**63,
        2**64, 10**400, {"a": 1}, [42]]
    members = [*good, "staffMemberId", "currency", "posVersion", "sessionId", "unknown"]
    for member in members:
        for value in values:
            yield request(credential, json.dumps({**good, member: value}))
    for requests in [None, {}, [], [None], [[]], [1], ["a"], [{}], [good] * 257, [good, None, {}], [[good]], good]:
        yield request(credential, json.dumps({"requests": requests}), "POST /session-tokens HTTP/1.1")


def truncated(credential):
    whole = request(credential, GOOD)
    for end in range(1, len(whole), 9):
        yield whole[:end]


def mutated(credential):
    chance = random.Random(5)
    whole = request(credential, json.dumps(token_request(OPENID_APP)))
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            index = chance.randrange(len(data))
            match chance.randrange(4):
                case 0: data[index] = chance.randrange(256)
                case 1: data.insert(index, chance.randrange(256))
                case 2: del data[index : index + chance.randint(1, 8)]
                case 3: data[index:index] = data[index : index + chance.randint(1, 40)]
        yield bytes(data)
    for _ in range(100):
        yield chance.randbytes(chance.randint(1, 400)) + b"\r\n\r\n"


KINDS = {
    "request lines": lambda credential: request_lines(), "headers": headers, "chunks": chunks, "bodies": bodies,
    "truncated requests": truncated, "mutated requests": mutated,
}


def exchange(port, data):
    """Everything that the issuer answers until it closes the connection."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            connection.sendall(data)
        except OSError:
            pass  # it closed the connection; what it sent before counts
        connection.settimeout(0.3)
        is_ended = False
        while True:
            try:
                more = connection.recv(65_536)
            except TimeoutError:
                assert not is_ended, "the issuer keeps a connection that its client has ended"
                is_ended = True
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(10)
                continue
            except ConnectionResetError:
                return received
            if not more:
                return received
            received += more


def answers(data, received):
    """The answers in it, by a parser that accepts HTTP/1.1 only."""
    method = "HEAD" if data.startswith(b"HEAD ") else "POST"
    while received:
        parser = h11.Connection(h11.CLIENT)
        parser.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
        parser.send(h11.EndOfMessage())
        parser.receive_data(received)
        parser.receive_data(b"")
        head, body = None, b""
        while type(event := parser.next_event()) is not h11.EndOfMessage:
            match event:
                case h11.InformationalResponse(): pass
                case h11.Response(): head = event
                case h11.Data(): body += event.data
                case other: raise AssertionError(f"{other} in {received!r}")
        yield head.status_code, dict(head.headers), body
        received = parser.trailing_data[0]
        method = "POST"


def check(data, received):
    """Checks the answers and returns their statuses."""
    statuses = []
    for status, fields, body in answers(data, received):
        statuses.append(status)
        # 501: a transfer coding other than chunked (RFC 9112 §6.1).
        assert status < 500 or status == 501, (status, body)
        if status < 400:
            continue
        assert fields[b"content-type"] == b"application/json", (status, fields)
        assert fields[b"cache-control"] == b"no-store", (status, fields)
        if data.startswith(b"HEAD "):
            continue
        error = json.loads(body)
        assert set(error) == {"error", "error_description"} and error["error"] in CODES, error
        assert DESCRIPTION.fullmatch(error["error_description"]), error
    return statuses


@pytest.mark.parametrize("kind", KINDS)
def test_malformed_requests_get_an_oauth_error_or_none_and_never_crash_the_issuer(issuer, kind):
    data = list(KINDS[kind](issuer.credential))
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        received = list(pool.map(lambda data: exchange(issuer.port, data), data))
    statuses, wrong = [], []
    for sent, heard in zip(data, received):
        try:
            statuses.append(check(sent, heard))
        except Exception as error:
            wrong.append(f"{sent[:300]!r} → {heard[:300]!r}: {error!r}")
    assert not wrong, f"{len(wrong)} of {len(data)}:\n" + "\n".join(wrong[:20])
    assert sum(any(status >= 400 for status in each) for each in statuses) > len(data) / 3
    assert issuer.is_running and json.loads(issuer.get("/healthz")) == {"status": "ok"}


def test_after_the_malformed_requests_tokens_are_issued_and_no_connection_is_left(issuer):
    client = issuer.client()
    assert client.token(SHOPIFY_APP).count(".") == 2
    client.close()
    sockets = f"/proc/{issuer.process.pid}/fd"
    if os.path.isdir(sockets):
        end = time.monotonic() + 5
        # The listening socket and those of the event loops; hundreds of clients have come and gone.
        while len(os.listdir(sockets)) > 40 and time.monotonic() < end:
            time.sleep(0.2)
        assert len(os.listdir(sockets)) <= 40
    assert issuer.credential not in issuer.log
    assert issuer.stop() == 0
