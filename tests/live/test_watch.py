#!/usr/bin/python3
"""`loci watch` follows a run's files as they grow, are cut short and are replaced:  test_watch.py LOCI"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from serving import Events, Server, table

LOCI = str(pathlib.Path(sys.argv[1]).resolve())
NAME = "<img src=x onerror=alert(1)>"


def check(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(word) for word in what))


def line(epoch, loss):
    return json.dumps({"epoch": epoch, "learning_rate": 0.01, "train_loss": loss, "train_accuracy": 0.5,
                       "validation_accuracy": None, "test_accuracy": 0.25, "seconds": 1.0}) + "\n"


def epochs_are(wanted, anew):
    def found(name, data):
        return name == "metrics" and [one["epoch"] for one in data["epochs"]] == wanted and data["anew"] == anew

    return found


def grows(folder, run):
    """A run whose metrics somebody else writes."""
    metrics = run / "metrics.jsonl"
    whole = metrics.read_text().splitlines(True)
    (run / "summary.json").rename(folder / "summary.json")
    metrics.write_text(whole[0])
    server = Server(LOCI, folder, "watch", NAME, "--port", "0")
    events = Events(server)
    events.until(epochs_are([1], True))
    with metrics.open("a") as file:
        file.write(whole[1][:20])
        file.flush()
        # half a line is none yet; the rest of it makes one
        file.write(whole[1][20:] + whole[2])
        file.flush()
    events.until(epochs_are([2, 3], False))
    fresh = run / "new"
    fresh.write_text(whole[1])
    fresh.replace(metrics)
    events.until(epochs_are([2], True))
    metrics.write_text("nonsense\n")
    events.until(lambda name, data: name == "state" and data["trouble"])
    metrics.write_text("".join(whole))
    events.until(lambda name, data: name == "metrics" and data["epochs"][-1]["epoch"] == len(whole))
    events.until(lambda name, data: name == "state" and not data["trouble"])
    _, page = server.page()
    check("<img" not in page.split("loci-live", 1)[1].split("<script>", 1)[0], "a name is no element")
    check("\\u003cimg" in page, "the name is there")
    (folder / "summary.json").rename(run / "summary.json")
    events.until(lambda name, data: name == "state" and data["status"] == "finished")
    events.close()
    check(server.stop() == 0, "exit status")


def text(folder):
    done = subprocess.run([LOCI, "watch", "--text", "."], cwd=folder, capture_output=True, text=True, check=True)
    check(done.stdout.count("finished") == 1 and "epoch 4/4: loss" in done.stdout, done.stdout)


def mistakes(folder):
    """Each a line, before anything is served."""
    taken = Server(LOCI, folder, "watch", NAME, "--port", "0")
    for status, words, said in ((2, ["--port", "70000"], "not a whole number from 0 to 65535"),
                                (2, ["--port", "0", "--bind", "nowhere"], "'nowhere' is no address"),
                                (1, ["--port", "0", "--bind", "192.0.2.7"], "cannot serve on 192.0.2.7"),
                                (1, ["--port", str(taken.port)], "Address already in use")):
        done = subprocess.run([LOCI, "watch", NAME, *words], cwd=folder, capture_output=True, text=True, check=False)
        check(done.returncode == status and said in done.stderr and done.stderr.count("\n") == 1, words, done.stderr)
    taken.stop()


def follows(folder):
    """A figure that follows a run that is over is the figure."""
    for words, name in (([], "once.svg"), (["--follow"], "followed.svg")):
        subprocess.run([LOCI, "figure", "training", NAME, *words, "-o", name], cwd=folder, check=True)
    check((folder / "once.svg").read_bytes() == (folder / "followed.svg").read_bytes(), "another figure")


def main():
    with tempfile.TemporaryDirectory(prefix="loci-watch-") as name:
        folder = pathlib.Path(name)
        table(folder / "table.csv", 60)
        subprocess.run([LOCI, "train", "--data", "table.csv", "--pixels", "--hidden", "6", "--epochs", "4", "--threads", "1",
                        "--quiet", "--out", NAME], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        grows(folder, folder / NAME)
        text(folder)
        mistakes(folder)
        follows(folder)


os.environ.pop("TERM", None)
main()
