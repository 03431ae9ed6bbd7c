"""Which lines of a parser the inputs of its fuzz target reach: by clang's counts, of a build without an engine."""

import os
import pathlib
import subprocess
import tempfile

import fuzzing

ROOT, BUILD = fuzzing.ROOT, fuzzing.ROOT / "build-coverage"
FLAGS = "-fprofile-instr-generate -fcoverage-mapping"
OPTIONS = [f"-Dc_args={FLAGS}", f"-Dc_link_args={FLAGS}", *fuzzing.SANITIZE]
# What reads the bytes of a target. The readers of a format that several targets share stand with the one that has it
# as its subject.
PARSERS = {
    "checkpoint": ["train/checkpoint.c"],
    "csv": ["data/csv.c", "data/dialect.c", "data/header.c", "data/columns.c", "data/cell.c", "data/table.c",
            "data/table_fault.c", "data/table_inputs.c", "data/table_part.c", "data/table_row.c", "data/table_split.c",
            "data/decimal.c", "data/words.c", "data/disguise.c", "data/classes.c"],
    "fetch": ["data/fetch.c", "data/fetch_zip.c"],
    "folder": ["data/folder.c", "data/folder_list.c", "data/image.c"],
    "frames": ["train/frames.c"],
    "idx": ["data/idx.c"],
    "import": ["exchange/import_npz.c", "exchange/import_npz_arrays.c", "exchange/import_npz_follow.c",
               "exchange/npz_checksum.c"],
    "inflate": ["data/inflate.c"],
    "jpeg": ["data/jpeg.c", "data/picture.c"],
    "lock": ["train/owner.c"],
    "model": ["base/safetensors_read.c", "network/model_load.c", "network/spec_json.c", "network/pruning_note.c"],
    "npy": ["data/npy.c", "data/npy_data.c", "data/npy_labels.c", "data/npy_text.c"],
    "npz": ["data/npz.c", "data/arrays.c", "data/npy_events.c", "data/zip_place.c"],
    "options": ["option/fields.c", "option/fields_check.c", "train/config_data.c", "train/plan.c",
                "train/teacher_list.c"],
    "png": ["data/png.c"],
    "recordings": ["data/spikes.c", "data/spike_file.c", "data/spike_heap.c"],
    "request": ["../cli/live/request.c", "../cli/live/guard.c"],
    "rows": ["data/text_rows.c", "data/text_source.c"],
    "run": ["train/config.c", "train/metrics.c", "train/curve.c", "option/fields_json.c"],
    "schema": ["data/schema.c"],
    "spikes": ["data/spike_file.c"],
}


def counts_of(program, inputs, steps):
    """{file: {line: how often}} of all inputs; steps: what replay.c does to each beside."""
    with tempfile.TemporaryDirectory() as folder:
        raw, merged = pathlib.Path(folder) / "raw", pathlib.Path(folder) / "merged"
        subprocess.run([program, *inputs], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env={**os.environ, "LLVM_PROFILE_FILE": str(raw), "REPLAY_STEP": str(steps)})
        subprocess.run(["llvm-profdata", "merge", "-sparse", raw, "-o", merged], check=True)
        text = subprocess.run(["llvm-cov", "export", "-format=lcov", f"-instr-profile={merged}", program], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    counts, lines = {}, {}
    for record in text.splitlines():
        key, _, value = record.partition(":")
        if key == "SF":
            lines = counts.setdefault(pathlib.Path(value).resolve(), {})
        elif key == "DA":
            line, count = value.split(",")[:2]
            lines[int(line)] = lines.get(int(line), 0) + int(count)
    return counts


def ranges(numbers):
    """1, 2, 3, 7 -> "1-3, 7"."""
    out = []
    for number in sorted(numbers):
        if out and number == out[-1][1] + 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return ", ".join(f"{a}-{b}" if b > a else str(a) for a, b in out)


def show(names, campaigns, steps):
    """Prints a line for each parser file, and the lines that nothing reached."""
    for name in names:
        inputs = fuzzing.corpora(name)
        if (campaigns / name / "corpus").exists():
            inputs.append(campaigns / name / "corpus")
        counts = counts_of(fuzzing.build(BUILD, name, *OPTIONS), inputs, steps)
        reached = total = 0
        for source in PARSERS[name]:
            lines = counts.get((ROOT / "src" / source).resolve(), {})
            missing = [line for line, count in lines.items() if count == 0]
            reached, total = reached + len(lines) - len(missing), total + len(lines)
            share = 100 * (1 - len(missing) / len(lines)) if lines else 0
            print(f"    {source.removeprefix('../'):<34} {share:5.1f} %  not reached: {ranges(missing) or 'nothing'}")
        print(f"{name}: {100 * reached / total if total else 0:.1f} % of {total} lines", flush=True)
    return 0
