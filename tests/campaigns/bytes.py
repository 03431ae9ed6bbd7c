#!/usr/bin/python3
"""Every byte changed and every length cut, of every format:  bytes.py BUILD [--count N | --all] [--only NAME]

Readers in process: each target of tests/fuzz gets its corpus, and models, runs and data of every kind made here, with
each byte changed in three ways and cut at each length; it says what must hold of what is accepted. That is worth most
in a build with sanitizers. The program: each file of a run folder is changed so; `loci train --resume` must go on to the
model that an undisturbed run has, or refuse in one line, and `loci info` must read the model or refuse it. --count: about
so many changes of each target and each file (default 300 of a target, 12 of a file); --all: all there are.
"""

import argparse
import os
import pathlib
import random
import re
import shutil
import subprocess
import time

from ground import HERE, NETS, Ground, Tally, complaint, environment, run, words_of

TESTS = HERE.parent
OF_RUNS = "config.json", "summary.json", "metrics.jsonl"
IN_FOLDER = ("checkpoint.safetensors", "checkpoint.previous.safetensors", "config.json", "metrics.jsonl", "frames.npz",
             "model.safetensors", "run.lock")


def collect(ground):
    """What each target reads beside its corpus: {target: files}."""
    made = {"model": sorted((TESTS / "models/v0.1").glob("*.safetensors")), "run": [], "import": []}
    for net in NETS:
        ground.must(*words_of(net, f"of-{net}", 2))
        made["model"].append(ground.path(f"of-{net}/model.safetensors"))
        made["run"] += [ground.path(f"of-{net}/{name}") for name in OF_RUNS]
        ground.must("export", f"of-{net}", "--to", "npz", "-o", f"{net}.npz")
        made["import"].append(ground.path(f"{net}.npz"))
    made["npz"] = [ground.path("events.npz")]
    made["csv"] = made["rows"] = [ground.path("table.csv")]
    made["idx"] = [ground.path("images/t10k-labels-idx1-ubyte"), ground.path("images/t10k-images-idx3-ubyte")]
    return made


def replay(tally, target, files, count):
    """Runs a target over files; count None: every byte."""
    size = sum(path.stat().st_size for path in files)
    every = 1 if count is None else max(1, size * 4 // count)
    done = subprocess.run([target, *files], capture_output=True, text=True, errors="replace", check=False,
                          env=environment(REPLAY_EVERY=str(every), UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1"))
    ran = re.search(r"(\d+) runs", done.stdout)
    tally.tried += int(ran.group(1)) if ran else 0
    if done.returncode != 0:
        tally.note(f"exit status {done.returncode}: {done.stderr[-800:]}", target.name)
    print(f"{target.name}: {len(files)} files of {size} bytes, {ran.group(1) if ran else 'not all'} runs", flush=True)


def changes(size, count, draw):
    """(place, what to do there): each byte changed in three ways and each length, or so many drawn of these."""
    ways = 0x01, 0x80, 0xff, None
    if count is None or 4 * size <= count:
        return [(at, way) for at in range(size) for way in ways]
    return [(draw.randrange(size), draw.choice(ways)) for _ in range(count)]


def damage(path, data, at, way):
    path.write_bytes(data[:at] if way is None else data[:at] + bytes([data[at] ^ way]) + data[at + 1:])


class Folder:
    """A run that was stopped, with a lock whose process is gone, and the model that it would come to."""

    def __init__(self, ground):
        self.ground = ground
        epochs = 300  # of which each damaged run makes the rest
        while not self.stop_run(epochs):
            epochs *= 3
        shutil.copytree(ground.path("stopped"), ground.path("again"))
        self.resume()
        self.calm = ground.path("again/model.safetensors").read_bytes()
        past = time.time() - 1000  # a lock that says nothing holds for a minute
        os.utime(ground.path("stopped/run.lock"), (past, past))

    def stop_run(self, epochs):
        """Kills a run after its second checkpoint, two seconds after its start; False: it was faster."""
        ground = self.ground
        ground.remove("stopped")
        words = words_of("pruned", "stopped", epochs)
        process = subprocess.Popen([ground.loci, *words], cwd=ground.folder, env=environment(),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not ground.path("stopped/checkpoint.previous.safetensors").exists() and process.poll() is None:
            time.sleep(0.01)
        process.kill()
        process.wait()
        return ground.path("stopped/run.lock").exists()

    def resume(self):
        return run([self.ground.loci, "train", "--resume", "--out", "again", "--quiet", "--threads", "1"],
                   self.ground.folder)

    def try_one(self, name, at, way):
        """What is wrong, or None."""
        self.ground.remove("again")
        shutil.copytree(self.ground.path("stopped"), self.ground.path("again"))
        path = self.ground.path("again") / name
        old = path.stat()
        damage(path, path.read_bytes(), at, way)
        os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
        status, _, err = self.resume()
        fault = complaint(status, err)
        if fault is None and name == "model.safetensors":
            fault = complaint(*run([self.ground.loci, "info", path], self.ground.folder)[::2])
        if fault or status == 1 or name == "config.json":  # which may say something else by then
            return fault
        return None if self.ground.path("again/model.safetensors").read_bytes() == self.calm else "goes on to another model"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--count", type=int)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", action="append", help="a target of tests/fuzz, or 'folder of a run'")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    build, tally, draw = pathlib.Path(chosen.build).resolve(), Tally(), random.Random(chosen.seed)

    def wanted(name):
        return not chosen.only or name in chosen.only

    with Ground(build / "cli/loci") as ground:
        made = collect(ground)
        for target in sorted((build / "tests/fuzz").glob("fuzz_*")):
            name = target.name[len("fuzz_"):]
            if target.is_file() and wanted(name):
                files = [*sorted(path for path in (TESTS / "fuzz" / name).iterdir() if path.is_file()), *made.get(name, [])]
                replay(tally, target, files, None if chosen.all else chosen.count or 300)
        folder = Folder(ground) if wanted("folder of a run") else None
        for name in IN_FOLDER if folder else ():
            before = tally.failed
            trials = changes(ground.path(f"stopped/{name}").stat().st_size, None if chosen.all else chosen.count or 12, draw)
            for at, way in trials:
                tally.note(folder.try_one(name, at, way), name, at, "cut" if way is None else hex(way))
            print(f"{name}: {len(trials)} changes, {tally.failed - before} failed", flush=True)
    tally.end()


if __name__ == "__main__":
    main()
