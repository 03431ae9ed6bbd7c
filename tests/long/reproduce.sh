#!/bin/sh
# Every table and figure of `loci reproduce`, shortened to an epoch, on a fifth of the built-in data: two minutes.
#   reproduce.sh BUILD-FOLDER WORK-FOLDER
set -eu
all() { "$build/cli/loci" reproduce all --data "$work/glyphs.npz" --epochs 1 --seeds 1 --out "$work/out" "$@"; }
fail() {
    echo "$1"
    exit 1
}
build=$1
work=$2

/usr/bin/python3 -c 'import numpy' || exit 77
PYTHONPATH=$build/python /usr/bin/python3 - "$work/glyphs.npz" <<'END'
import sys

import loci
import numpy

data, arrays = loci.Data("glyphs"), {}
for name, (x, y) in ("train", data.train), ("test", data.test):
    arrays[f"x_{name}"] = numpy.rint(255 * x[:12000]).astype(numpy.uint8).reshape(-1, 28, 28)
    arrays[f"y_{name}"] = y[:12000]
numpy.savez(sys.argv[1], **arrays)
END
all --quiet >"$work/first"
page=$work/out/results.md
head -n 1 "$page" | grep -q '^Shortened: 1 epoch' || fail "the first line does not say that it is shortened"
if grep -e 'Not complete' -e 'There is no figure' -e missing "$page"; then
    fail "something is missing"
fi
for figure in fig1 fig3 fig4 fig5 fig6-0 fig6-1 fig6-2 frontier; do
    for end in svg png; do
        [ -s "$work/out/$figure.$end" ] || fail "no $figure.$end"
    done
done

# what is done is not done again, and nothing changes
cp "$page" "$work/page"
all --json >"$work/json" 2>"$work/log"
[ ! -s "$work/log" ] || fail "something was trained again"
cmp "$page" "$work/page"
/usr/bin/python3 - "$work/json" table1 table2 table3 fig1 fig3 fig4 fig5 fig6 frontier ablations laws <<'END'
import json
import sys

targets = json.load(open(sys.argv[1], encoding="utf-8"))["targets"]
rows = [(target["name"], row) for target in targets for row in target["rows"]]
empty = [(name, row["network"]) for name, row in rows if row["mean"] is None]
large = {row["mean"] for _, row in rows
         if row["preset"] == "dense-mlp-2048" and not row["options"] and not row["pruned_after"]}
kept = [row for _, row in rows if row["pruned_after"] or "--prune" in row["options"]]
assert {target["name"] for target in targets} == set(sys.argv[2:]), targets
assert not empty, empty
assert len(large) == 1 and min(large) > 0.5, large  # one run serves all its tables
assert len(kept) == 36 and all(row["connections_kept"] < row["connections"] for row in kept)
END
