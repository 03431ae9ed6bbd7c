#!/bin/sh
# Configures a build folder where that is to do, then builds:  tools/build.sh FOLDER [MESON-OPTION...]
set -eu
folder=$1
shift
if [ ! -f "$folder/build.ninja" ]; then
    meson setup "$folder" "$@"
else
    [ $# = 0 ] || meson configure "$folder" "$@"
    # Packages came or went since: what was missing then may be there now.
    if [ -n "$(find /var/lib/dpkg/status viewer/node_modules/.package-lock.json -newer "$folder/build.ninja" 2>/dev/null)" ]; then
        meson setup --reconfigure "$folder"
    fi
fi
exec ninja -C "$folder"
