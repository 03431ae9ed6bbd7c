#!/bin/sh
# What the library lets out and what it draws in:  symbols.sh INCLUDE-FOLDER SHARED-LIBRARY STATIC-LIBRARY...
# - The shared library exports what the public headers declare, and nothing else.
# - Inside, every global name begins with loci_, so that the static library cannot collide with anything.
# - The library keeps no writable globals, does not print and does not exit.
set -u
include=$1
shared=$2
shift 2
. "$(dirname "$0")/complain.sh"

nm -D --defined-only "$shared" | awk '$2 != "A" { print $3 }' | sort >"$work/exported"
grep -hv '^#' "$include"/loci/*.h | tr '\n' ' ' | grep -o 'LOCI_API [^;(]*(' |
    sed 's/($//; s/.*[ *]//' | sort >"$work/declared"
[ -s "$work/declared" ] || { echo "no declarations found" && exit 1; }
comm -23 "$work/exported" "$work/declared" >"$work/extra"
none "$work/extra" "exported, but in no public header"
comm -13 "$work/exported" "$work/declared" >"$work/absent"
none "$work/absent" "in a public header, but not exported"

for library; do
    nm -g --defined-only "$library" | awk 'NF == 3 && $3 !~ /^loci_/ { print $3 }'
done >"$work/unprefixed"
none "$work/unprefixed" "global names without loci_"

for library; do
    objdump -t "$library" | awk '/ O (\.(data|bss|tdata|tbss|data\.rel|data\.rel\.local)|\*COM\*)\t/ { print $NF }'
done >"$work/writable"
none "$work/writable" "writable globals"

for library; do
    nm -u "$library" | awk '$2 ~ /^(printf|puts|putchar|perror|stdout|stderr|exit|_exit|abort)$/ { print $2 }'
done | sort -u >"$work/rude"
none "$work/rude" "a library does not print or exit"
exit "$status"
