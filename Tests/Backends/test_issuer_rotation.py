"""A running issuer through whole rotations, with backends that cache its keys for as long as they may."""

import heapq
import itertools
import json
import threading
import time

import jwt
import pytest
from shopify import session_token

from conftest import idtoken
from issuer_process import OPENID_APP, SHOP, SHOPIFY_APP, IssuerProcess
from quick_rotation import LIFETIME, POLICY, Backend


@pytest.fixture
def issuer(tmp_path):
    with IssuerProcess(tmp_path / "demo", "--token-lifetime", LIFETIME, policy=POLICY) as issuer:
        yield issuer


class Flow(threading.Thread):
    """Requests tokens of both kinds without end, and has each verified by every backend at once."""

    def __init__(self, issuer, seconds):
        super().__init__(daemon=True)
        self.issuer, self.end = issuer, time.monotonic() + seconds
        # They start at different times, so that they fetch at different times.
        self.backends = []
        self.refused, self.kids, self.count, self.late = [], [], 0, []

    def run(self):
        client = self.issuer.client()
        try:
            for number in itertools.count():
                if time.monotonic() > self.end:
                    return
                if number % 20 == 0 and len(self.backends) < 5:
                    self.backends.append(Backend(self.issuer))
                self.round(client)
                time.sleep(0.02)
        except Exception as error:  # no answer counts as a refusal
            self.refused.append(repr(error))

    def round(self, client):
        signed = client.token(OPENID_APP)
        kid = jwt.get_unverified_header(signed)["kid"]
        if kid not in self.kids:
            self.kids.append(kid)
        for backend in self.backends:
            self.judge(lambda: backend.verify(signed))
        shopify = client.token(SHOPIFY_APP)
        self.judge(
            lambda: session_token.decode_from_header(f"Bearer {shopify}", SHOPIFY_APP, self.issuer.secret))
        # Verified again when it has almost expired.
        heapq.heappush(self.late, (time.monotonic() + LIFETIME - 1, signed))
        while self.late[0][0] < time.monotonic():
            token = heapq.heappop(self.late)[1]
            self.judge(lambda: self.backends[0].verify(token))
        self.count += 2

    def judge(self, verify):
        try:
            claims = verify()
            assert claims["dest"] == f"https://{SHOP}" and claims["sub"] == "42"
        except Exception as error:
            self.refused.append(repr(error))


def test_no_backend_refuses_a_token_through_whole_rotations_of_a_running_issuer(issuer):
    first = {key["kid"] for key in issuer.jwks()["keys"]}
    flow = Flow(issuer, seconds=24)
    flow.start()
    flow.join(timeout=35)
    assert not flow.is_alive()
    assert flow.refused == []
    assert len(flow.kids) >= 3, "there was no whole rotation"
    assert set(flow.kids[:2]) == first, "the second signing key was published from the start"
    left = {key["kid"] for key in issuer.jwks()["keys"]}
    assert flow.kids[0] not in left and flow.kids[-1] in left
    assert flow.count >= 200
    events = [
        event for entry in json.loads(idtoken("keys", "audit", "--ring", issuer.directory / "ring", "--json").output)
        for event in entry["events"]]
    assert any("retired" in event for event in events) and any("removed" in event for event in events)
    assert issuer.stop() == 0
