#!/usr/bin/python3
"""mpirun -n R loci train makes the bytes of one process with as many shards:  processes.py LOCI [MODULE]

Networks of every kind on 1, 2 and 4 processes, of one and two threads; processes that are killed, asked to stop, or see
other data than the first. Skipped (77) where there is no mpirun, or no module, as the program was built without MPI.
With LOCI_EVERYTHING in the environment all combinations, and twenty kills of one process and of all.
"""
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
EVERY = "LOCI_EVERYTHING" in os.environ
SHARDS = 4

PLAIN = "--batch", "20", "--epochs", "3"
NETS = {
    "pruned": ("--data", "images", "--hidden", "12,8", "--prune", "gradual:0.7", "--freeze-mask", "--shift", "1",
               "--elastic", "0.5", "--class-weight", "balanced", "--teacher", "teacher", *PLAIN),
    "spiking": ("--data", "images", "--hidden", "12", "--neuron", "lif", "--time-steps", "5", "--threshold", "0.2",
                "--coding", "poisson", "--validation", "40", "--patience", "2", *PLAIN),
    "delays": ("--data", "events.npz", "--hidden", "10", "--neuron", "adlif", "--delay", "distance", "--recurrent",
               "--longest-delay", "4", "--time-shift", "1", *PLAIN),
    "weights": ("--data", "table.csv", "--target", "y,z", "--weight", "w", "--hidden", "8", *PLAIN),
    "dense": ("--data", "images", "--hidden", "300", "--wiring", "dense", "--prune", "during:0.5", "--rotate",
              "10", *PLAIN),
}

environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
if "ASAN_OPTIONS" in environment:  # Open MPI keeps some memory to the end
    environment["ASAN_OPTIONS"] = re.sub("detect_leaks=1", "detect_leaks=0", environment["ASAN_OPTIONS"])


def fail(text):
    sys.exit(f"processes.py: {text}")


class Program:
    """loci, alone or several of them, in the current folder."""

    def __init__(self, path):
        self.path = str(pathlib.Path(path).resolve())

    def words(self, processes, *arguments):
        alone = [self.path, *arguments]
        started = ["mpirun", "-q", "--oversubscribe", "--bind-to", "none", "-n", str(processes), *alone]
        return started if processes else alone

    def begin(self, processes, *arguments):
        return subprocess.Popen(self.words(processes, *arguments), env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, processes, *arguments, status=0):
        """processes 0: without mpirun. Its own lines on stderr."""
        return self.end(self.begin(processes, *arguments), status)

    @staticmethod
    def end(process, status=0):
        out, err = process.communicate(timeout=300)
        lines = [line for line in err.splitlines() if line.startswith(("loci: ", "epoch "))]
        if process.returncode != status:
            fail(f"{' '.join(process.args)}: exit {process.returncode}, not {status}\n{out}{err}")
        return out, lines

    def train(self, processes, net, out, *more, status=0, threads=1):
        return self.run(processes, "train", *NETS[net], "--shards", str(SHARDS), "--threads", str(threads), "--quiet",
                        "--out", out, *more, status=status)


def results(folder):
    """What a run left that does not tell the time."""
    folder = pathlib.Path(folder)
    metrics = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    summary = json.loads((folder / "summary.json").read_text())
    timeless = [{key: value for key, value in one.items() if not key.startswith(("seconds", "threads"))}
                for one in [*metrics, summary]]
    frames = folder / "frames.npz"
    return ((folder / "model.safetensors").read_bytes(), (folder / "config.json").read_text(), timeless,
            frames.read_bytes() if frames.exists() else None)


def same(a, b):
    for name, one, other in zip(("model", "configuration", "figures", "frames"), results(a), results(b)):
        if one != other:
            fail(f"{a} and {b} have not the same {name}")


def one_line(lines, *parts):
    if len(lines) != 1 or not all(part in lines[0] for part in parts):
        fail(f"not one line with {parts}: {lines}")


def ranks(process):
    """The processes that mpirun started here."""
    try:
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return [int(pid) for pid in children if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "loci"]
    except (FileNotFoundError, ProcessLookupError):
        return []


def started_ranks(process, count):
    for _ in range(3000):
        found = ranks(process)
        if len(found) == count or process.poll() is not None:
            return found
        time.sleep(0.01)
    fail("mpirun starts nothing")


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kill(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def await_end(pids):
    for _ in range(1500):
        if not any(map(is_running, pids)):
            return
        time.sleep(0.01)
    fail("a process outlives one that was killed")


# ---- what is tested ----


def make_data():
    make = [sys.executable, str(HERE.parent / "cli" / "make.py")]
    subprocess.run([*make, "idx", "images"], check=True)
    subprocess.run([*make, "events", "events.npz"], check=True)
    draw = random.Random(7)
    with open("table.csv", "w", encoding="utf-8") as out:
        out.write("a,b,c,w,y,z\n")
        for _ in range(2500):  # the test part is more than one batch
            a, b, c = (draw.random() for _ in range(3))
            out.write(f"{a:.4f},{b:.4f},{c:.4f},{draw.randrange(3)},{a * b - c:.4f},{10 * c + a:.4f}\n")


def loads_no_mpi(loci):
    watched = dict(environment, LD_DEBUG="files")
    for words in [loci.path, "--version"], ["mpirun", "-n", "1", loci.path, "--version"]:
        done = subprocess.run(words, env=watched, capture_output=True, text=True, check=True)
        if "libloci" not in done.stderr or "libmpi" in done.stderr or "loci-mpi" in done.stderr:
            fail(f"{words}: loads MPI, or tells nothing")


def makes_same_bytes(loci):
    # tests/test_team.c has all of them in no time; here are a small and a large one, whose gradients go other ways
    for net in NETS if EVERY else ("pruned", "dense"):
        loci.train(0, net, f"{net}-alone")
        for count in (1, 2, 4) if EVERY else (2, 4) if net == "pruned" else (2,):
            for threads in (1, 2) if EVERY else (count // 2,):
                folder = f"{net}-{count}-{threads}"
                out, lines = loci.train(count, net, folder, threads=threads)
                if out.count("seed 1") != 1 or lines:
                    fail(f"{folder} is told otherwise than once: {out}{lines}")
                same(f"{net}-alone", folder)


def refuses(loci):
    one_line(loci.train(3, "dense", "never", status=2)[1], "--shards: 3 processes cannot share 4 shards")
    if not EVERY:  # mpirun takes a second for each
        return
    one_line(loci.run(2, "eval", "dense-alone", status=2)[1], "'loci eval' is for one process, and there are 2")
    one_line(loci.train(2, "dense", "dense-alone", status=1)[1], "dense-alone: a run is there already")
    one_line(loci.train(2, "dense", "table.csv/out", status=1)[1], "table.csv")
    words = ["train", *NETS["dense"], "--shards", "2", "--quiet", "--out", "never"]
    other = [word if word != "images" else "absent" for word in words]
    one_line(loci.run(1, *words, ":", "-n", "1", loci.path, *other, status=1)[1], "absent: no such data")
    shutil.copytree("images", "others")
    labels = pathlib.Path("others/train-labels-idx1-ubyte")
    labels.write_bytes(labels.read_bytes()[:-1] + b"\0")
    other = [word if word != "images" else "others" for word in words]
    one_line(loci.run(1, *words, ":", "-n", "1", loci.path, *other, status=1)[1], "process 1 holds other data")
    if pathlib.Path("never").exists():
        fail("what is refused leaves a folder")


def starts_from_one(loci):
    """The first process alone reads the model to start from."""
    if not EVERY:
        return
    words = ["train", "--data", "images", *PLAIN, "--shards", "2", "--quiet", "--init", "teacher"]
    loci.run(0, *words, "--out", "started")
    begins = loci.words(0, *words[:-1], "absent", "--out", "begun")
    loci.run(1, *words, "--out", "begun", ":", "-n", "1", *begins)
    a, b = pathlib.Path("started/model.safetensors"), pathlib.Path("begun/model.safetensors")
    if a.read_bytes() != b.read_bytes():
        fail("a run does not start from the first process's model")


LONG = ("train", "--data", "images", "--hidden", "16", *(("--batch", "16", "--epochs", "400") if EVERY else
        ("--batch", "48", "--epochs", "150")), "--shards", "4", "--quiet", "--threads", "1", "--resume", "--out")


def await_file(path, process):
    while not pathlib.Path(path).exists() and process.poll() is None:
        time.sleep(0.005)


def stops(loci):
    """One process is asked to; all save and leave; fewer go on."""
    if not EVERY:
        return
    process = loci.begin(4, *LONG, "stopped")
    await_file("stopped/checkpoint.safetensors", process)
    os.kill(ranks(process)[-1], signal.SIGTERM)
    out, lines = loci.end(process, 130)
    one_line(lines, "stopped: interrupted in epoch", "state saved")
    if out or pathlib.Path("stopped/summary.json").exists():
        fail(f"a stopped run has a result: {out}")
    loci.run(2, *LONG, "stopped")
    same("whole", "stopped")


def survives_kills(loci, all_of_them, kills, seconds):
    """Killed at any moment, gone on with by any number of processes, until it is done; as often as that in all.

    seconds: that the run takes one process.
    """
    draw, killed, rounds = random.Random(11 + all_of_them), 0, 0
    while killed < kills:
        folder = f"killed-{all_of_them:d}-{rounds}"
        rounds += 1
        while not pathlib.Path(folder, "summary.json").exists():
            count = draw.choice((2, 4))
            process = loci.begin(count if killed < kills else draw.choice((0, 1, 2)), *LONG, folder)
            if killed == kills:
                loci.end(process)
                break
            pids = started_ranks(process, count)
            if draw.random() < 0.8:  # else while it begins
                await_file(f"{folder}/checkpoint.safetensors", process)
            time.sleep(draw.random() * seconds / 2)
            if process.poll() is not None:
                process.communicate()
                continue
            kill([process.pid, *pids] if all_of_them else [draw.choice(pids)])
            await_end(pids)
            process.communicate(timeout=60)
            if process.returncode != 0:
                killed += 1
        same("whole", folder)


def main():
    loci = Program(sys.argv[1])
    if shutil.which("mpirun") is None or len(sys.argv) < 3:
        print("skipped: no mpirun, or a program without MPI")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="loci-mpi-") as folder:
        os.chdir(folder)
        make_data()
        loci.run(0, "train", "--data", "images", "--hidden", "20", "--epochs", "3", "--quiet", "--out", "teacher")
        began = time.monotonic()
        loci.run(0, *LONG, "whole")
        seconds = time.monotonic() - began
        for test in loads_no_mpi, makes_same_bytes, refuses, starts_from_one, stops:
            began = time.monotonic()
            test(loci)
            print(f"{test.__name__}: {time.monotonic() - began:.1f} s", flush=True)
        for all_of_them in False, True:
            began = time.monotonic()
            survives_kills(loci, all_of_them, 20 if EVERY else 1, seconds)
            print(f"killed, {'all' if all_of_them else 'one'}: {time.monotonic() - began:.1f} s", flush=True)
        os.chdir("/")


if __name__ == "__main__":
    main()
