"""A live server under test: started as a user would, asked over plain sockets."""

import json
import os
import pty
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time

PATIENCE = 60 * int(os.environ.get("LOCI_SLOWDOWN", "1"))  # seconds: a machine may be busy


def table(path, rows=240):
    """Pictures of 8 x 8 pixels of three classes, which a small net learns."""
    draw = random.Random(1)
    lines = [",".join([*(f"p{i}" for i in range(64)), "label"])]
    for row in range(rows):
        kind = row % 3
        bright = [255 if (i // 8) // 3 == kind else 0 for i in range(64)]
        lines.append(",".join([*(str(min(255, max(0, b + draw.randrange(-60, 60)))) for b in bright), "abc"[kind]]))
    path.write_text("\n".join(lines) + "\n")


class Server:
    """`loci train --live` or `loci watch`, with its address and token read from what it prints."""

    def __init__(self, loci, folder, *words, terminal=False):
        ours, theirs = pty.openpty() if terminal else os.pipe()
        self.process = subprocess.Popen([loci, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        self.stderr = os.fdopen(ours, errors="replace")
        self.said = ""
        self.token = None
        address = self.read_until(r"http://\[?([^/\]]+)\]?:(\d+)/")
        self.host, self.port = address.group(1), int(address.group(2))
        if words[0] == "train":
            self.token = self.read_until(r"page: ([0-9a-f]{32})\s").group(1)
        # what else it says must not fill the pipe
        self.drain = threading.Thread(target=self.read_on, daemon=True)
        self.drain.start()

    def read_until(self, pattern):
        while not (found := re.search(pattern, self.said)):
            line = self.stderr.readline()
            if not line and "template of the page was not built" in self.said:
                print("skipped: the page was not built")
                sys.exit(77)
            if not line:
                raise AssertionError(f"it ended: {self.said}")
            self.said += line
        return found

    def read_on(self):
        try:
            for line in self.stderr:
                self.said += line
        except OSError:  # a terminal whose other end is closed
            pass

    def connect(self):
        return socket.create_connection((self.host, self.port), timeout=PATIENCE)

    def send(self, data):
        """Sends bytes as they are; returns what comes back until the server closes or answers."""
        with self.connect() as line:
            try:
                line.sendall(data)
                return read_answer(line)
            except (ConnectionResetError, BrokenPipeError):
                return b""

    def ask(self, path, method="GET", body=b"", **headers):
        """(status, headers, body)"""
        lines = {"Host": f"127.0.0.1:{self.port}", "Connection": "close", **headers}
        if method == "POST":
            lines["Content-Length"] = str(len(body))
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items() if value is not None)
        answer = self.send(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        top, _, rest = answer.partition(b"\r\n\r\n")
        first, *others = top.decode("latin-1").split("\r\n")
        found = {name.lower(): value for name, value in (line.split(": ", 1) for line in others)}
        return int(first.split()[1]) if first else 0, found, rest

    def page(self, path="/net/0/"):
        """The page, once it is there."""
        for _ in range(20 * PATIENCE):
            status, headers, body = self.ask(path)
            if status == 200 and b'id="loci-data">{' in body:
                return headers, body.decode()
            time.sleep(0.05)
        raise AssertionError(f"no page: {status} {body[:200]}")

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def read_answer(line):
    answer = b""
    while part := line.recv(65536):
        answer += part
    return answer


class Events:
    """The events of a server as they come."""

    def __init__(self, server, path="/events", **headers):
        self.line = server.connect()
        lines = {"Host": f"127.0.0.1:{server.port}", **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.line.sendall(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
        self.text = ""

    def until(self, wanted):
        """Reads until wanted(name, data) gives something true, and returns that."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            part = self.line.recv(65536)
            if not part:
                raise AssertionError("the events ended")
            # chunks begin with their size, on a line of its own; no event has such a line
            self.text += part.decode()
            events = re.findall(r"event: (\w+)\s+data: (\{[^\n]*\})\r?\n", self.text)
            for name, data in events:
                if found := wanted(name, json.loads(data)):
                    self.text = ""
                    return found
            self.text = self.text[self.text.rfind("event: "):] if "event: " in self.text else self.text
        raise AssertionError("what was waited for did not happen")

    def close(self):
        self.line.close()


def status_is(status):
    return lambda name, data: name == "state" and data["status"] == status and data

