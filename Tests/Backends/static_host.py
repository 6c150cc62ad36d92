"""A web server for a directory, as a static host is one, that records the paths of its requests."""

import functools
import http.server
import threading


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.paths.append(self.path)
        super().do_GET()

    def log_message(self, *arguments):
        """Writes no log."""


class StaticHost:
    def __init__(self, directory):
        handler = functools.partial(Handler, directory=directory)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.paths = []
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def paths(self):
        """The paths of the requests so far."""
        return self.server.paths

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()
