#!/usr/bin/python3
"""The power is cut at random instants:  power_cuts.py BUILD [--count N] [--only KIND] [--seed S]

Trainings and commands that write run on a "disk" that forgets what was not synced (power_cut.c), are killed at a random
instant, and are taken up on what the disk would hold then. How much of what was not synced is there nonetheless, is
drawn: nothing; all names, but nothing in the files; each name and each file or not. A training must go on from there, and end
with the bytes of one that was never disturbed; of a command that replaces what is there, the old or the new must
be there, whole. --count: so many cuts in all (default 42).
"""

import os
import pathlib
import random
import shutil

from ground import NETS, Ground, complaint, compile_preload, contents, differing, options, run, words_of
from kills import ONCE, Campaign

FORGETS = "all", "content", "some"


class Disk:
    """What is synced of the folder `root`, in the folder `kept` beside it."""

    def __init__(self, root, kept, draw):
        self.root, self.kept, self.draw = root, kept, draw

    def reset(self):
        """Takes all that is there as synced."""
        shutil.rmtree(self.kept, ignore_errors=True)
        self.kept.mkdir()
        for place, folders, files in os.walk(self.root):
            place = pathlib.Path(place)
            lines = [f"{(place / one).lstat().st_ino} {'d' if one in folders else 'f'} {one}\n" for one in folders + files]
            (self.kept / f"{place.stat().st_ino}.names").write_text("".join(lines))
            for one in files:
                number = (place / one).stat().st_ino
                shutil.copyfile(place / one, self.kept / f"{number}.content")
                os.link(place / one, self.kept / f"{number}.kept")

    def synced_names(self, number):
        path = self.kept / f"{number}.names"
        lines = path.read_text().splitlines() if path.exists() else []
        return {line.split(" ", 2)[2]: (line.split(" ", 2)[0], line.split(" ", 2)[1]) for line in lines}

    def names(self, number, place, forgets):
        """The names of a folder after the cut. place: the folder as it was, or None where it has no name any more."""
        synced = self.synced_names(number)
        now = {}
        if place is not None:
            now = {one.name: (str(one.lstat().st_ino), "d" if one.is_dir() else "f") for one in place.iterdir()}
        if forgets == "all":
            return synced
        if forgets == "content":
            return now
        # a journal keeps the order of what happened in a folder; here each name is drawn, which is worse
        drawn = {name: self.draw.choice((synced, now)).get(name) for name in {*synced, *now}}
        return {name: what for name, what in drawn.items() if what}

    def content(self, number, forgets, current):
        """The bytes of a file after the cut; b"": nothing of it was ever synced."""
        path = self.kept / f"{number}.content"
        synced = path.read_bytes() if path.exists() else b""
        if forgets == "some" and current is not None:
            new = current.read_bytes()
            if new.startswith(synced):  # written on since: so much of that came to be there
                return new[:self.draw.randrange(len(synced), len(new) + 1)]
            return self.draw.choice((synced, new))
        return synced

    def cut(self, forgets):
        """Puts in place of the folder what is found after the cut."""
        after = self.root.with_name(self.root.name + ".after")
        shutil.rmtree(after, ignore_errors=True)
        self.restore(str(self.root.stat().st_ino), self.root, after, forgets)
        shutil.rmtree(self.root)
        after.rename(self.root)

    def restore(self, number, place, to, forgets):
        to.mkdir()
        for name, (inner, kind) in self.names(number, place, forgets).items():
            current = place / name if place is not None else None
            if current is not None and not (current.exists() and str(current.lstat().st_ino) == inner):
                current = None
            if kind == "d":
                self.restore(inner, current, to / name, forgets)
                continue
            other = self.kept / f"{inner}.kept"  # the file, whatever its name is now
            (to / name).write_bytes(self.content(inner, forgets, other if other.exists() else current))


class Cuts(Campaign):
    """Campaign of kills, on the disk that forgets: ground.folder / "disk" is all that is written to."""

    def __init__(self, ground, draw, library):
        super().__init__(ground, draw)
        self.more = {"LD_PRELOAD": library, "CUT_DISK": str(ground.path("kept"))}
        self.disk = Disk(ground.path("disk"), ground.path("kept"), draw)

    def begin(self, words, count=0):
        return super().begin(words, count, **self.more)

    def training(self, name, cuts, _several=False):
        epochs, place = self.length(name, []), "disk/runs/it"
        words = words_of(name, place, epochs, "--resume")
        calm, seconds = self.undisturbed(words, place)
        done, runs = 0, 0
        while done < cuts:
            self.ground.remove("disk")
            self.ground.path("disk").mkdir()
            here, fault, told = 0, None, []
            while done < cuts and not fault:
                self.disk.reset()
                process = self.begin(words)
                if not self.kill_within(process, seconds * 1.1):
                    fault = self.ended(process)
                    if fault or self.draw.random() < 0.5:
                        break  # else the power goes just when all is done
                had = self.ground.path(place).exists() and "checkpoint.safetensors" in os.listdir(self.ground.path(place))
                told.append(self.draw.choice(FORGETS))
                self.disk.cut(told[-1])
                here, done = here + 1, done + 1
                fault = self.lost(had, place)
            status, _, err = run([self.ground.loci, *words], self.ground.folder)
            fault = fault or complaint(status, err) or (err.strip() if status else None)
            if not fault:
                changed = [one for one in differing(calm, contents(self.ground.path(place))) if one != "run.lock"]
                fault = f"not the same: {changed}" if changed else None
            runs += 1
            for cut in range(here):
                self.tally.note(fault if cut == here - 1 else None, name, f"after {told}")
        print(f"{name}: {done} cuts, {runs} runs of {epochs} epochs", flush=True)

    def lost(self, had, place):
        """A checkpoint that stood under its name is there after the cut, or the one before it."""
        folder = self.ground.path(place)
        if had and not any((folder / one).exists() for one in
                           ("checkpoint.safetensors", "checkpoint.previous.safetensors")):
            return "all checkpoints are gone"
        return None

    def once(self, name, cuts):
        """The old or the new; of a folder each file."""
        old_words, new_words, place = ONCE[name]
        old_words, new_words = (words.replace(" out", " disk/out").split() for words in (old_words, new_words))
        place = f"disk/{place}"
        self.ground.path("disk").mkdir(exist_ok=True)
        old, _ = self.undisturbed(old_words, place)
        new, seconds = self.undisturbed(new_words, place)
        counted = {"old": 0, "new": 0, "mixed": 0}
        for _ in range(cuts):
            self.ground.remove("disk")
            self.ground.path("disk").mkdir()
            self.ground.must(*old_words)
            self.disk.reset()
            self.kill_within(self.begin(new_words), seconds * 1.2)
            forgets = self.draw.choice(FORGETS)
            self.disk.cut(forgets)
            fault, found = self.standing(place, old, new)
            counted[found] += 1
            status, _, err = run([self.ground.loci, *new_words], self.ground.folder)
            fault = fault or complaint(status, err) or (err.strip() if status else None)
            changed = differing(new, self.alone(place))
            self.tally.note(fault or (f"repeated it makes something else: {changed}" if changed else None), name, forgets)
        print(f"{name}: {cuts} cuts, then {counted}", flush=True)


def main():
    chosen = options(__doc__, 42)
    names = [name for name in [*NETS, *ONCE] if not chosen.only or name in chosen.only]
    with Ground(chosen.build.resolve() / "cli/loci") as ground:
        campaign = Cuts(ground, random.Random(chosen.seed), compile_preload("power_cut", ground.folder))
        campaign.make_models()
        for i, name in enumerate(names):
            cuts = (i + 1) * chosen.count // len(names) - i * chosen.count // len(names)
            campaign.once(name, cuts) if name in ONCE else campaign.training(name, cuts)
    campaign.tally.end()


if __name__ == "__main__":
    main()
