"""An HTTP server for tests of downloads: serve_files.py FOLDER

Prints its port, serves the files of FOLDER on 127.0.0.1 until its standard input ends, and notes every
request in FOLDER/requests.log as "PATH RANGE STATUS". The first part of a path says how it behaves:

    /good/FILE      the file; ranges work
    /norange/FILE   the file, always whole
    /wrong/FILE     as many bytes, but others
    /dies/FILE      promises what is asked for, sends half of it and hangs up
    /page/FILE      an error page with status 200
    anything else   404
"""
import http.server
import os
import sys
import threading

FOLDER = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, headers=(), sent=None):
        with open(os.path.join(FOLDER, "requests.log"), "a") as log:
            log.write(f"{self.path} {self.headers.get('Range', '-')} {status}\n")
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body if sent is None else body[:sent])
        self.close_connection = True

    def do_GET(self):
        parts = self.path.strip("/").split("/")
        path = os.path.join(FOLDER, parts[-1])
        if len(parts) != 2 or parts[0] not in ("good", "norange", "wrong", "dies", "page"):
            return self.answer(404, b"not here")
        if parts[0] == "page":
            return self.answer(200, b"<html>please log in</html>")
        with open(path, "rb") as file:
            body = file.read()
        if parts[0] == "wrong":
            body = body[:-1] + bytes([body[-1] ^ 1])
        wanted = self.headers.get("Range")
        if wanted is None or parts[0] == "norange":
            return self.answer(200, body, sent=len(body) // 2 if parts[0] == "dies" else None)
        start = int(wanted.removeprefix("bytes=").split("-")[0])
        if start >= len(body):
            return self.answer(416, b"", [("Content-Range", f"bytes */{len(body)}")])
        rest = body[start:]
        self.answer(206, rest, [("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")],
                    sent=len(rest) // 2 if parts[0] == "dies" else None)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
