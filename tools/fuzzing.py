"""The fuzz targets of tests/fuzz: how they are built, and where their inputs are. For test.py and campaign.py."""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MORE_CORPORA = {"csv": ["tables"], "rows": ["tables", "fuzz/csv"]}  # as tests/fuzz/meson.build has them
# Less optimised, it compiles in half of the time. The Python package and its tests take the ordinary build.
SANITIZE = ["-Db_lundef=false", "-Dman=disabled", "-Dpython=disabled", "-Dbuildtype=debugoptimized", "-Doptimization=1"]
# clang tells of loops that it does not make vectors of, which no sanitizer leaves as they were
CLANG = [*SANITIZE, "-Dc_args=-Wno-pass-failed"]
OPTIONS = ["-Dfuzz=true", "-Db_sanitize=address,undefined", *CLANG]
# The entropic schedule counts each feature of each run, which took up to three quarters of the time.
# No input is larger than 16 KB, or 16 MB unpacked: what asks for far more at once believed a number that lies.
LIMITS = ["-timeout=10", "-rss_limit_mb=2048", "-entropic=0"]
MOST_MEMORY = "-malloc_limit_mb=256"
# Bytes of an input at most: what a format needs to say all it can, as longer ones take longer. Others have 1024.
LENGTHS = {"checkpoint": 10000, "fetch": 2048, "frames": 4096, "idx": 5000, "import": 12000, "model": 4096, "npz": 4096,
           "options": 512, "request": 6000, "rows": 384, "run": 2048, "spikes": 16384}
OF_HDF5 = {"recordings", "spikes"}
OF_OPTIONS = {"checkpoint", "import", "model", "options", "run"}
# Memory that was given back is watched as long as it is at hand, not 256 MB of it, and stacks of allocations are short:
# both are faster. A finding is looked at by running its input alone.
ENVIRONMENT = {"UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
               "ASAN_OPTIONS": "quarantine_size_mb=8:malloc_context_size=4",
               "LSAN_OPTIONS": f"print_suppressions=0:suppressions={ROOT / 'tests/leaks.txt'}"}

# What reads the bytes of a target. The readers of a format that several targets share stand with the one that has it
# as its subject.
PARSERS = {
    "checkpoint": ["train/checkpoint.c", "train/trainer_file.c"],
    "csv": ["data/csv.c", "data/dialect.c", "data/header.c", "data/columns.c", "data/cell.c", "data/table.c",
            "data/table_fault.c", "data/table_inputs.c", "data/table_part.c", "data/table_row.c", "data/table_split.c",
            "data/decimal.c", "data/words.c", "data/disguise.c", "data/classes.c", "data/column_names.c"],
    "fetch": ["data/fetch.c", "data/fetch_zip.c"],
    "folder": ["data/folder.c", "data/folder_list.c", "data/image.c"],
    "frames": ["train/frames.c"],
    "idx": ["data/idx.c"],
    "import": ["exchange/import_npz.c", "exchange/import_npz_arrays.c", "exchange/import_npz_follow.c",
               "exchange/npz_checksum.c"],
    "inflate": ["data/inflate.c"],
    "jpeg": ["data/jpeg.c", "data/orientation.c", "data/picture.c"],
    "lock": ["train/owner.c"],
    "model": ["base/safetensors_read.c", "network/model_load.c", "network/spec_json.c", "network/pruning_note.c"],
    "npy": ["data/npy.c", "data/npy_data.c", "data/npy_labels.c", "data/npy_text.c"],
    "npz": ["data/npz.c", "data/arrays.c", "data/npy_events.c", "data/npy_large.c", "data/zip_place.c"],
    "options": ["option/fields.c", "train/config_data.c", "train/plan.c", "train/teacher_list.c"],
    "png": ["data/png.c"],
    "recordings": ["data/spikes.c", "data/spike_file.c", "data/spike_heap.c", "data/spike_items.c"],
    "request": ["../cli/live/request.c", "../cli/live/guard.c"],
    "rows": ["data/text_rows.c", "data/text_source.c"],
    "run": ["train/config.c", "train/metrics.c", "train/curve.c", "option/fields_json.c"],
    "schema": ["data/schema.c"],
    "spikes": ["data/spike_file.c", "data/spike_group.c", "data/spike_header.c", "data/spike_items.c",
               "data/spike_message.c"],
}
# The page's own readers, by node (tests/fuzz/fuzz_page.mjs): functions, or all of the file.
PAGE = "page"
PAGE_PARSERS = {"payload.js": [], "damaged.js": [], "live_wire.js": ["decodeFrame"],
                "maps.js": ["expandGrids", "checkGrid", "gridPlaces", "gridCharges", "isCount", "isNumbers"]}
# Functions of these files that read nothing from outside, and why: they are not counted.
NOT_READING = {
    "data/image.c": (["loci_image_read", "loci_picture_read"], "what the targets png and jpeg call"),
    "data/npy_text.c": (["loci_npy_from_text"], "writes"),
    "data/npz.c": (["loci_npz_read"], "opens, takes one array and closes; the target does so itself"),
    "data/picture.c": (["loci_picture_named"], "names of files"),
    "base/safetensors_read.c": (["loci_safetensors_count"], "for who lists arrays"),
    "data/fetch.c": (["loci_fetch"], "looks a name up; what it goes on with is what the target calls"),
    "network/spec_json.c": (["loci_spec_to_full_json"], "what programs are shown"),
    "train/checkpoint.c": (["pack", "loci_checkpoint_write"], "write"),
    "train/trainer_file.c": (["loci_trainer_save"], "writes"),
    "train/metrics.c": (["line_of", "loci_metrics_append", "loci_metrics_sync"], "write"),
    "network/pruning_note.c": (["loci_pruning_by_name", "loci_pruning_note_needed"], "for who writes"),
    "option/fields_json.c": (["loci_fields_to_full_json", "loci_fields_to_texts"], "what programs are shown"),
    "train/config.c": (["check_writable", "to_json", "put_table", "loci_config_save_with"], "write"),
    "train/owner.c": (["draw_token", "loci_owner_self", "read_small", "read_stat"], "the process itself"),
}


def names():
    return sorted(source.stem.removeprefix("fuzz_") for source in (ROOT / "tests/fuzz").glob("fuzz_*.c"))


def build(folder, name, *options):
    """Builds one target by clang; what the build prints is shown when it fails."""
    steps = [["ninja", "-C", folder, f"tests/fuzz/fuzz_{name}"]]
    if not (folder / "build.ninja").exists():
        steps.insert(0, ["meson", "setup", folder, "-Dpage=disabled", *options])
    for step in steps:
        done = subprocess.run(step, cwd=ROOT, env={**os.environ, "CC": "clang"}, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode:
            sys.exit(done.stdout.decode(errors="replace"))
    return folder / f"tests/fuzz/fuzz_{name}"


def words_of(name):
    """A dictionary: the texts that stand in quotes in the parser's own source, and what options are called."""
    tables = ["network/spec_fields.c", "train/options.c", "train/data_fields.c"] if name in OF_OPTIONS else []
    found = set()
    for source in PARSERS[name] + tables:
        text = (ROOT / "src" / source).read_text(encoding="utf-8")
        found |= set(re.findall(r'"([A-Za-z0-9_. -]{2,24})"', text))
    return "".join(f'"{word}"\n' for word in sorted(found))


def engine_options(name, words):
    """What the engine is told besides where inputs are. words: a file to write the dictionary to."""
    words.write_text(words_of(name), encoding="utf-8")
    options = [*LIMITS, f"-max_len={LENGTHS.get(name, 1024)}"]
    if name not in OF_HDF5:
        options.append(MOST_MEMORY)
    return [*options, *([f"-dict={words}"] if words.stat().st_size > 0 else [])]


@contextlib.contextmanager
def memory_folder(name):
    """A folder for files of a target, in memory where the system has such a place: all of its environment."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="loci-fuzz-", dir=place) as folder:
        found = {**ENVIRONMENT, "TMPDIR": folder}
        if name in OF_HDF5:  # which believes sizes of damaged files, and stands that there is no such memory
            found["ASAN_OPTIONS"] += ":allocator_may_return_null=1:max_allocation_size_mb=1024"
        yield found


def corpora(name):
    return [ROOT / "tests/fuzz" / name] + [ROOT / "tests" / more for more in MORE_CORPORA.get(name, [])]
