#!/usr/bin/python3
"""SIGKILL at random instants:  kills.py BUILD [--count N] [--only KIND] [--seed S]

Trainings of every kind, one on several processes too where MPI is there, are killed at any moment of their life, gone
on with by the same command and --resume, killed again, until one is done: its model, figures and frames must be those
of a run that was never disturbed. Commands that write once (export, prune, import, view) are killed while they replace
what they made before: that must be the old or the new one, and the command must work when it is repeated. --count:
so many kills in all (default 45).
"""

import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

from ground import (NETS, Ground, Tally, complaint, contents, differing, environment, leftovers, options, run,
                    words_of)

SECONDS = 2.5  # that a training takes undisturbed, about: checkpoints are a second apart
ONCE = {
    "export": ("export A --to c -o out --force --threads 1", "export B --to c -o out --force --threads 1", "out"),
    "onnx": ("export A --to onnx -o out.onnx", "export B --to onnx -o out.onnx", "out.onnx"),
    "npz": ("export A --to npz -o out.npz", "export B --to npz -o out.npz", "out.npz"),
    "prune": ("prune A --data images --sparsity 0.6 --out out --quiet --threads 1 --force",
              "prune B --data images --sparsity 0.6 --out out --quiet --threads 1 --force", "out"),
    "shrink": ("prune cut-A --shrink --out out --force", "prune cut-B --shrink --out out --force", "out"),
    "eval": ("eval A --data images --predictions out.csv", "eval B --data images --predictions out.csv", "out.csv"),
}


def processes(count):
    """What comes before the program, and how it is to be started, for so many processes; 0: by itself."""
    if not count:
        return [], {}
    return (["mpirun", "-q", "--oversubscribe", "--bind-to", "none", "-n", str(count)],
            {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "HOME": os.environ.get("HOME", "/")})


def children(pid):
    """A process and all that it started, and these; mpirun gives its own other groups and sessions."""
    try:
        direct = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        direct = []
    return [pid, *(one for child in direct for one in children(int(child)))]


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def end_all(process):
    """Kills a process and all it started, and waits until they are gone."""
    pids = children(process.pid)
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()
    for _ in range(1000):
        if not any(map(is_running, pids)):
            return
        time.sleep(0.01)


class Campaign:
    def __init__(self, ground, draw):
        self.ground, self.draw, self.tally = ground, draw, Tally()

    def make_models(self):
        """What is exported, pruned and so on."""
        for seed, name in ("1", "A"), ("2", "B"):
            self.ground.must(*words_of("pruned", f"cut-{name}", 2, "--seed", seed))
            self.ground.must(*words_of("mlp", name, 2, "--seed", seed))

    def begin(self, words, count=0, **more):
        before, of_many = processes(count)
        with open(self.ground.path("said"), "wb") as said:
            return subprocess.Popen([*before, self.ground.loci, *words], cwd=self.ground.folder,
                                    env=environment(**of_many, **more), stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, stderr=said)

    def ended(self, process):
        """What is wrong with one that was not killed in time."""
        said = self.ground.path("said").read_text(errors="replace").strip()
        return None if process.returncode == 0 else f"exit status {process.returncode}: {said[-300:]}"

    def kill_within(self, process, seconds):
        """At a moment of the next so many seconds; returns whether it still ran."""
        try:
            process.wait(self.draw.random() * seconds)
        except subprocess.TimeoutExpired:
            end_all(process)
            return True
        return False

    def undisturbed(self, words, place):
        """Runs it in peace; returns what it leaves and the seconds it took."""
        self.ground.remove(place)
        began = time.monotonic()
        self.ground.must(*words)
        return contents(self.ground.path(place)), time.monotonic() - began

    def length(self, net, more):
        """Epochs that take about SECONDS, and that of one."""
        _, short = self.undisturbed(words_of(net, "probe", 2, *more), "probe")
        _, longer = self.undisturbed(words_of(net, "probe", 42, *more), "probe")
        self.ground.remove("probe")
        return min(400, max(6, int(SECONDS / max((longer - short) / 40, 1e-4))))  # a busy machine measures badly

    def training(self, name, net, kills, several=False):
        """Kills one training so often; a new one is begun whenever one came to its end."""
        more = ["--shards", "4"] if several else []
        epochs, place, done = self.length(net, more), f"killed-{name}", 0
        calm, seconds = self.undisturbed(words_of(net, place, epochs, *more), place)
        finished = 0
        while done < kills or not finished:
            self.ground.remove(place)
            here, fault = 0, None
            while done < kills and fault is None:
                process = self.begin(words_of(net, place, epochs, "--resume", *more), self.draw.choice((2, 4)) * several)
                if not self.kill_within(process, seconds * 1.1 + several):
                    fault = self.ended(process)
                    break
                here, done = here + 1, done + 1
            # the last one runs to its end, and whatever is left of the others goes
            status, _, err = run([self.ground.loci, *words_of(net, place, epochs, "--resume", *more)],
                                 self.ground.folder)
            fault = fault or complaint(status, err) or (err.strip() if status else None)
            if fault is None:
                changed = [one for one in differing(calm, contents(self.ground.path(place))) if one != "run.lock"]
                fault = f"not the same: {changed}" if changed else None
            left = [one for one in leftovers(self.ground.folder) if not one.endswith("run.lock")]  # of one that is done
            fault = fault or (f"left over: {left}" if left else None)
            finished += 1
            for kill in range(here):  # what came of all kills of this run
                self.tally.note(fault if kill == 0 else None, name, f"after {here} kills")
            if fault and not here:
                self.tally.note(fault, name, "without a kill")
        self.ground.remove(place)
        print(f"{name}: {done} kills, {finished} runs of {epochs} epochs", flush=True)

    def once(self, name, kills):
        """A command that replaces what another has made."""
        old_words, new_words, place = ONCE[name]
        old_words, new_words = old_words.split(), new_words.split()
        old, _ = self.undisturbed(old_words, place)
        new, seconds = self.undisturbed(new_words, place)
        counted = {"old": 0, "new": 0, "mixed": 0}
        for _ in range(kills):
            self.undisturbed(old_words, place)
            process = self.begin(new_words)
            killed = self.kill_within(process, seconds * 1.1)
            fault, found = self.standing(place, old, new)
            counted[found] += 1
            if killed or fault:
                status, _, err = run([self.ground.loci, *new_words], self.ground.folder)
                fault = fault or complaint(status, err) or (err.strip() if status else None)
                changed = differing(new, self.alone(place))
                fault = fault or (f"repeated it makes something else: {changed}" if changed else None)
            self.tally.note(fault, name)
            for left in leftovers(self.ground.folder):
                self.ground.remove(left)
        print(f"{name}: {kills} kills, then {counted}", flush=True)

    def alone(self, place):
        return {name: what for name, what in contents(self.ground.path(place)).items() if not name.endswith(".tmp")}

    def standing(self, place, old, new):
        """(fault or None, what is there). Of a run that is replaced the model is there all the time; files of a folder
        are replaced one by one, each whole."""
        found = self.alone(place)
        if found == old or found == new:
            return None, "old" if found == old else "new"
        strange = [name for name, what in found.items()
                   if name in old and what not in (old[name], new.get(name)) and name != "model.replaced.safetensors"]
        whole = [name for name in strange if not self.is_run_file(name)]
        return (f"half written: {whole}" if whole else None), "mixed"

    @staticmethod
    def is_run_file(name):
        """Of a run under way there is less than of one that is done, and its model is that of the moment."""
        return name in ("metrics.jsonl", "frames.npz", "model.safetensors", "config.json")


def main():
    chosen = options(__doc__, 45)
    build = chosen.build.resolve()
    names = [*NETS, *ONCE]
    if shutil.which("mpirun") and (build / "cli/mpi").exists():
        names.append("several processes")
    names = [name for name in names if not chosen.only or name in chosen.only]
    with Ground(build / "cli/loci") as ground:
        campaign = Campaign(ground, random.Random(chosen.seed))
        campaign.make_models()
        for i, name in enumerate(names):
            kills = (i + 1) * chosen.count // len(names) - i * chosen.count // len(names)
            if name in ONCE:
                campaign.once(name, kills)
            else:
                campaign.training(name, "pruned" if name not in NETS else name, kills, name not in NETS)
    campaign.tally.end()


if __name__ == "__main__":
    main()
