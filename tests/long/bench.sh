#!/bin/sh
# The benchmark runs, and its PyTorch peers compute what Loci computes; no time is judged:
#   bench.sh BUILD-FOLDER WORK-FOLDER
set -eu
/usr/bin/python3 -c 'import torch' 2>/dev/null || exit 77
build=$1
work=$2
bench() {
    /usr/bin/python3 -B bench/run.py --build "$build" --quick "$@"
}
bench --check
bench --json >"$work/results.json"
bench --from "$work/results.json" "$work/results.json" --markdown >"$work/tables.md"
status=0
for title in "Training, one thread" Inference "Inference of pruned networks, one thread" Memory \
    "Lists of connections, or zeros" Limits; do
    grep -qx "### $title" "$work/tables.md" || { echo "no table '$title'" && status=1; }
done
# What does not depend on the clock has to be held; two of these lines need two cores.
for limit in "peak memory in MB" "the same bytes" "more threads than cores" "the same logits"; do
    if grep "$limit" "$work/tables.md" | grep -v "| held"; then
        status=1
    fi
done
grep -q "peak memory in MB.*held" "$work/tables.md" || { echo "peak memory is not held against its limit" && status=1; }

# Of a shrunk network the expanded matrices are not those it was pruned from.
loci=$build/cli/loci
"$loci" train --hidden 32 --data glyphs --epochs 1 --prune after:0.98 --out "$work/pruned" --no-test --quiet
"$loci" prune "$work/pruned" --shrink --out "$work/shrunk" --quiet
if "$build/bench/inference" "$work/shrunk" glyphs 0.01 2>"$work/refused"; then
    echo "inference raced a shrunk network" && status=1
fi
grep -q "is shrunk" "$work/refused" || { cat "$work/refused" && status=1; }
exit $status
