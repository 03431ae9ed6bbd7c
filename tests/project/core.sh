#!/bin/sh
# The core library is small: what it needs, and what it lets out:  core.sh INCLUDE-FOLDER CORE-LIBRARY WHOLE-LIBRARY
# - It draws in the libraries listed here and no others: none that reads images or archives, none for downloads or
#   cryptography.
# - What it exports the whole exports, too.
set -u
include=$1
core=$2
whole=$3
. "$(dirname "$0")/complain.sh"

needed() {
    objdump -p "$1" | awk '$1 == "NEEDED" { sub(/\.so.*/, "", $2); print $2 }' | sort
}
# Sanitizers come with libraries of their own.
needed "$core" | grep -vE '^lib(jansson|dnnl|gomp|m|c|pthread|asan|ubsan|tsan)$' | grep -v '^ld-linux' >"$work/drawn"
none "$work/drawn" "libraries the core should do without"
exports() {
    nm -D --defined-only "$1" | awk '$2 == "T" { print $3 }' | sort
}
exports "$core" >"$work/core"
exports "$whole" >"$work/whole"
comm -23 "$work/core" "$work/whole" >"$work/more"
none "$work/more" "in the core, but not in the whole"
# What its headers declare it has, and more of the others that belongs to it.
for header in network pool prepared projection prune spec status support trainer; do
    grep -v '^#' "$include/loci/$header.h" | tr '\n' ' ' | grep -o 'LOCI_API [^;(]*(' | sed 's/($//; s/.*[ *]//'
done | grep -vxE "loci_would_replace|loci_trainer_(save|load)" | sort >"$work/promised" # which are about files of runs
[ -s "$work/promised" ] || { echo "no declarations found" && exit 1; }
comm -23 "$work/promised" "$work/core" >"$work/absent"
none "$work/absent" "promised by the core's headers, but not in it"
exit "$status"
