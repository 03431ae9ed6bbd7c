#!/bin/sh
# Configures a build folder where that is to do, then builds:
#
#     tools/build.sh [--products | --suites NAME,NAME] FOLDER [MESON-OPTION...]
#
# Everything, the tests too; or only what is there to be used: library, program, page, man pages; or only what suites of
# tests need. On a terminal it shows how far it is; otherwise it prints what goes wrong and no more.
set -eu
targets=all
suites=''
case $1 in
--products)
    targets=products
    shift
    ;;
--suites)
    suites=$2
    shift 2
    ;;
esac
folder=$1
shift
progress=--quiet
[ ! -t 1 ] || progress=''

# meson tells a hundred lines that matter when it fails.
quietly() {
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm "$log"
        exit 1
    fi
    rm "$log"
}

if [ ! -f "$folder/build.ninja" ]; then
    echo "Configuring $folder"
    quietly meson setup "$folder" "$@"
else
    [ $# = 0 ] || quietly meson configure "$folder" "$@"
    # Packages came or went since: what was missing then may be there now.
    if [ -n "$(find /var/lib/dpkg/status viewer/node_modules/.package-lock.json -newer "$folder/build.ninja" 2>/dev/null)" ]; then
        echo "Configuring $folder again"
        quietly meson setup --reconfigure "$folder"
    else
        quietly ninja -C "$folder" build.ninja
    fi
fi
[ -z "$suites" ] || targets=$(tools/targets_of.py "$folder" "$suites")
echo "Building $folder"
# shellcheck disable=SC2086 # lists of words
exec ninja $progress -C "$folder" $targets
