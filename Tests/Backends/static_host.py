"""A web server that holds a directory, as a static host or an issuer does, and counts what is asked of it."""

import functools
import http.server
import threading


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.paths.append(self.path)
        super().do_GET()

    def log_message(self, *arguments):
        """Says nothing."""


class StaticHost:
    def __init__(self, directory):
        handler = functools.partial(Handler, directory=directory)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.paths = []
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def paths(self):
        """What has been asked for."""
        return self.server.paths

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()
