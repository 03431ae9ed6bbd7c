#!/usr/bin/python3
"""Every call that can fail, fails once:  failing_calls.py BUILD [--count N | --all] [--kind KIND] [--only SCENARIO]

Each scenario (a training, one that goes on, a prune, an export, a page, a download, a server, a Python program) is run
once for each of its calls of a kind (memory, threads, open, read, write, sync, rename, mkdir, map, socket), which
fails then (failing_call.c). It must answer: with 0 and what it makes without that, or with 1 and one line; leave
nothing under way; and the same command afterwards must make what it always makes. --count: so many calls of each
scenario and kind, spread over all (default 4).
"""

import argparse
import http.client
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

from ground import (HERE, Ground, Tally, complaint, compile_preload, contents, differing, environment, leftovers, run,
                    words_of)

KINDS = "memory", "thread", "open", "read", "write", "sync", "rename", "mkdir", "map", "socket"
PYTHON = """
import ctypes, sys
import numpy, loci
if "FAIL_WAITS" in __import__("os").environ:
    ctypes.CDLL(None).failing_call_begin()
try:
    data = loci.Data("images")
    net = loci.Network("arbor-mlp-2k", data=data, hidden=[4])
    for epoch in loci.Trainer(net, data, epochs=1, threads=2):
        pass
    net.save("made.safetensors")
    loci.train("arbor-mlp-2k", data="images", hidden=[4], epochs=1, out="made", force=True)
except (loci.LociError, MemoryError, OSError) as error:
    print("loci:", " ".join(str(error).split()) or type(error).__name__, file=sys.stderr)
    sys.exit(1)
"""


class Scenario:
    """words: of the program; made: what it leaves; before: what has to be there; again: how it is repeated."""

    def __init__(self, words, made=(), before=(), again=(), says=False, spared=()):
        self.words = words.split() if isinstance(words, str) else words
        self.made, self.before, self.again, self.says = made, before, again, says
        self.spared = spared  # kinds that a library underneath does not survive

    def start(self, ground):
        ground.remove(*self.made)
        for kept, place in self.before:
            shutil.copytree(ground.path(kept), ground.path(place))

    def command(self, ground):
        program = [] if self.words[0].startswith("/") else [ground.loci]
        return [*program, *self.words]

    def drive(self, ground, **more):
        return run(self.command(ground), ground.folder, **more)

    def repeat(self, ground, **more):
        """The same command, as somebody would who has been told that it failed."""
        return run([*self.command(ground), *self.again], ground.folder, **more)

    def left(self, ground, out):
        found = {f"{name}/{part}": what for name in self.made for part, what in contents(ground.path(name)).items()}
        return {**found, "output": re.sub(r'"(path|seconds[a-z_]*)": [^,}]*', "", out)} if self.says else found


class Watched(Scenario):
    """A server: asked for its page once, then ended."""

    def drive(self, ground, **more):
        log = ground.path("watch.log")
        with open(log, "wb") as err:
            process = subprocess.Popen([ground.loci, *self.words], cwd=ground.folder, env=environment(**more),
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err)
        for _ in range(2000):
            found = re.search(r"http://[^\s/]+/", log.read_text(errors="replace"))
            if found or process.poll() is not None:
                break
            time.sleep(0.01)
        for path in ("", "events") if found else ():
            try:
                with urllib.request.urlopen(found.group(0) + path, timeout=2) as answer:
                    answer.read(2000)
            except (OSError, ValueError, http.client.HTTPException):
                pass
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            status = None
        err = log.read_text(errors="replace")
        log.unlink()
        return (0 if status in (130, 143, -signal.SIGTERM) else status), "", err


class Interpreted(Scenario):
    """A program in Python: what fails is what it calls once all is loaded."""

    def drive(self, ground, **more):
        return super().drive(ground, **more, **({"FAIL_WAITS": "1"} if "FAIL_KIND" in more else {}))


class Fetched(Scenario):
    """A download, of a small file that is not what it should be: all is done but the last."""

    def __init__(self, port):
        super().__init__(f"data fetch mnist --url http://127.0.0.1:{port}/good/ --data-dir fetched", ["fetched"])

    def drive(self, ground, **more):
        status, out, err = super().drive(ground, **more)
        wrong = status == 1 and "SHA-256 is wrong" in err
        return (0 if wrong else status), out, ("" if wrong else err)


def scenarios(ground, python):
    """Makes what they start from, and returns them by name."""
    for net in "mlp", "pruned", "spiking", "maps", "table":
        ground.must(*words_of(net, net, 3))
    stop_a_run(ground)
    files = ground.path("served")
    (files / "good").mkdir(parents=True)
    for name in "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte":
        (files / f"{name}.gz").write_bytes(b"\x1f\x8b" + bytes(5000))
    found = {
        "train": Scenario(words_of("mlp", "out", 2), ["out"], again=["--force"]),
        "train-threads": Scenario([*words_of("dense", "out", 2), "--threads", "2"], ["out"], again=["--force"]),
        "train-pruned": Scenario(words_of("pruned", "out", 2), ["out"], again=["--force"]),
        "train-taught": Scenario(words_of("taught", "out", 1), ["out"], again=["--force"]),
        "train-table": Scenario(words_of("table", "out", 2), ["out"], again=["--force"]),
        "train-delays": Scenario(words_of("delays", "out", 1), ["out"], again=["--force"]),
        "train-maps": Scenario(words_of("maps", "out", 1), ["out"], again=["--force"]),
        "resume": Scenario("train --resume --out out --quiet --threads 1", ["out"], [("stopped", "out")]),
        "prune": Scenario("prune mlp --data images --sparsity 0.6 --finetune 1 --out out --quiet --threads 1", ["out"],
                          again=["--force"]),
        "curve": Scenario("prune mlp --data images --curve 0.5,0.7 --out out --quiet --threads 1", ["out"],
                          again=["--force"]),
        "shrink": Scenario("prune pruned --shrink --out out", ["out"], again=["--force"]),
        "export-c": Scenario("export mlp --to c -o out --threads 1", ["out"], again=["--force"]),
        "export-replaced": Scenario("export mlp --to c -o out --force --threads 1", ["out"], [("exported", "out")]),
        "export-onnx": Scenario("export mlp --to onnx -o out.onnx", ["out.onnx"]),
        "export-npz": Scenario("export mlp --to npz -o out.npz", ["out.npz"]),
        "export-nir": Scenario("export spiking --to nir -o out.nir", ["out.nir"], spared=["memory"]),  # HDF5 crashes
        "import": Scenario("import kept.npz -o out.safetensors", ["out.safetensors"], again=["--force"]),
        "view": Scenario("view mlp --data images -o out.html --threads 1", ["out.html"]),
        "view-maps": Scenario("view maps --data images -o out.html --threads 1", ["out.html"]),
        "figure": Scenario("figure fig6 mlp -o out.svg", ["out.svg"]),
        "eval": Scenario("eval mlp --data images --predictions out.csv --json --threads 2", ["out.csv"], says=True),
        "predict": Scenario("predict table table.csv --json", says=True),
        "info": Scenario("info spiking --json", says=True),
        "watch-text": Scenario("watch --text mlp pruned"),
        "watch": Watched("watch mlp --port 0"),
    }
    ground.must("export", "mlp", "--to", "npz", "-o", "kept.npz")
    ground.must("export", "mlp", "--to", "c", "-o", "exported", "--threads", "1")
    if reads_recordings(ground):
        found["recordings"] = Scenario("data info recordings --duration 0.12 --json", says=True,
                                       spared=["memory"])  # HDF5 crashes
    if python:
        ground.path("train.py").write_text(PYTHON)
        found["python"] = Interpreted(["/usr/bin/python3", "train.py"], ["made", "made.safetensors"])
    return found


def reads_recordings(ground):
    """Whether it was built with HDF5; makes the folder "recordings", if there is h5py."""
    made = subprocess.run([sys.executable, HERE.parent / "cli/make.py", "recordings", ground.path("recordings")],
                          check=False)
    return made.returncode == 0 and run([ground.loci, "data", "info", "recordings", "--duration", "0.12"],
                                        ground.folder)[0] == 0


def without_page(found):
    """Leaves out what takes the page, where it was not built."""
    return {name: one for name, one in found.items() if one.words[0] != "view" and not isinstance(one, Watched)}


def stop_a_run(ground):
    """Leaves the folder "stopped", of a run that was asked to stop when it had just begun."""
    for epochs in 20, 80, 320, 1280:
        ground.remove("stopped")
        process = subprocess.Popen([ground.loci, *words_of("mlp", "stopped", epochs)], cwd=ground.folder,
                                   env=environment(), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while not ground.path("stopped/checkpoint.safetensors").exists() and process.poll() is None:
            time.sleep(0.001)
        process.terminate()
        if process.wait() == 130:
            return
    sys.exit("a run that was to be stopped was not")


def numbers(calls, count):
    """Which calls fail: all, or `count` of them, the first third of these the first ones there are."""
    if count is None or calls <= count:
        return range(1, calls + 1)
    first = count // 3
    rest = count - first
    return sorted({*range(1, first + 1), *(first + 1 + i * (calls - first - 1) // max(rest - 1, 1) for i in range(rest))})


class Campaign:
    def __init__(self, ground, library, leaks):
        self.ground, self.library, self.tally = ground, library, Tally()
        self.says = ground.path("said")
        self.leaks, self.sanitizer = leaks, {}

    def look_for_leaks(self, kind):
        """The leak sanitizer reads /proc in a process of its own, which the filter of these calls would end."""
        leaks = self.leaks and kind not in ("open", "read", "map")
        self.sanitizer["ASAN_OPTIONS"] = (f"verify_asan_link_order=0:detect_leaks={leaks:d}:"
                                          "allocator_may_return_null=1")

    def failing(self, scenario, kind, at):
        """Runs it; returns (status, out, err, what the library said)."""
        self.says.unlink(missing_ok=True)
        scenario.start(self.ground)
        answer = scenario.drive(self.ground, LD_PRELOAD=self.library, FAIL_KIND=kind, FAIL_AT=str(at),
                                FAIL_SAYS=str(self.says), **self.sanitizer)
        said = self.says.read_text() if self.says.exists() else ""
        self.says.unlink(missing_ok=True)
        return (*answer, said)

    def calls(self, scenario, kind):
        status, _, err, said = self.failing(scenario, kind, 0)
        if status != 0:
            sys.exit(f"{' '.join(scenario.words)}: exit status {status} where nothing fails\n{err}")
        return int(re.search(r"calls (\d+)", said).group(1))

    def judge(self, scenario, kind, calm, answer):
        status, out, err, said = answer
        fault = complaint(status, err)
        if fault or "failed" not in said:
            return fault
        left = leftovers(self.ground.folder)
        if left:
            return f"left over: {left}; {err.strip()}"
        if status == 0:
            changed = differing(calm, scenario.left(self.ground, out))
            return f"exit status 0, but not what it makes else: {changed}" if changed else None
        if not scenario.made or isinstance(scenario, Fetched):
            return None
        status, out, err = scenario.repeat(self.ground, **self.sanitizer)
        if status != 0:
            return f"repeated it fails: {err.strip()}"
        changed = differing(calm, scenario.left(self.ground, out))
        return f"repeated it makes something else: {changed}" if changed else None

    def run(self, name, scenario, kind, count):
        self.look_for_leaks(kind)
        calls = self.calls(scenario, kind)
        scenario.start(self.ground)
        calm = scenario.left(self.ground, scenario.drive(self.ground, **self.sanitizer)[1])
        before = self.tally.failed
        for at in numbers(calls, count):
            answer = self.failing(scenario, kind, at)
            reached = re.search(r"failed .*", answer[3])
            self.tally.note(self.judge(scenario, kind, calm, answer), name, kind, at,
                            f"({reached.group(0) if reached else 'not reached'})")
        print(f"{name}: {kind}: {len(numbers(calls, count))} of {calls} calls, "
              f"{self.tally.failed - before} failed", flush=True)
        scenario.start(self.ground)
        self.ground.remove(*scenario.made)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--only", action="append")
    chosen = parser.parse_args()
    build = pathlib.Path(chosen.build).resolve()
    sanitized = b"__asan_init" in (build / "cli/loci").read_bytes()
    with Ground(build / "cli/loci") as ground:
        library = compile_preload("failing_call", ground.folder)
        python = (build / "python/loci").exists() and not sanitized
        environment_of_python = str(build / "python")
        leaks = sanitized and run([ground.loci, "--version"], ground.folder, ASAN_OPTIONS="detect_leaks=1")[0] == 0
        campaign = Campaign(ground, library, leaks)
        campaign.sanitizer["PYTHONPATH"] = environment_of_python
        found = scenarios(ground, python)
        if not (build / "viewer/loci-view.html").exists():
            print("The page was not built: left out.")
            found = without_page(found)
        server = subprocess.Popen([sys.executable, HERE.parent / "serve_files.py", ground.path("served")],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        found["fetch"] = Fetched(int(server.stdout.readline()))
        for name, scenario in found.items():
            for kind in KINDS:
                # the sanitizer maps its own memory, and ends where it gets none
                if kind in scenario.spared or (sanitized and kind == "map"):
                    continue
                if (not chosen.kind or kind in chosen.kind) and (not chosen.only or name in chosen.only):
                    campaign.run(name, scenario, kind, None if chosen.all else chosen.count)
        server.stdin.close()
        server.wait()
    campaign.tally.end()


if __name__ == "__main__":
    main()
