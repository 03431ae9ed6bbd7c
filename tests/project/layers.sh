#!/bin/sh
# Dependencies between folders go one way, and programs use the public API only:  layers.sh SOURCE-FOLDER
set -u
cd "$1" || exit 1
above=
status=0
for folder in base option linear wiring synapse neuron network loss data infer train codegen exchange view reference; do
    above="$above $folder"
    allowed=$(echo "$above" | sed 's/^ //; s/ /|/g')
    wrong=$(grep -rnE '^#include "' "src/$folder" | grep -vE "#include \"(($allowed)/)?[a-z0-9_.]+\"")
    [ -z "$wrong" ] || { echo "src/$folder may include from: $allowed, itself, and the public headers" &&
        echo "$wrong" && status=1; }
done
# Programs.
wrong=$(grep -rnE '^#include "[^"]*/' examples bench --include='*.[ch]')
[ -z "$wrong" ] || { echo "programs use the public headers only" && echo "$wrong" && status=1; }
# A command's folder sees what several commands share, and itself. The exception: `loci reproduce` draws the figures of
# `loci figure`, as its page is nothing without them; and what serves pages of trainings is what two commands are about.
for folder in cli/*/; do
    folder=$(basename "$folder")
    case $folder in
    common) allowed=common ;;
    reproduce) allowed='common|reproduce|figure' ;;
    train | watch) allowed="common|$folder|live" ;;
    *) allowed="common|$folder" ;;
    esac
    wrong=$(grep -rnE '^#include "' "cli/$folder" | grep -vE "#include \"(commands|($allowed)/[a-z0-9_]+)\.h\"")
    [ -z "$wrong" ] || { echo "cli/$folder may include from: $allowed, and the public headers" && echo "$wrong" &&
        status=1; }
done
exit $status
