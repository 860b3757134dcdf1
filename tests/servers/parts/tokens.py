"""Token introspection (RFC 7662) for the tests: the token `good-NAME` is NAME's, every other one is inactive.

tokens.py PORT FOLDER   (the folder only tells which servers this process belongs to)
"""

import json
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Introspection(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        form = urllib.parse.parse_qs(self.rfile.read(length).decode())
        token = (form.get("token") or [""])[0]
        known, _, name = token.partition("good-")
        active = known == "" and name != ""
        body = json.dumps({"active": "true" if active else "false", "username": name}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Nobody reads it."""


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Introspection).serve_forever()
