#!/usr/bin/python3
"""Prints the files of a configured build folder that suites of tests need:  tools/targets_of.py FOLDER NAME,NAME"""

import json
import os
import subprocess
import sys


def told(folder, what):
    done = subprocess.run(["meson", "introspect", folder, f"--{what}"], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def main():
    folder, suites = sys.argv[1], sys.argv[2].split(",")
    needed = {target for test in told(folder, "tests") for target in test["depends"]
              if any(suite.split(":")[-1] in suites for suite in test["suite"])}
    if not needed:
        sys.exit(f"{folder}: no test is in {' or '.join(suites)}")
    print(*sorted(os.path.relpath(file, folder) for target in told(folder, "targets") if target["id"] in needed
                  for file in target["filename"]))


if __name__ == "__main__":
    main()
