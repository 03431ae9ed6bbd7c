#!/bin/sh
# What guards against mistakes that are left, in what is installed:  hardened.sh PROGRAM SHARED-LIBRARY...
# Random addresses, read-only relocations, no code on the stack, guarded frames, checked calls of the C library.
set -u
. "$(dirname "$0")/complain.sh"

for file; do
    readelf -hldW "$file" >"$work/headers"
    readelf --dyn-syms -W "$file" >"$work/names"
    grep -q 'Type: *DYN' "$work/headers" || echo "$file: stands at a fixed address"
    grep -q 'GNU_RELRO' "$work/headers" || echo "$file: relocations stay writable"
    grep -qE 'BIND_NOW|FLAGS_1.*NOW' "$work/headers" || echo "$file: functions are bound late"
    grep 'GNU_STACK' "$work/headers" | grep -q 'RW ' || echo "$file: the stack may be run"
    grep -q '__stack_chk_fail' "$work/names" || echo "$file: frames are not guarded"
    grep -qE '__(mem|str|sn?printf|vsn?printf|fprintf|printf|read)[a-z]*_chk' "$work/names" ||
        echo "$file: calls of the C library are not checked"
done >"$work/open"
none "$work/open" "not hardened"
exit "$status"
