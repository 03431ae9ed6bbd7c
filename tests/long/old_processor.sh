#!/bin/sh
# What computes, as an x86-64 without SSE4.1 runs it, emulated: oneDNN has no code for that one.
#   old_processor.sh BUILD-FOLDER WORK-FOLDER
set -eu
command -v qemu-x86_64 >/dev/null && [ "$(uname -m)" = x86_64 ] || exit 77
for test in linear conv network delayed batch_bits; do
    qemu-x86_64 -cpu Conroe "$1/tests/test_$test" >"$2/log" 2>&1 || { echo "$test" && cat "$2/log" && exit 1; }
done
