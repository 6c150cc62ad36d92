"""Every command and every example of README and the catalogue is run, in a fresh directory, as it stands."""

import contextlib
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings

import pytest

from conftest import CLIENT_ID, ISSUER, SECRET, idtoken, mint
from issuer_process import free_port

ROOT = pathlib.Path(__file__).parents[2]
CATALOGUE = ROOT / "Sources/IDTokens/IDTokens.docc"
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted(ROOT.glob("Sources/*/*.docc/*.md"))]
PAGES = [*DOCUMENTS, *sorted(ROOT.glob("*.md")), ROOT / "Keys/README.md", ROOT / "Benchmarks/README.md"]

# In these every block follows from those before it, whatever its language; Backends.md has snippets.
STORIES = ["README.md", "HTTPIssuer.md"]
INTERPRETERS = {"python": "python - <<'END_OF_BLOCK'", "js": "node --input-type=module - <<'END_OF_BLOCK'"}


def blocks(document, *languages):
    """The fenced blocks, each with its language."""
    pattern = rf"^```({'|'.join(languages)})\n(.*?)^```"
    return re.findall(pattern, document.read_text(), re.DOTALL | re.MULTILINE)


def texts(document, language):
    return [text for _, text in blocks(document, language)]


def languages(document):
    """What of a document is run as one story, from top to bottom."""
    if document.name not in STORIES:
        return ["sh"]
    if shutil.which("node"):
        return ["sh", "python", "js"]
    assert not os.environ.get("CI"), "node is not here, and CI skips nothing: make system-tools"
    if texts(document, "js"):
        warnings.warn(f"NOT RUN: the JavaScript of {document.name}, for node is not here (make system-tools)")
    return ["sh", "python"]


def script(document):
    """The commands of a document as a person types them, and apart from them those that build: make and swift build."""
    lines, made = [], []
    for language, text in blocks(document, *languages(document)):
        if language != "sh":
            lines += [INTERPRETERS[language], *text.splitlines(), "END_OF_BLOCK"]
            continue
        for line in text.replace("swift run idtoken", "idtoken").splitlines():
            (made if line.startswith(("make ", "swift build")) else lines).append(line)
    return lines, made


def end(process):
    """Ends what it started, too."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


@contextlib.contextmanager
def make_run(port, directory):
    """`make run` in the background, until it answers."""
    command = ["make", "-C", ROOT, "run", f"PORT={port}", f"DEMO={directory / 'Keys/demo'}", "RUN_TRAITS=Server,Client,JavaScript"]
    with open(directory / "make-run.log", "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        # It builds first: nothing, where `make test` has just done so.
        for _ in range(1200):
            assert process.poll() is None, (directory / "make-run.log").read_text()
            with contextlib.suppress(OSError, urllib.error.URLError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
                break
            time.sleep(0.5)
        yield
    finally:
        end(process)


@pytest.mark.parametrize("document", [path for path in DOCUMENTS if script(path)[0]], ids=lambda path: path.name)
def test_the_commands_and_programs_of_a_document_run_as_they_stand(document, tmp_path):
    lines, made = script(document)
    port, tls_port = free_port(), free_port()
    text = "\n".join(lines).replace("8080", str(port)).replace("8443", str(tls_port))
    path = f"{pathlib.Path(os.environ['IDTOKEN']).parent}:{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
    serves = [line for line in made if line.startswith("make run")]
    with contextlib.ExitStack() as stack:
        if serves:
            stack.enter_context(make_run(port, tmp_path))
        # A file and no pipe: what goes on in the background would hold that open.
        output = stack.enter_context(open(tmp_path / "output.txt", "w+"))
        process = subprocess.Popen(
            ["bash", "-euc", text], cwd=tmp_path, env={**os.environ, "PATH": path}, stdout=output, stderr=output,
            start_new_session=True)
        try:
            status = process.wait(timeout=120)
        finally:
            end(process)
        output.seek(0)
        said = output.read()
    assert status == 0, said
    backends = [language for language, _ in blocks(document, *languages(document)) if language in INTERPRETERS]
    assert said.count("user 42 of https://snow-devil.myshopify.com") == len(backends)
    ci = (ROOT / ".ci/run").read_text()
    for line in set(made) - set(serves):
        assert line.startswith("swift build") or " ".join(line.split()[:2]) in ci, f"CI doesn't run '{line}'"
    if document == README:
        assert_ignored_by_git(tmp_path)


def assert_ignored_by_git(directory):
    """A user runs the README's commands in the checkout: nothing that they write may be added to it by accident."""
    written = [path.name for path in directory.iterdir() if path.name not in ("output.txt", "make-run.log")]
    assert {"app.secret", "token", "jwks.json", "answer.json", "Keys"} <= set(written)
    files = [str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()]
    subprocess.run(["git", "init", "--quiet", directory], check=True)
    shutil.copy(ROOT / ".gitignore", directory)
    command = ["git", "-C", directory, "ls-files", "--others", "--exclude-standard"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert set(shown) & set(files) - {"output.txt", "make-run.log"} == set()


def invocations(document):
    """Every command line of idtoken in a document, in blocks or in the text."""
    text = document.read_text().replace("\\\n", " ")
    for line in re.findall(r"(?:swift run |^|[`\n$(]|^    )idtoken ([a-z][^`\n|>&)]*)", text):
        yield line.split()


@functools.cache
def options(*words):
    """The commands below a command of idtoken, and its options."""
    output = idtoken(*words, "--help").output
    # A command has a line of its own, which begins with two spaces and its name.
    _, _, below = output.partition("SUBCOMMANDS:")
    return set(re.findall(r"^  ([a-z-]+)", below, re.MULTILINE)), set(re.findall(r"--?[a-z][a-z0-9-]*", output))


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_every_command_and_option_that_a_document_names_exists(document):
    for words in invocations(document):
        command = []
        while words and words[0] in options(*command)[0]:
            command.append(words.pop(0))
        assert command, f"there is no command idtoken {' '.join(words)}"
        subcommands, known = options(*command)
        if subcommands and words and re.fullmatch(r"[a-z]+", words[0]):
            raise AssertionError(f"there is no command idtoken {' '.join([*command, words[0]])}")
        for word in words:
            option = word.split("=")[0].rstrip(",.;:")
            assert not option.startswith("--") or option in known, f"idtoken {' '.join(command)} has no {option}"


def test_the_lines_of_the_installation_are_those_of_a_manifest(tmp_path):
    """Each as the only dependency: the products are there, with the traits that they are said to need."""
    [block] = [text for text in texts(README, "swift") if text.startswith("// Package.swift")]
    manifest = json.loads(run(["swift", "package", "--package-path", ROOT, "dump-package"]))
    traits = {trait["name"] for trait in manifest["traits"]}
    libraries = {product["name"] for product in manifest["products"] if "library" in product["type"]}
    for number, line in enumerate(block.splitlines()[1:]):
        package = tmp_path / str(number)
        package.mkdir()
        (package / "Package.swift").write_text(
            f"// swift-tools-version: 6.2\nimport PackageDescription\nlet package = Package(name: \"user\", dependencies: [{line}])\n")
        [[dependency]] = [each["sourceControl"] for each in json.loads(
            run(["swift", "package", "--package-path", package, "dump-package"]))["dependencies"]]
        assert {trait["name"] for trait in dependency["traits"]} - {"default"} <= traits
        # There is no tag yet.
        assert dependency["requirement"] == {"branch": ["main"]}
    table = re.findall(r"^\| `(\w+)` \| (?:`(\w+)`|none) \|", README.read_text(), re.MULTILINE)
    assert {product for product, _ in table} == libraries
    assert {trait for _, trait in table if trait} <= traits


def test_the_changelog_begins_with_the_version_of_the_command():
    version = idtoken("--version").output.strip()
    [latest, *_] = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert latest == version


def run(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_a_new_user_finds_a_backend_in_python_and_one_in_node():
    assert len(texts(ROOT / "README.md", "python")) == 1
    article = CATALOGUE / "HTTPIssuer.md"
    assert [len(texts(article, language)) for language in INTERPRETERS] == [1, 1]


def test_the_file_of_hosts_in_the_documents_is_one(tmp_path):
    [example] = texts(CATALOGUE / "HTTPIssuer.md", "json")
    (tmp_path / "hosts.json").write_text(example)
    assert "till-1" in idtoken("hosts", "list", "--hosts-file", tmp_path / "hosts.json").output


def test_the_python_examples_accept_tokens_of_both_profiles(secret_file, ring, jwks):
    token = mint("--client-secret-file", secret_file)
    signed = mint("--ring", ring, "--alg", "ES256", "--issuer", ISSUER)
    usable = {"keys": [key for key in jwks["keys"] if key["alg"] == "ES256"]}
    examples = texts(CATALOGUE / "Backends.md", "python")
    assert len(examples) == 2
    for example in examples:
        names = {"token": token, "signed": signed, "secret": SECRET, "jwks": usable}
        exec(example, names)
        assert names["claims"]["aud"] == CLIENT_ID


def test_the_file_of_apps_in_the_documents_is_json():
    [example] = texts(CATALOGUE / "Hosts.md", "json")
    assert set(json.loads(example)) == {"apps", "permissions"}
