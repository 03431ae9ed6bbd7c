#!/usr/bin/python3
"""The server of live pages over real connections:  test_server.py LOCI

What others might send neither gets further than it should nor disturbs the training. With LOCI_EVERYTHING in the
environment those are waited for, too, who are too slow.
"""

import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

from serving import PATIENCE, Events, Server, read_answer, status_is, table

LOCI = str(pathlib.Path(sys.argv[1]).resolve())
TRAIN = ["train", "--data", "table.csv", "--hidden", "24", "--pixels", "--batch", "2", "--threads", "1"]
LONG = [*TRAIN, "--epochs", "100000", "--live", "--port", "0"]


def check(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(word) for word in what))


def only_from_here(server):
    """The kernel's own list of who listens."""
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state = line.split()[:4]
        address, port = local.split(":")
        if int(port, 16) == server.port and state == "0A":
            check(address == "0100007F", "listens at", address)
            return
    raise AssertionError("nobody listens")


def strangers(server):
    for host in ("evil.example", f"evil.example:{server.port}", "127.0.0.1.evil.example", ""):
        check(server.ask("/events", Host=host)[0] in (400, 403), "host", host)
    check(b" 200 " not in server.send(b"GET /net/0/ HTTP/1.0\r\n\r\n"), "no host at all")
    check(server.ask("/net/0/frame", Origin="http://evil.example")[0] == 403, "origin")
    check(server.ask("/net/0/frame", Sec_Fetch_Site="cross-site")[0] == 403, "site")


def paths(server):
    for path in ("/net/0/../../table.csv", "/net/0/%2e%2e/config.json", "/net/0/config.json", "/net/0/model.safetensors",
                 "/%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "//etc/passwd", "/net/7/", "/net/0/\\..\\"):
        check(server.ask(path)[0] in (400, 404), path)


def large(server):
    check(b" 200 " not in server.send(b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"), "address")
    many = b"".join(b"X-%d: %s\r\n" % (i, b"y" * 1000) for i in range(40))
    check(b" 200 " not in server.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + many + b"\r\n"), "headers")
    check(server.ask("/pause", "POST", b"x" * 5000)[0] in (403, 413), "body")
    check(server.ask("/pause", "POST", b"x" * 500000)[0] in (0, 403, 413), "large body")


def nonsense(server):
    draw = random.Random(3)
    for _ in range(40):
        with server.connect() as line:
            line.sendall(draw.randbytes(draw.randrange(1, 400)))
    for text in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
                 b"POST /pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                 b"POST /pause HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
        with server.connect() as line:
            line.sendall(text)


def what_a_page_may_do(server):
    headers, page = server.page()
    policy = headers["content-security-policy"]
    for part in ("default-src 'none'", "connect-src 'self'", "script-src 'sha256-", "frame-ancestors 'none'"):
        check(part in policy, part, "is not in", policy)
    check("connect-src 'self'" in page and "unsafe-inline'; script" not in page, "the page's own policy")
    check(headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store", headers)
    check(not re.search(r"""(src|href)=["']https?:""", page), "the page asks elsewhere")


def frames(server):
    def number(name, data):
        return name == "state" and data["frame"] > 0 and data

    events = Events(server, "/events?run=0")
    first = events.until(number)
    events.until(lambda name, data: name == "state" and data["frame"] > first["frame"])
    events.close()
    _, _, key = server.ask("/net/0/frame")
    check(key[:4] == b"LOCI" and key[16:20] == bytes(4), "a key", key[:20])
    count = int.from_bytes(key[12:16], "little")
    check(len(key) == 20 + 4 * count, "its size")
    for _ in range(10):
        number = int.from_bytes(server.ask("/net/0/frame")[2][4:8], "little")
        _, _, frame = server.ask(f"/net/0/frame?key={number}")
        if frame[16:20] != bytes(4):
            check(len(frame) == 20 + 4 * int.from_bytes(frame[16:20], "little") + 2 * count, "size of a frame")
            return
        time.sleep(0.2)
    raise AssertionError("no frame against a key")


def many(server):
    """A hundred pages are told; of far more some are turned away, and those who are there stay."""
    pages = [Events(server) for _ in range(100)]
    for page in pages:
        page.until(lambda name, data: name == "state")
    crowd = [server.connect() for _ in range(200)]
    pages[0].until(lambda name, data: name == "state")
    pages[99].until(lambda name, data: name == "state")
    for line in [*crowd, *(page.line for page in pages)]:
        line.close()
    check(server.ask("/net/0/")[0] == 200, "answers when they have gone")


def steering(server):
    events = Events(server)
    for header in ({}, {"X_Loci_Token": "0" * 32}, {"X_Loci_Token": server.token[:-1]}):
        check(server.ask("/stop", "POST", **header)[0] == 403, header)
    check(server.ask(f"/stop?token={server.token}", "POST")[0] == 403, "a token in the address")
    check(server.ask("/stop", "GET", X_Loci_Token=server.token)[0] == 404, "GET")
    check(server.ask("/pause", "POST", X_Loci_Token=server.token)[0] == 200, "pause")
    events.until(status_is("paused"))
    check(server.process.poll() is None, "it goes on")
    check(server.ask("/resume", "POST", f"token={server.token}".encode())[0] == 200, "resume")
    events.until(status_is("running"))
    check(server.ask("/stop", "POST", X_Loci_Token=server.token)[0] == 200, "stop")
    events.until(status_is("stopped"))
    events.close()
    check(server.process.wait(PATIENCE) == 130, "exit status")
    server.drain.join(PATIENCE)
    check("state saved; go on with" in server.said, server.said)


def bound(folder):
    server = Server(LOCI, folder, *LONG, "--bind", "127.0.0.1", "--out", "bound")
    for path in ("/", "/net/0/", "/net/0/frame", "/events", "/nothing"):
        check(server.ask(path)[0] == 401, path)
    status, headers, _ = server.ask(f"/net/0/?token={server.token}")
    check(status == 303 and headers["location"] == "/", headers)
    cookie = headers["set-cookie"].split(";")[0]
    check("HttpOnly" in headers["set-cookie"] and "SameSite=Strict" in headers["set-cookie"], headers)
    check(server.ask("/net/0/", Cookie=cookie)[0] == 200, "with the cookie")
    check(server.ask("/net/0/", Cookie=cookie, Host="evil.example")[0] == 403, "by another name")
    check(server.ask("/stop", "POST", Cookie=cookie)[0] == 403, "a cookie steers nothing")
    server.stop()


def same_bytes(folder):
    """The model of a training that all of this was done to, which prunes as it goes on."""
    command = [*TRAIN, "--epochs", "150", "--prune", "during:0.5"]
    subprocess.run([LOCI, *command, "--quiet", "--out", "alone"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    server = Server(LOCI, folder, *command, "--live", "--port", "0", "--out", "watched")
    events = Events(server)
    seen, kept = set(), set()

    def last(name, data):
        if name == "state":
            seen.add(data["frame"])
            kept.add(data["kept"])
            if server.process.poll() is None and data["status"] == "running":
                server.ask("/net/0/frame")
                server.ask("/net/0/")
                server.ask("/net/0/kept")
        return name == "state" and data["status"] == "finished"

    nonsense(server)
    events.until(last)
    check(server.process.wait(PATIENCE) == 0, server.said)
    check(len(seen) > 1 and len(kept) > 1, "frames were sent, and what is kept", seen, kept)
    models = [pathlib.Path(folder, run, "model.safetensors").read_bytes() for run in ("alone", "watched")]
    check(models[0] == models[1], "another model")


def stays(folder):
    """Where somebody sits at a terminal, a run that is over is there to be looked at, until Ctrl-C."""
    server = Server(LOCI, folder, *TRAIN, "--epochs", "40", "--live", "--port", "0", "--out", "over", terminal=True)
    server.page()
    events = Events(server)
    events.until(status_is("finished"))
    events.close()
    end = time.monotonic() + PATIENCE
    while '"summary":{' not in (page := server.page()[1]):
        check(time.monotonic() < end, "the page has no summary")
    check('"frames":{' in page and '"metrics":[{' in page, "what happened is not in the page")
    check(server.stop(signal.SIGINT) == 0, "exit status")


def slow(server):
    """A request that comes a byte at a time, and one who asks for much and reads nothing of it."""
    with server.connect() as line, server.connect() as deaf:
        deaf.sendall(b"GET /net/0/ HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200)
        begin = time.monotonic()
        try:
            for byte in b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 100:
                line.sendall(bytes([byte]))
                time.sleep(1)
                check(time.monotonic() - begin < 40, "a slow request is waited for")
        except (ConnectionResetError, BrokenPipeError):
            pass
        check(server.ask("/net/0/")[0] == 200, "answers all the same")
        time.sleep(max(0, 40 - (time.monotonic() - begin)))
        size = len(server.ask("/net/0/")[2])
        try:
            got = len(read_answer(deaf))
        except ConnectionResetError:
            got = 0
        check(got < 200 * size, "who reads nothing is waited for", got, size)


def main():
    with tempfile.TemporaryDirectory(prefix="loci-live-") as folder:
        table(pathlib.Path(folder, "table.csv"))
        server = Server(LOCI, folder, *LONG, "--out", "run")
        try:
            for part in (only_from_here, strangers, paths, large, nonsense, what_a_page_may_do, frames, many):
                part(server)
            if "LOCI_EVERYTHING" in os.environ:
                slow(server)
            steering(server)
        finally:
            server.process.kill()
        bound(folder)
        stays(folder)
        same_bytes(folder)


main()
