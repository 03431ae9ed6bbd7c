#!/usr/bin/python3
"""Eight commands make what they made before the second edition was built, byte for byte:

    reference.py [--write] LOCI COMPILER

What they must make stands in reference/. It was put there before the first file moved, by --write, and is not written
anew. Bytes follow the order of sums and the functions of libraries, so the narrowest code path runs, whose arithmetic
every x86-64 can do. Where compiler or libraries are not those in reference/made_with, the last places may differ: models
are then compared within TOLERANCE, and exported sources by their names.
"""

import argparse
import ctypes
import json
import os
import pathlib
import platform
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REFERENCE = HERE / "reference"
TOLERANCE = 5e-3  # of a parameter, after some dozens of steps
SKIPPED = 77

TRAIN = "train --data images --epochs 12 --warmup 10 --batch 32 --seed 7 --threads 2 --quiet"
# The command that makes each; of a run its model counts, of an export all files.
COMMANDS = {
    "mlp": f"{TRAIN} arbor-mlp-10k --hidden 20,10 --dendrite-sites 5,3,2 --shift 1 --out mlp",
    "snn": f"{TRAIN} arbor-snn-10k --hidden 16 --dendrite-sites 4 --time-steps 9 --train-beta neuron "
           "--train-threshold layer --out snn",
    "pruned": f"{TRAIN} arbor-mlp-10k --hidden 24,12 --dendrite-sites 3 --prune gradual:0.8 --prune-scope net "
              "--out pruned",
    "tied": f"{TRAIN} paper-mlp --hidden 40 --out tied",
    "sheet": f"{TRAIN} arbor-mlp-2k --hidden 12 --dendrite-sites 6 --range 1.5 --train-range layer --out sheet",
    "taught": f"{TRAIN} arbor-mlp-10k --hidden 8 --teacher mlp --distillation 0.5 --rotate 10 --elastic 1 --out taught",
    "resumed": "train --resume --out resumed --quiet",
    "exported": "export snn --to c --mode positions --bits 8 --output exported",
}
# The run that "resumed" goes on with, and how far it had come.
STOPPED = f"{TRAIN.replace('--epochs 12', '--epochs 40')} arbor-mlp-10k --hidden 14 --dendrite-sites 3 --out resumed"
STOPPED_AFTER = 11


def libraries():
    """What the numbers follow from beside the code: the C library, and oneDNN where it is there."""
    try:
        number = ctypes.CDLL("libdnnl.so.2").dnnl_version
        number.restype = ctypes.POINTER(ctypes.c_int)
        dnnl = f"oneDNN {number()[0]}.{number()[1]}"
    except OSError:
        dnnl = "no oneDNN"
    return f"{' '.join(platform.libc_ver())}, {dnnl}"


def environment(folder):
    kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    return kept | {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", "LOCI_ISA": "x86-64",
                   "ONEDNN_MAX_CPU_ISA": "SSE41", "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX512F,-FMA,-FMA4"}


def prepare(folder):
    subprocess.run(["/usr/bin/python3", HERE.parent / "cli" / "make.py", "idx", folder / "images"], check=True)


def stop_a_run(loci, folder):
    """Starts STOPPED and interrupts it once STOPPED_AFTER epochs are done."""
    run = subprocess.Popen([loci, *STOPPED.split()], cwd=folder, env=environment(folder))
    metrics = folder / "resumed" / "metrics.jsonl"
    while not metrics.exists() or metrics.read_bytes().count(b"\n") < STOPPED_AFTER:
        pass
    run.terminate()
    run.wait()


def make(loci, folder):
    """Runs the commands in an empty folder, "resumed" from the run that was stopped."""
    prepare(folder)
    shutil.copytree(REFERENCE / "stopped", folder / "resumed", copy_function=shutil.copyfile)
    for name, command in COMMANDS.items():
        done = subprocess.run([loci, *command.split()], cwd=folder, env=environment(folder), capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{name}: {done.stderr}")


def made(folder):
    """{name: file} of what the commands made."""
    files = {f"{name}.safetensors": folder / name / "model.safetensors" for name in COMMANDS if name != "exported"}
    return files | {f"exported/{path.name}": path for path in sorted((folder / "exported").iterdir())}


def write(loci, folder):
    """Puts into reference/ what the commands make now."""
    prepare(folder)
    stop_a_run(loci, folder)
    shutil.copytree(folder / "resumed", REFERENCE / "stopped", copy_function=shutil.copyfile)
    make(loci, folder / "made")
    for name, path in made(folder / "made").items():
        (REFERENCE / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(path, REFERENCE / name)


def content(path):
    """A file's bytes, the number of the version that made it left out."""
    return re.sub(rb"(made by [Ll]oci) [0-9.]+[0-9]", rb"\1", path.read_bytes())


def parts(path):
    """A model's header and its numbers; where a cut lies follows from the numbers, so it is not looked at."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header["__metadata__"].pop("pruning", None)
    return header, struct.unpack(f"<{(len(data) - 8 - size) // 4}f", data[8 + size:])


def differences(found, exact):
    """One line for each file that is not as it must be."""
    wanted = {str(path.relative_to(REFERENCE)) for path in REFERENCE.glob("*.safetensors")}
    wanted |= {str(path.relative_to(REFERENCE)) for path in REFERENCE.glob("exported/*")}
    for name in sorted(wanted ^ set(found)):
        yield f"{name}: {'is missing' if name in wanted else 'was not made before'}"
    for name in sorted(wanted & set(found)):
        if exact and content(REFERENCE / name) != content(found[name]):
            yield f"{name}: other bytes"
        if exact or not name.endswith(".safetensors"):
            continue
        (header, numbers), (header_now, numbers_now) = parts(REFERENCE / name), parts(found[name])
        if header != header_now:
            yield f"{name}: another header"
        elif max(abs(a - b) for a, b in zip(numbers, numbers_now)) > TOLERANCE:
            yield f"{name}: other numbers"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true", help="write down what is made now")
    parser.add_argument("loci", type=pathlib.Path)
    parser.add_argument("compiler", help="what the program was built with, e.g. 'gcc 12.2'")
    options = parser.parse_args()
    if platform.machine() != "x86_64":
        print("the references were made on x86-64")
        sys.exit(SKIPPED)
    conditions = f"{options.compiler}, {libraries()}\n"
    with tempfile.TemporaryDirectory(prefix="loci-reference-") as name:
        folder = pathlib.Path(name)
        if options.write:
            write(options.loci.resolve(), folder)
            (REFERENCE / "made_with").write_text(conditions)
            return
        make(options.loci.resolve(), folder)
        exact = conditions == (REFERENCE / "made_with").read_text()
        print("compared byte for byte" if exact else f"compared within {TOLERANCE}: {conditions}".rstrip())
        wrong = list(differences(made(folder), exact))
        sys.exit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
