"""The issuer under load is killed: its tokens stay valid, and the next process continues."""

import contextlib
import http.client
import json
import os
import re
import shutil
import subprocess
import threading
import time

import jwt

from conftest import idtoken
from issuer_process import OPENID_APP, SHOPIFY_APP, IssuerProcess, token_request
from quick_rotation import LIFETIME, POLICY, Backend

WRK = shutil.which("wrk")
ISSUER = "https://id.example.com"
REQUESTS = [json.dumps(token_request(app)) for app in (OPENID_APP, SHOPIFY_APP)]
LOAD = __file__.replace("test_issuer_load.py", "load.lua")


class WrkLoad:
    """Eight connections of wrk, which reconnects when they break."""

    def __init__(self, issuer, directory, seconds):
        command = [
            WRK, "-t1", "-c8", f"-d{seconds}s", "-s", LOAD, "-H", f"Authorization: Bearer {issuer.credential}",
            "-H", "Content-Type: application/json", issuer.url, "--", directory, *REQUESTS]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.directory, self.seconds = directory, seconds

    def answers(self):
        output, _ = self.process.communicate(timeout=self.seconds + 20)
        assert self.process.returncode == 0, output
        for file in self.directory.glob("answers-*"):
            for line in file.read_text().splitlines():
                status, _, body = line.partition(" ")
                # The last line may be cut, where wrk was stopped.
                with contextlib.suppress(json.JSONDecodeError):
                    yield int(status), json.loads(body)


class ThreadLoad:
    """The same without wrk: four threads that send requests without a pause."""

    def __init__(self, issuer, directory, seconds):
        self.end, self.heard = time.monotonic() + seconds, []
        self.threads = [threading.Thread(target=self.run, args=[issuer], daemon=True) for _ in range(4)]
        for thread in self.threads:
            thread.start()

    def run(self, issuer):
        client = issuer.client()
        while time.monotonic() < self.end:
            for body in REQUESTS:
                try:
                    self.heard.append(client.post("/session-token", body))
                except (OSError, http.client.HTTPException):
                    time.sleep(0.01)  # the issuer is down

    def answers(self):
        for thread in self.threads:
            thread.join(timeout=40)
        return self.heard


def audit(issuer):
    return json.loads(idtoken("keys", "audit", "--ring", issuer.directory / "ring", "--json").output)


def test_every_token_issued_before_between_and_after_kills_verifies_with_the_final_keys(tmp_path):
    assert WRK or not os.environ.get("CI"), "wrk is not here, and CI skips nothing: make system-tools"
    # The tokens outlive the test, and their keys rotate during it.
    policy = {**POLICY, "token_lifetime": "5m"}
    (tmp_path / "answers").mkdir()
    with IssuerProcess(tmp_path / "demo", "--token-lifetime", 300, policy=policy, issuer=ISSUER) as issuer:
        running = (WrkLoad if WRK else ThreadLoad)(issuer, tmp_path / "answers", seconds=8)
        for pause in (2.1, 1.3, 1.7):
            time.sleep(pause)
            issuer.kill()
            issuer.start()
            client = issuer.client()
            assert client.token(OPENID_APP) and client.token(SHOPIFY_APP)
            client.close()
        started = time.time()
        answers = list(running.answers())
        keys = {key["kid"]: jwt.PyJWK(key) for key in issuer.jwks()["keys"]}
        assert {status for status, _ in answers} == {200}
        kids, latest = set(), 0
        for _, body in answers:
            header = jwt.get_unverified_header(body["token"])
            if header["alg"] == "HS256":
                claims = jwt.decode(body["token"], issuer.secret, algorithms=["HS256"], audience=SHOPIFY_APP)
            else:
                kids.add(header["kid"])
                claims = jwt.decode(
                    body["token"], keys[header["kid"]], algorithms=["ES256"], audience=OPENID_APP, issuer=ISSUER)
            assert claims["exp"] == body["expiresAt"]
            latest = max(latest, claims["iat"])
        assert len(answers) > 200 and len(kids) >= 2
        assert latest >= int(started), "no token after the last restart"
        assert issuer.stop() == 0
    assert len(audit(issuer)) >= 2
    idtoken("keys", "step", "--ring", issuer.directory / "ring")


class Till(threading.Thread):
    """Requests tokens from one process, and has them verified by backends that fetch keys from both."""

    def __init__(self, issuer, backends):
        super().__init__(daemon=True)
        self.issuer, self.backends = issuer, list(backends)
        self.is_done, self.count, self.refused = False, 0, []

    def run(self):
        client = self.issuer.client()
        while not self.is_done:
            try:
                token = client.token(OPENID_APP)
                for backend in list(self.backends):
                    backend.verify(token)
                self.count += 1
            except Exception as error:
                if not self.is_done:
                    self.refused.append(repr(error))
            time.sleep(0.02)


def rotator(issuer, after):
    """The process that activated the first key after an entry of the audit log."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        for entry in audit(issuer)[after:]:
            if any(event.startswith("activated") for event in entry["events"]):
                return int(re.search(r"pid (\d+)", entry["actor"])[1])
        time.sleep(0.1)
    raise AssertionError("no process rotates")


def test_when_the_process_that_rotates_is_killed_the_other_goes_on_issuing_and_rotates(tmp_path):
    settings = ["--token-lifetime", LIFETIME]
    with IssuerProcess(tmp_path / "demo", *settings, policy=POLICY, issuer=ISSUER) as first, \
            IssuerProcess(tmp_path / "demo", *settings, issuer=ISSUER) as second:
        processes = {each.process.pid: each for each in (first, second)}
        tills = {
            pid: Till(each, [Backend(first), Backend(second)]) for pid, each in processes.items()}
        for till in tills.values():
            till.start()
        killed = rotator(first, after=len(audit(first)))
        [survivor] = set(processes) - {killed}
        tills[killed].is_done = True
        # The killed process serves no keys any more.
        tills[survivor].backends = [Backend(processes[survivor])]
        time.sleep(0.5)
        processes[killed].kill()
        before = tills[survivor].count
        assert rotator(first, after=len(audit(first))) == survivor
        time.sleep(1)
        tills[survivor].is_done = True
        for till in tills.values():
            till.join(timeout=10)
        assert tills[killed].refused == [] and tills[survivor].refused == []
        assert tills[killed].count > 10 and tills[survivor].count > before + 50
        assert processes[survivor].stop() == 0
