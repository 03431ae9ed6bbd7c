#!/bin/sh
# Every allocation of small trainings fails once, each in a run of its own (all of the first 1,000, then every
# 97th): the program must say so and exit with 1, or do without; never crash or hang.
#   failing_malloc.sh BUILD-FOLDER WORK-FOLDER
set -eu
loci="$1/cli/loci"
work=$2
cc -O1 -shared -fPIC tests/long/failing_malloc.c -o "$work/failing.so"
awk 'BEGIN { OFS = ","; srand(1); print "x,y,label"; for (i = 0; i < 60; i++) print i % 2 + rand(), rand(), i % 2 }' \
    >"$work/small.csv"
failed=0

# each_fails OPTION...: of a training with these options
each_fails() {
    at=1
    while [ $at -lt 200000 ]; do
        status=0
        timeout 20 env LD_PRELOAD="$work/failing.so" FAIL_AT=$at "$loci" train "$@" --data "$work/small.csv" \
            --epochs 1 --threads 1 --out "$work/run" --force >"$work/out" 2>&1 || status=$?
        case $status in
        0 | 1) ;;
        88) break ;;
        *) echo "allocation $at failed: exit status $status" && tail -1 "$work/out" && failed=1 ;;
        esac
        if [ $at -lt 1000 ]; then at=$((at + 1)); else at=$((at + 97)); fi
    done
    echo "failing malloc: 'train $*' makes about $at allocations"
}

each_fails --hidden 4
each_fails --hidden 40,30 --range 6 --prune gradual:0.3 --freeze-mask
exit $failed
