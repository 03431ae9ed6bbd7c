#!/bin/sh
# With little address space there is an answer, a result or one line, and soon:  address_space.sh LOCI-PROGRAM
# What the loader itself says where not even the libraries fit (127), is not ours.
set -u
loci=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk 'BEGIN { print "a,b,y"; for (i = 1; i <= 6; i++) printf "0.%d,0.%d,%d\n", i, i * i % 7, i % 2 }' >"$work/d.csv"
status=0
# Runs a command with $1 kB of address space.
limited() {
    kilobytes=$1
    shift
    # shellcheck disable=SC3045 # POSIX has no -v, but dash and bash do
    (ulimit -v "$kilobytes" && exec timeout -k 1 20 "$loci" "$@") >"$work/out" 2>"$work/err"
    result=$?
    case $result in
    0) [ ! -s "$work/err" ] && return ;;
    1) [ "$(wc -l <"$work/err")" = 1 ] && return ;;
    127) return ;;
    esac
    echo "$* with $kilobytes kB: exit status $result" && head -3 "$work/err"
    status=1
}
done=0
for kilobytes in 90000 100000 110000 120000 140000 170000 200000 300000 600000; do
    limited "$kilobytes" --version
    for threads in 1 2; do
        limited "$kilobytes" train --hidden 64,64 --wiring dense --epochs 2 --threads $threads --quiet --data "$work/d.csv" \
            --out "$work/run" --force
        [ "$result" != 0 ] || done=$((done + 1))
    done
done
[ $done -gt 0 ] || { echo "never enough" && status=1; }
exit $status
