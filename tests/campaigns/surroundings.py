#!/usr/bin/python3
"""What the same training meets from outside:  surroundings.py BUILD [--count N] [--only PART] [--seed S]

Clocks that jump by hours and years (clock.c); every LC_ALL there is, and such that are none; signals at any time, those
that mean to stop and those that do not; 1 to 64 threads; several processes at once on one run folder; control groups of
half a processor and 64 MB, where the system lets make some. Whatever it is, the model, the figures and the frames are the
same bytes, or one process says in one line why it does not take part.
--count: so many trials of each part (default 8).
"""

import contextlib
import os
import pathlib
import random
import signal
import subprocess

from ground import (NETS, Ground, Tally, complaint, compile_preload, contents, differing, environment, options, run,
                    words_of)

LOCALES = ("C", "POSIX", "C.UTF-8", "de_DE.UTF-8", "de_DE", "tr_TR.UTF-8", "ar_EG.UTF-8", "ja_JP.eucJP", "xx_XX", "",
           "a" * 300, "../../etc", "de_DE.UTF-8@\xff", ";LC_NUMERIC=x", "C.UTF-8\n")
HARMLESS = signal.SIGCONT, signal.SIGWINCH, signal.SIGCHLD, signal.SIGURG, signal.SIGSTOP
STOPPING = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
LONG = 150  # epochs of one that is disturbed while it runs
GROUPS = pathlib.Path("/sys/fs/cgroup")
LIMITS = {"cpu": {"cpu.cfs_quota_us": "50000", "cpu.cfs_period_us": "100000"},
          "memory": {"memory.limit_in_bytes": "64000000"}}  # version 1 has a tree for each
LIMITS_2 = {"": {"cpu.max": "50000 100000", "memory.max": "64000000"}}


@contextlib.contextmanager
def control_groups():
    """The files that take a process into groups of their own, which are gone afterwards; none where none can be made."""
    made, limits = [], LIMITS_2 if (GROUPS / "cgroup.controllers").exists() else LIMITS
    try:
        for tree, files in limits.items():
            folder = GROUPS / tree / f"loci-{os.getpid()}"
            folder.mkdir()
            made.append(folder)
            for name, text in files.items():
                (folder / name).write_text(text)
    except OSError as error:
        print(f"groups: none can be made, {error}")
    try:
        yield [str(folder / "cgroup.procs") for folder in made] if len(made) == len(limits) else []
    finally:
        for folder in made:
            folder.rmdir()


class Campaign:
    def __init__(self, ground, draw, count):
        self.ground, self.draw, self.count, self.tally = ground, draw, count, Tally()
        self.calm = {}

    def like_calm(self, net, place, epochs):
        """What differs from an undisturbed one, or None."""
        if (net, epochs) not in self.calm:
            self.ground.must(*words_of(net, f"calm-{net}-{epochs}", epochs))
            self.calm[net, epochs] = contents(self.ground.path(f"calm-{net}-{epochs}"))
        changed = differing(self.calm[net, epochs], contents(self.ground.path(place)))
        return f"not the same: {changed}" if changed else None

    def trial(self, part, net, epochs, *more, what="", within=(), **surroundings):
        words = [*within, self.ground.loci, *words_of(net, "out", epochs, *more)]
        status, _, err = run(words, self.ground.folder, **surroundings)
        fault = complaint(status, err) or (err.strip() if status else None) or self.like_calm(net, "out", epochs)
        self.tally.note(fault, part, net, what)
        self.ground.remove("out")

    def nets(self):
        return [list(NETS)[i % len(NETS)] for i in range(self.count)]

    def clocks(self):
        library = compile_preload("clock", self.ground.folder)
        for i, net in enumerate(self.nets()):
            self.trial("clocks", net, 8, what=i, LD_PRELOAD=library, CLOCK_JUMPS=str(self.draw.randrange(1 << 30)))

    def locales(self):
        known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
        for i, name in enumerate([*LOCALES, *known]):
            net = list(NETS)[i % len(NETS)]
            self.trial("locales", net, 2, what=repr(name[:40]), LC_ALL=name)

    def threads(self):
        for i, net in enumerate(self.nets()):
            number = (1, 2, 3, 7, 16, 64)[i % 6]
            self.trial("threads", net, 2, "--threads", str(number), what=number)

    def groups(self):
        with control_groups() as entries:
            within = ["sh", "-c", "".join(f"echo $$ >{entry} && " for entry in entries) + 'exec "$@"', "sh"]
            for net in self.nets() if entries else []:
                self.trial("groups", net, 2, within=within)

    def begin(self, net):
        return subprocess.Popen([self.ground.loci, *words_of(net, "out", LONG, "--resume")], cwd=self.ground.folder,
                                env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def signals(self):
        """Those that do not mean to stop pass it by; those that do leave a run that goes on."""
        for net in self.nets():
            told, fault = [], None
            for _ in range(4):
                process = self.begin(net)
                for _ in range(6):
                    try:
                        process.wait(self.draw.random() / 20)
                        break
                    except subprocess.TimeoutExpired:
                        told.append(self.draw.choice(HARMLESS))
                        process.send_signal(told[-1])
                        process.send_signal(signal.SIGCONT)
                told.append(self.draw.choice(STOPPING))
                process.send_signal(told[-1])
                err = process.communicate(timeout=60)[1]
                # before it listens, a signal is what it is for every program
                if process.returncode not in (0, 130, -told[-1]):
                    fault = f"exit status {process.returncode}: {err.strip()}"
            status, _, err = run([self.ground.loci, *words_of(net, "out", LONG, "--resume")], self.ground.folder)
            fault = fault or complaint(status, err) or (err.strip() if status else None) or self.like_calm(net, "out", LONG)
            self.tally.note(fault, "signals", net, [one.name for one in told])
            self.ground.remove("out")

    def crowds(self):
        """Several at once on one folder: one trains, or finds it done; the others say that it is taken."""
        for net in self.nets():
            crowd = [self.begin(net) for _ in range(self.draw.choice((2, 3, 5)))]
            said = [(one.communicate(timeout=120)[1].strip(), one.returncode) for one in crowd]
            good = sum(status == 0 for _, status in said)
            strange = [line for line, status in said
                       if status != 0 and (status != 1 or "another process" not in line or "\n" in line)]
            fault = f"{good} of {len(said)} train: {strange}" if strange or not good else self.like_calm(net, "out", LONG)
            self.tally.note(fault, "crowds", net, len(crowd))
            self.ground.remove("out")


def main():
    parts = "clocks", "locales", "threads", "groups", "signals", "crowds"
    chosen = options(__doc__, 8, parts)
    with Ground(chosen.build.resolve() / "cli/loci") as ground:
        campaign = Campaign(ground, random.Random(chosen.seed), chosen.count)
        for part in parts:
            if not chosen.only or part in chosen.only:
                before = campaign.tally.tried, campaign.tally.failed
                getattr(campaign, part)()
                print(f"{part}: {campaign.tally.tried - before[0]} tried, {campaign.tally.failed - before[1]} failed",
                      flush=True)
    campaign.tally.end()


if __name__ == "__main__":
    main()
