"""Every command and every Python example of README and the catalogue is run, in a fresh directory, as it stands."""

import json
import os
import pathlib
import re
import subprocess

import pytest

from conftest import CLIENT_ID, ISSUER, SECRET, idtoken, mint

ROOT = pathlib.Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "Sources/IDTokens/IDTokens.docc").glob("*.md"))]


def blocks(document, language):
    return re.findall(rf"^```{language}\n(.*?)^```", document.read_text(), re.DOTALL | re.MULTILINE)


def commands(document):
    return "".join(blocks(document, "sh"))


@pytest.mark.parametrize("document", [path for path in DOCUMENTS if commands(path)], ids=lambda path: path.name)
def test_the_commands_of_a_document_run_as_they_stand(document, tmp_path):
    script = commands(document).replace("swift run idtoken", "idtoken")
    made = [line for line in script.splitlines() if line.startswith("make ")]
    script = "\n".join(line for line in script.splitlines() if line not in made)
    path = f"{pathlib.Path(os.environ['IDTOKEN']).parent}:{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "-euc", script], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    ci = (ROOT / ".ci/run").read_text()
    for line in made:
        assert " ".join(line.split()[:2]) in ci, f"CI doesn't run '{line}'"


def test_the_python_examples_accept_tokens_of_both_profiles(secret_file, ring, jwks):
    token = mint("--client-secret-file", secret_file)
    signed = mint("--ring", ring, "--alg", "ES256", "--issuer", ISSUER)
    usable = {"keys": [key for key in jwks["keys"] if key["alg"] == "ES256"]}
    examples = blocks(ROOT / "Sources/IDTokens/IDTokens.docc/Backends.md", "python")
    assert len(examples) == 2
    for example in examples:
        names = {"token": token, "signed": signed, "secret": SECRET, "jwks": usable}
        exec(example, names)
        assert names["claims"]["aud"] == CLIENT_ID


def test_the_file_of_apps_in_the_documents_is_json():
    [example] = blocks(ROOT / "Sources/IDTokens/IDTokens.docc/Hosts.md", "json")
    assert set(json.loads(example)) == {"apps", "permissions"}


def test_the_readme_names_only_commands_that_there_are():
    named = set(re.findall(r"swift run idtoken (\w+)", (ROOT / "README.md").read_text()))
    assert named <= set(re.findall(r"^  (\w+) ", idtoken("--help").output, re.MULTILINE))
