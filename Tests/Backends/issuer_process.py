"""The issuer as a process, `idtoken serve`, and a client that requests tokens from it."""

import http.client
import json
import os
import re
import socket
import subprocess
import threading
import urllib.request

SHOP = "snow-devil.myshopify.com"
SHOPIFY_APP = "loyalty-app"
OPENID_APP = "warehouse-app"


def token_request(app, **members):
    return {"shop": SHOP, "shopId": 1001, "userId": 42, "locationId": 5, "clientId": app, **members}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class IssuerProcess:
    """Has the demo's apps and client in a directory that other processes can share."""

    def __init__(self, directory, *settings, policy=None, port=None, issuer=None):
        self.directory = directory
        directory.mkdir(exist_ok=True)
        if policy:
            (directory / "policy.json").write_text(json.dumps(policy))
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.issuer = issuer or self.url
        self.command = [
            os.environ["IDTOKEN"], "serve", "--demo", directory, "--port", self.port, "--log-format", "json",
            "--operator-listen", "127.0.0.1:0", "--rate", 1_000_000, "--burst", 1_000_000, *(["--issuer", issuer] if issuer else []), *settings]
        self.process = None

    def start(self):
        # A file, because nobody would read a pipe once the issuer is ready, and a full pipe would stop it.
        with open(self.directory / f"serve-{self.port}.log", "a") as log:
            self.process = subprocess.Popen(
                list(map(str, self.command)), stdout=subprocess.PIPE, stderr=log, text=True)
        timer = threading.Timer(30, self.process.kill)
        timer.start()
        try:
            for line in self.process.stdout:
                if page := re.search(r"page: (http://[^\s\x1b]+)/", line):
                    self.operator_url = page[1]
                if re.search(r"ready on (https?://|unix:)", line):
                    return self
        finally:
            timer.cancel()
        raise AssertionError(f"the issuer did not start: {self.log[-2000:]}")

    def kill(self):
        """SIGKILL, so that it can't finish anything."""
        self.process.kill()
        self.process.wait(timeout=10)
        self.process.stdout.close()

    def stop(self):
        """SIGTERM; returns the exit status."""
        self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(timeout=40)

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.stdout.close()

    @property
    def is_running(self):
        return self.process.poll() is None

    @property
    def log(self):
        return (self.directory / f"serve-{self.port}.log").read_text()

    @property
    def credential(self):
        return (self.directory / "till.credential").read_text().strip()

    @property
    def secret(self):
        return (self.directory / f"{SHOPIFY_APP}.secret").read_text().strip()

    @property
    def jwks_url(self):
        return self.url + "/.well-known/jwks.json"

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read().decode()

    def jwks(self):
        return json.loads(self.get("/.well-known/jwks.json"))

    def client(self):
        return Client(self)


class Client:
    """Requests tokens over one connection, as a till does, and reconnects if it breaks."""

    def __init__(self, issuer):
        self.headers = {"Authorization": f"Bearer {issuer.credential}", "Content-Type": "application/json"}
        self.connection = http.client.HTTPConnection("127.0.0.1", issuer.port, timeout=10)

    def post(self, path, body):
        """Returns the status and the JSON body."""
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        try:
            self.connection.request("POST", path, text, self.headers)
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        return answer.status, json.loads(body) if body else None

    def token(self, app, **members):
        status, body = self.post("/session-token", token_request(app, **members))
        assert status == 200, (status, body)
        return body["token"]

    def close(self):
        self.connection.close()
