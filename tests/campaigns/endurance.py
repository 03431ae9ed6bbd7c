#!/usr/bin/python3
"""What goes on for long takes no more than at first:  endurance.py BUILD [--count N] [--only PART] [--seed S]

requests: a live page is asked N * 1,000 times, by connections that stay and such that break off, for all it has and for
what it refuses, while it trains. trainings: one process trains N networks after each other, of every kind, runs, saves
and exports them (the Python package of BUILD). After a fifth of that, and at the end, memory, open files and threads are
counted: none may have grown. --count: default 20.
"""

import os
import pathlib
import random
import socket
import sys
import tempfile
import time
import warnings

from ground import HERE, NETS, Tally, make_data, options

sys.path.insert(0, str(HERE.parent / "live"))
from serving import Events, Server, status_is  # noqa: E402  pylint: disable=wrong-import-position

ALLOWED = 4 << 20  # bytes: what an allocator may keep of what was freed
CONNECTIONS = 16
TOGETHER = 50  # requests that are sent before their answers are read


def held_by(process):
    """Bytes in memory, open files and threads of a process."""
    said = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines() if ":" in line)
    return {"bytes": int(said["VmRSS"].split()[0]) << 10, "files": len(os.listdir(f"/proc/{process}/fd")),
            "threads": int(said["Threads"])}


def growth(before, after):
    """What is more than it was, or None."""
    more = [f"{name} {before[name]} -> {after[name]}" for name in before
            if after[name] > before[name] + (ALLOWED if name == "bytes" else 0)]
    return ", ".join(more) or None


class Asker:
    """A connection that stays, by which requests are sent together; how many were answered stands in `answers`."""

    def __init__(self, server):
        self.line, self.rest = server.connect(), b""
        self.host = f"Host: 127.0.0.1:{server.port}\r\n"

    def ask(self, paths, method="GET", more=""):
        """Returns how often there was which status."""
        self.line.sendall("".join(f"{method} {path} HTTP/1.1\r\n{self.host}{more}\r\n" for path in paths).encode())
        found = {}
        for _ in paths:
            status = self.answer()
            found[status] = found.get(status, 0) + 1
        return found

    def answer(self):
        while b"\r\n\r\n" not in self.rest:
            self.read()
        top, _, self.rest = self.rest.partition(b"\r\n\r\n")
        sizes = [line for line in top.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        size = int(sizes[0].split(b":")[1])
        while len(self.rest) < size:
            self.read()
        self.rest = self.rest[size:]
        return int(top.split()[1])

    def read(self):
        part = self.line.recv(1 << 16)
        if not part:
            raise AssertionError("a connection ended")
        self.rest += part

    def close(self):
        self.line.close()


def break_off(server, draw):
    """A connection that ends in the middle of a request, of an answer or of events."""
    with server.connect() as line:
        line.sendall(draw.choice((b"GET /net/0/ HT", b"POST /pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nto",
                                  f"GET /net/0/ HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode(),
                                  f"GET /events HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode(),
                                  draw.randbytes(draw.randrange(1, 300)))))
        if draw.random() < 0.5:
            line.settimeout(0.01)
            try:
                line.recv(100)
            except (socket.timeout, ConnectionError):
                pass


class Requests:
    """Asks a server; what it answered by status, and connections that broke off, stand in `counts`."""

    def __init__(self, server, draw):
        self.server, self.draw, self.counts = server, draw, {}

    def note(self, found):
        for status, times in found.items():
            self.counts[status] = self.counts.get(status, 0) + times

    def ask(self, count):
        """At least so many, and no connection is left open."""
        askers = [Asker(self.server) for _ in range(CONNECTIONS)]
        wanted = sum(self.counts.values()) + count
        while sum(self.counts.values()) < wanted:
            asker, kind = self.draw.choice(askers), self.draw.random()
            if kind < 0.6:
                paths = "/net/0/ready", "/net/0/frame", "/net/0/measured", "/net/0/kept", "/", "/net/0/frame?key=1"
                self.note(asker.ask([self.draw.choice(paths) for _ in range(TOGETHER)]))
            elif kind < 0.9:
                paths = "/net/7/", "/%2e%2e/etc/passwd", "/events?run=9", "/x" * self.draw.randrange(1, 400)
                self.note(asker.ask([self.draw.choice(paths) for _ in range(TOGETHER)]))
            elif kind < 0.93:
                self.note(asker.ask(["/net/0/"]))
            elif kind < 0.96:
                self.note(asker.ask(["/pause", "/stop"] * 5, "POST", "Content-Length: 0\r\nX-Loci-Token: 0\r\n"))
            else:
                break_off(self.server, self.draw)
                self.note({"broken off": 1})
        for asker in askers:
            asker.close()


def settled(process, files):
    """The least that a process holds in some seconds: a checkpoint is written now and then. Connections that broke off have
    a minute to end."""
    seen, begun = [], time.monotonic()
    while time.monotonic() < begun + 3 or (seen[-1]["files"] > files and time.monotonic() < begun + 60):
        seen.append(held_by(process))
        time.sleep(0.1)
    return {name: min(one[name] for one in seen) for name in seen[0]}


def requests(build, count, seed, tally):
    with tempfile.TemporaryDirectory(prefix="loci-campaign-") as folder:
        # epochs that take long: what a training keeps of each is no matter here
        server = Server(str(build / "cli/loci"), folder, "train", "--data", "glyphs", "--hidden", "24", "--threads", "1",
                        "--epochs", "100000", "--test-every", "0", "--live", "--port", "0", "--out", "run")
        number = server.process.pid
        try:
            server.page()
            asked, bare = Requests(server, random.Random(seed)), held_by(number)["files"]
            asked.ask(count * 200)
            before = settled(number, bare)
            asked.ask(count * 800)
            after = settled(number, bare)
            tally.note(growth(before, after), "requests")
            events = Events(server)
            events.until(status_is("running"))  # it is at work all the same
            events.close()
        finally:
            server.process.kill()
        print(f"requests: {sum(asked.counts.values()):,}, answered {asked.counts}; {before} -> {after}", flush=True)


def one_training(loci, net, seed):
    """A run folder of its own, what it is good for, and all of it away."""
    words = NETS[net].format(E=2).split() + ["--"]
    given = {word[2:].replace("-", "_"): True if after.startswith("--") else after
             for word, after in zip(words, words[1:]) if word.startswith("--")}
    data = given.pop("data")
    run = loci.train(data=data, out="out", force=True, seed=seed, threads=2, progress=False, **given)
    network = loci.load("out")
    network.prune(0.5)
    network.save("out/pruned.safetensors")
    network.export("out/net.npz", to="npz")
    if net not in ("delays", "spiking"):  # a graph draws no spikes at random
        network.export("out/net.onnx", to="onnx")
    network.page("out/net.html")
    del run, network


def trainings(build, count, seed, tally):
    try:
        sys.path.insert(0, str(build / "python"))
        import loci  # pylint: disable=import-outside-toplevel

        warnings.simplefilter("ignore", loci.LociWarning)  # small nets of few epochs learn little
    except ImportError as error:
        print(f"trainings: skipped, {error}")
        return
    here = os.getcwd()
    with tempfile.TemporaryDirectory(prefix="loci-campaign-") as folder:
        make_data(pathlib.Path(folder))
        os.chdir(folder)
        try:
            loci.train(data="images", hidden="16", epochs=2, out="teacher", progress=False)
            for i in range(count):
                if i == max(count // 5, len(NETS)):
                    before = held_by(os.getpid())
                one_training(loci, list(NETS)[i % len(NETS)], seed + i)
            after = held_by(os.getpid())
        finally:
            os.chdir(here)
    tally.note(growth(before, after), "trainings")
    print(f"trainings: {count}; {before} -> {after}", flush=True)


def main():
    parts = {"requests": requests, "trainings": trainings}
    chosen = options(__doc__, 20, list(parts))
    tally = Tally()
    for name, part in parts.items():
        if not chosen.only or name in chosen.only:
            part(chosen.build.resolve(), chosen.count, chosen.seed, tally)
    tally.end()


if __name__ == "__main__":
    main()
