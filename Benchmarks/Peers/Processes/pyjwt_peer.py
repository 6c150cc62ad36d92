"""Mints with PyJWT: `pyjwt_peer.py token SUBJECT` prints a token, `... measure SUBJECT SECONDS` a rate."""

import json
import statistics
import sys
import time
import uuid

import jwt


def make_minting(path):
    with open(path) as file:
        subject = json.load(file)
    algorithm, lifetime, claims = subject["algorithm"], subject["lifetime"], subject["claims"]
    headers = {"kid": subject["keyID"]} if subject["keyID"] else None
    # Read once: PyJWT would read a PEM anew for each token.
    key = jwt.get_algorithm_by_name(algorithm).prepare_key(subject["key"])

    def mint():
        now = int(time.time())
        tail = {"exp": now + lifetime, "nbf": now, "iat": now, "jti": str(uuid.uuid4())}
        return jwt.encode({**claims, **tail}, key, algorithm=algorithm, headers=headers)

    return mint


def rate(mint, seconds):
    start = time.perf_counter()
    end, done = start + seconds, 0
    while True:
        mint()
        done += 1
        now = time.perf_counter()
        if now >= end:
            return done / (now - start)


def main():
    mint = make_minting(sys.argv[2])
    if sys.argv[1] == "token":
        print(mint())
        return
    rate(mint, 0.1)
    print(round(statistics.median(rate(mint, 0.1) for _ in range(max(1, round(float(sys.argv[3]) * 10))))))


main()
