"""Shared by the tests: tokens are minted by the `idtoken` command and verified by backends of other authors."""

import json
import os
import pathlib
import subprocess
from types import SimpleNamespace

import pytest

SECRET = "a-client-secret-of-more-than-32-bytes"
CLIENT_ID = "my-app"
SHOP = "snow-devil.myshopify.com"
ISSUER = "https://id.example.com"
ASYMMETRIC = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "Ed448",
]


def idtoken(*arguments, status=0):
    """Runs the command, whose path is in IDTOKEN, and returns its output."""
    run = subprocess.run([os.environ["IDTOKEN"], *map(str, arguments)], capture_output=True, text=True)
    assert run.returncode == status, run.stderr
    return SimpleNamespace(output=run.stdout.strip(), error=run.stderr.strip())


def mint(*arguments):
    return idtoken("mint", "--shop", SHOP, "--user", 42, "--client-id", CLIENT_ID, *arguments).output


@pytest.fixture(scope="session")
def secret_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("secret") / "app.secret"
    path.touch(mode=0o600)
    path.write_text(SECRET + "\n")
    return path


@pytest.fixture(scope="session")
def ring(tmp_path_factory) -> pathlib.Path:
    directory = tmp_path_factory.mktemp("keys") / "ring"
    idtoken("keys", "init", "--ring", directory, *[word for name in ASYMMETRIC for word in ("--alg", name)])
    return directory


@pytest.fixture(scope="session")
def jwks(ring):
    return json.loads(idtoken("jwks", "--ring", ring).output)
