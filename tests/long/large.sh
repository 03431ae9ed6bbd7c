#!/bin/sh
# Data of more than 2^32 bytes: the last sample is what the file has at its end.  large.sh BUILD-FOLDER WORK-FOLDER
# The files are holes but for that; reading one takes 5 GB of memory.
set -eu
if [ "$(awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)" -lt 11 ]; then
    echo "less than 11 GB of memory are free"
    exit 77
fi
build=$(realpath "$1")
root=$(realpath .)
cd "$2"
/usr/bin/python3 -B "$root/tests/long/large.py" . || exit
cc -std=c17 -I"$root/include" "$root/tests/long/large.c" -L"$build/src" -lloci -Wl,-rpath,"$build/src" -o large
for data in idx arrays.npz; do
    ./large $data
    "$build/cli/loci" data info $data | grep -q "5,500,000"
    rm -r $data
done
