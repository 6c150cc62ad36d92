"""Extensions run by `idtoken pos`, as a person at a terminal does; backends verify the tokens that they got."""

import os
import pathlib
import re
import shlex
import subprocess

import jwt
import pytest
from shopify import session_token

from conftest import CLIENT_ID, ISSUER, SECRET, SHOP, idtoken
from issuer_process import OPENID_APP, SHOPIFY_APP, IssuerProcess

ROOT = pathlib.Path(__file__).parents[2]
EXAMPLES = ROOT / "Examples"
REACT = pathlib.Path("/usr/share/nodejs/react-test-renderer/umd")


def pos(extension, *options, commands=(), status=0):
    """Returns standard output and standard error."""
    run = subprocess.run(
        [os.environ["IDTOKEN"], "pos", *map(str, [extension, *options])], input="".join(f"{line}\n" for line in commands),
        capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert run.returncode == status, run.stderr
    return run.stdout, run.stderr


def arguments_of_make(*variables):
    """What `make pos` gives to `idtoken pos`."""
    run = subprocess.run(
        ["make", "--dry-run", "pos", *variables], capture_output=True, text=True, check=True, cwd=ROOT)
    command = next(line for line in run.stdout.splitlines() if " idtoken pos " in line)
    return shlex.split(command.split(" idtoken pos ")[1])


def examples_of_help():
    """The commands in the help of `idtoken pos` that run an example of this repository, without a pipe into them."""
    help_text = idtoken("pos", "--help").output
    commands = re.findall(r"^ *(?:printf .* \| )?idtoken pos (Examples/.*)$", help_text, re.MULTILINE)
    return [shlex.split(command) for command in commands]


def shown(output):
    """The IDs and the token of each screen of session details."""
    return re.findall(r"(shopId: .*)\n *sessionToken: (\S+)", output)


@pytest.mark.parametrize("variables, expected", [
    ([], "shopId: 1001, userId: 42, locationId: 5, staffId: 7"),
    (["API_VERSION=2025-07"], "shopId: 1001, userId: 42, locationId: 5, staffId: 7"),
    (["EXTENSION=Examples/staff-member.js"], "staff member 7 is pinned at location 5"),
    (["EXTENSION=Examples/staff-member.js", "API_VERSION=2026-07"], "staff member 7 is pinned at location 5"),
])
def test_make_pos_runs_each_example(variables, expected):
    output, error = pos(*arguments_of_make(*variables))
    assert expected in output and error == ""


def test_each_example_of_the_help_runs():
    examples = examples_of_help()
    assert {extension for extension, *_ in examples} == {f"Examples/{path.name}" for path in EXAMPLES.glob("*.js")}
    for arguments in examples:
        _, error = pos(*arguments)
        assert error == "", arguments


@pytest.fixture(scope="module", params=["vanilla", "react"])
def session_details(request, tmp_path_factory):
    """The two examples of the documentation, the second one with Debian's React."""
    if request.param == "vanilla":
        return EXAMPLES / "session-details.js"
    if not REACT.exists():
        assert not os.environ.get("CI"), "React is not here, and CI skips nothing: make system-tools"
        pytest.skip("node-react-test-renderer is not here (make system-tools)")
    path = tmp_path_factory.mktemp("react") / "session-details.js"
    path.write_bytes(subprocess.run([EXAMPLES / "react/bundle"], check=True, capture_output=True).stdout)
    return path


def test_an_extension_shows_its_ids_and_a_token_that_both_backends_accept(session_details, secret_file):
    output, _ = pos(session_details, "--client-id", CLIENT_ID, "--client-secret-file", secret_file)
    [(ids, token)] = shown(output)
    assert ids == "shopId: 1001, userId: 42, locationId: 5, staffId: 7"
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience=CLIENT_ID)
    assert (claims["sub"], claims["dest"]) == ("42", f"https://{SHOP}")
    assert session_token.decode_from_header(f"Bearer {token}", CLIENT_ID, SECRET)["jti"] == claims["jti"]


def test_an_extension_gets_a_token_of_the_ring_that_verifies_against_its_jwks(session_details, ring, jwks):
    output, _ = pos(
        session_details, "--client-id", CLIENT_ID, "--ring", ring, "--alg", "ES256", "--issuer", ISSUER)
    [(_, token)] = shown(output)
    key = next(key for key in jwks["keys"] if key["kid"] == jwt.get_unverified_header(token)["kid"])
    claims = jwt.decode(token, jwt.PyJWK(key), algorithms=["ES256"], audience=CLIENT_ID, issuer=ISSUER)
    assert claims["sub"] == "42"


def test_a_reopened_extension_sees_the_new_session_and_gets_no_token_without_permission(session_details):
    output, error = pos(
        session_details, commands=["location 6", "unpin", "forbid", "open", "pin 9", "permit", "open"])
    first, second, third = shown(output)
    assert first[0].endswith("locationId: 5, staffId: 7") and first[1].startswith("eyJ")
    assert second == ("shopId: 1001, userId: 42, locationId: 6, staffId: undefined", "undefined")
    assert third[0].endswith("locationId: 6, staffId: 9") and third[1].startswith("eyJ")
    assert third[1] != first[1]
    assert "host: no token for loyalty-app: the authenticated user lacks the permission for the app" in output
    assert error == ""


def test_a_subscribed_extension_follows_the_staff_member_and_logs_no_token():
    output, _ = pos(
        EXAMPLES / "staff-member.js",
        commands=["location 6", "unpin", "pin 9", "press Ask", "forbid", "press Ask"])
    assert re.findall(r"^  (.* is pinned at .*)$", output, re.MULTILINE) == [
        "staff member 7 is pinned at location 5", "nobody is pinned at location 6",
        "staff member 9 is pinned at location 6"]
    assert re.findall(r"^console\.log: (.*)$", output, re.MULTILINE) == [
        "The backend can be asked.", "There is no token."]


def test_an_extension_gets_its_token_from_a_remote_issuer_and_none_if_that_is_down(tmp_path):
    with IssuerProcess(tmp_path / "issuer") as issuer:
        options = ["--remote", issuer.url, "--credential", issuer.directory / "till.credential"]
        output, _ = pos(EXAMPLES / "session-details.js", "--client-id", SHOPIFY_APP, *options)
        [(_, token)] = shown(output)
        assert jwt.decode(token, issuer.secret, algorithms=["HS256"], audience=SHOPIFY_APP)["sub"] == "42"
        output, _ = pos(EXAMPLES / "session-details.js", "--client-id", OPENID_APP, *options)
        [(_, token)] = shown(output)
        key = jwt.PyJWKClient(issuer.jwks_url).get_signing_key_from_jwt(token)
        assert jwt.decode(token, key, algorithms=["ES256"], audience=OPENID_APP, issuer=issuer.url)["sub"] == "42"
        _, error = pos(EXAMPLES / "session-details.js", *options, commands=["forbid"])
        assert "the issuer decides" in error
    output, _ = pos(EXAMPLES / "session-details.js", "--client-id", SHOPIFY_APP, *options)
    assert shown(output) == [("shopId: 1001, userId: 42, locationId: 5, staffId: 7", "undefined")]


@pytest.mark.parametrize("script, message", [
    ("for (;;) {}", "ran for longer than"),
    ("\nthrow new TypeError('no shop')", "broken.js:2: TypeError: no shop"),
    ("import {render} from 'preact';", "preact"),
])
def test_an_extension_that_cannot_run_ends_with_its_error_on_standard_error(script, message, tmp_path):
    path = tmp_path / "broken.js"
    path.write_text(script)
    output, error = pos(path, status=1)
    assert output == "" and message in error


def test_an_unknown_command_gets_an_error_and_the_next_one_is_read():
    output, error = pos(EXAMPLES / "session-details.js", commands=["frobnicate", "pin nobody", "press Nothing", "location 6"])
    assert [line.split(": ")[0] for line in error.splitlines()] == ["idtoken"] * 3
    assert "location 6" in output


def test_every_option_of_a_help_example_exists():
    help_text = idtoken("pos", "--help").output
    examples = re.search(r"EXAMPLES\n(.*?)\n\n", help_text, re.DOTALL)[1]
    assert examples.count("idtoken pos ") >= 4
    for option in {word for word in examples.split() if word.startswith("--")}:
        assert help_text.count(option) >= 2, option
