"""The fuzz targets of tests/fuzz: how they are built, and where their inputs are. For test.py and campaign.py."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MORE_CORPORA = {"csv": ["tables"], "rows": ["tables", "fuzz/csv"]}  # as tests/fuzz/meson.build has them
# Less optimised, it compiles in half of the time. The Python package and its tests take the ordinary build.
SANITIZE = ["-Db_lundef=false", "-Dman=disabled", "-Dpython=disabled", "-Dbuildtype=debugoptimized", "-Doptimization=1"]
OPTIONS = ["-Dfuzz=true", "-Db_sanitize=address,undefined", *SANITIZE]
LIMITS = ["-timeout=10", "-rss_limit_mb=2048"]
ENVIRONMENT = {"UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}


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


def corpora(name):
    return [ROOT / "tests/fuzz" / name] + [ROOT / "tests" / more for more in MORE_CORPORA.get(name, [])]
