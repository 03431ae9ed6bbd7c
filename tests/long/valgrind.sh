#!/bin/sh
# A small training, an evaluation and a resumed run under valgrind:  valgrind.sh BUILD-FOLDER WORK-FOLDER
set -eu
command -v valgrind >/dev/null || exit 77
loci="$1/cli/loci"
work=$2
awk 'BEGIN { OFS = ","; srand(1); print "x,y,z,label"; for (i = 0; i < 300; i++) { c = i % 3;
    print c + rand(), 2 * c + rand(), rand(), c } }' >"$work/small.csv"
check() {
    valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite "$@" >/dev/null
}
check "$loci" train --hidden 6 --dendrite-sites 3,2 --data "$work/small.csv" --epochs 2 --threads 2 --out "$work/run"
check "$loci" train --data "$work/small.csv" --out "$work/run" --resume
check "$loci" eval "$work/run" --data "$work/small.csv"
