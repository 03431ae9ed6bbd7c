"""What the campaigns share: small data, small networks of every kind, what a run has left, and the last line."""

import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 120  # seconds for one command: the machine may be busy

# A small training of each kind; {E} is how many epochs it takes.
NETS = {
    "mlp": "--data images --hidden 12,8 --dendrite-sites 3 --shift 1 --batch 20 --epochs {E}",
    "pruned": "--data images --hidden 12,8 --range 6 --prune gradual:0.7 --freeze-mask --batch 20 --epochs {E}",
    "taught": "--data images --hidden 8 --teacher teacher --distillation 0.5 --batch 20 --epochs {E}",
    "table": "--data table.csv --target y,z --weight w --hidden 8 --batch 20 --epochs {E}",
    "dense": "--data images --hidden 20 --wiring dense --prune during:0.5 --average 2 --batch 20 --epochs {E}",
    "maps": "--data images --maps 3 --window 3 --pool 2 --dim 4 --dendrite-sites 4,2 --hidden 8 --batch 20 --epochs {E}",
    "spiking": "--data images --hidden 10 --neuron lif --time-steps 5 --threshold 0.2 --coding poisson --batch 20 "
               "--epochs {E}",
    "delays": "--data events.npz --hidden 8 --neuron adlif --delay distance --recurrent --longest-delay 4 "
              "--batch 20 --epochs {E}",
}


def options(doc, count, parts=None):
    """What a campaign was asked for: its build folder, how many of each, which parts alone, what draws begin with."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--only", action="append", choices=parts)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def make_data(folder):
    """In an empty folder: images, events.npz, table.csv."""
    make = [sys.executable, str(HERE.parent / "cli" / "make.py")]
    subprocess.run([*make, "idx", folder / "images"], check=True)
    subprocess.run([*make, "events", folder / "events.npz"], check=True)
    draw = random.Random(7)
    with open(folder / "table.csv", "w", encoding="utf-8") as out:
        out.write("a,b,c,w,y,z\n")
        for _ in range(150):
            a, b, c = (draw.random() for _ in range(3))
            out.write(f"{a:.4f},{b:.4f},{c:.4f},{draw.randrange(3)},{a * b - c:.4f},{10 * c + a:.4f}\n")


def words_of(net, out, epochs, *more):
    return ["train", *NETS[net].format(E=epochs).split(), "--threads", "1", "--quiet", "--out", str(out), *more]


def environment(**more):
    """Only what is needed: no locale, no terminal, no folder of the user's."""
    kept = {name: value for name, value in os.environ.items()
            if name.endswith("SAN_OPTIONS") or name in ("PATH", "LOCI_DATA", "PYTHONPATH", "LOCI_ISA")}
    return {**kept, "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **more}


def run(words, folder, **more):
    """Returns (exit status, stdout, stderr); a status of None: it had to be ended."""
    process = subprocess.Popen([str(word) for word in words], cwd=folder, env=environment(**more),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        return None, out.decode(errors="replace"), err.decode(errors="replace")
    return process.returncode, out.decode(errors="replace"), err.decode(errors="replace")


def timeless(value):
    """JSON without what tells the time or the number of threads."""
    if isinstance(value, dict):
        return {key: timeless(one) for key, one in value.items() if not key.startswith(("seconds", "threads"))}
    return [timeless(one) for one in value] if isinstance(value, list) else value


def content(path):
    """A file's bytes; of JSON what does not tell the time."""
    data = path.read_bytes()
    if path.suffix == ".json":
        return json.dumps(timeless(json.loads(data)))
    if path.suffix == ".jsonl":
        return json.dumps([timeless(json.loads(line)) for line in data.splitlines()])
    if path.suffix == ".npz":  # the archive's own times count as little
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    return data


UNSTABLE = "checkpoint.safetensors", "checkpoint.previous.safetensors"  # when they were written follows from the clock


def contents(place):
    """{name: content} of a file, or of the files in a folder, below it, too; nothing where there is none."""
    place = pathlib.Path(place)
    if not place.exists():
        return {}
    if place.is_file():
        return {place.name: content(place)}
    return {str(path.relative_to(place)): content(path) for path in sorted(place.rglob("*"))
            if path.is_file() and path.name not in UNSTABLE}


def differing(one, other):
    """Names of what two contents() differ in."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def leftovers(folder):
    """Files under way, and locks, that nobody holds any more."""
    return sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*")
                  if path.name.endswith(".tmp") or path.name == "run.lock" or ".??????" in path.name)


def complaint(status, err):
    """What is wrong with an answer, or None: 0, or 1 and one line that says why."""
    if status is None:
        return "it hangs"
    if status not in (0, 1):
        return f"exit status {status}: {err.strip()[-300:]}"
    said = [line for line in err.splitlines() if line.startswith("loci: ")]
    if status == 1 and len(said) != 1:
        return f"{len(said)} lines say why: {err.strip()[-300:]}"
    if "Sanitizer" in err or "runtime error" in err:
        return err.strip()[-600:]
    return None


class Tally:
    """What was tried and what failed; the last line of a campaign."""

    def __init__(self):
        self.tried, self.failed = 0, 0

    def note(self, fault, *where):
        """One trial; fault: what is wrong with it, or None."""
        self.tried += 1
        if fault:
            self.failed += 1
            print(f"FAILED: {' '.join(map(str, where))}: {fault}", flush=True)

    def end(self):
        print(f"{self.tried} tried, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed or not self.tried else 0)


class Ground:
    """A folder to work in, with data and what the trainings start from; `with Ground(loci) as ground`."""

    def __init__(self, loci):
        self.loci = str(pathlib.Path(loci).resolve())

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="loci-campaign-"))
        make_data(self.folder)
        self.must("train", "--data", "images", "--hidden", "16", "--epochs", "2", "--quiet", "--out", "teacher")
        return self

    def __exit__(self, *unused):
        shutil.rmtree(self.folder)

    def path(self, name):
        return self.folder / name

    def must(self, *words, **more):
        """A command that has to work; returns its output."""
        status, out, err = run([self.loci, *words], self.folder, **more)
        if status != 0:
            sys.exit(f"{' '.join(map(str, words))}: exit status {status}\n{err}")
        return out

    def remove(self, *names):
        for name in names:
            path = self.path(name)
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()


def compile_preload(source, folder):
    """A library to preload, from a file in this folder; skipped (77) where it cannot be made."""
    made = pathlib.Path(folder) / f"{source}.so"
    done = subprocess.run(["cc", "-std=gnu17", "-O1", "-shared", "-fPIC", "-o", made, HERE / f"{source}.c", "-ldl"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"skipped: {source}.c cannot be compiled\n{done.stderr}")
        sys.exit(77)
    return str(made)
