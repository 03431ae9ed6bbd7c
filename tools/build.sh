#!/bin/sh
# Configures a build folder where that is still to do, then builds:  tools/build.sh FOLDER [MESON-OPTION...]
set -eu
folder=$1
shift
if [ ! -f "$folder/build.ninja" ]; then
    meson setup "$folder" "$@"
elif [ $# -gt 0 ]; then
    meson configure "$folder" "$@"
fi
exec ninja -C "$folder"
