#!/bin/sh
# Dependencies between folders go one way, and programs use the public API only:  layers.sh SOURCE-FOLDER
set -u
cd "$1" || exit 1
above=
status=0
for folder in base option linear wiring synapse neuron network loss data infer train exchange codegen view reference; do
    above="$above $folder"
    allowed=$(echo "$above" | sed 's/^ //; s/ /|/g')
    wrong=$(grep -rnE '^#include "' "src/$folder" | grep -vE "#include \"(($allowed)/)?[a-z0-9_.]+\"")
    [ -z "$wrong" ] || { echo "src/$folder may include from: $allowed, itself, and the public headers" &&
        echo "$wrong" && status=1; }
done
# Programs.
wrong=$(grep -rnE '^#include "[^"]*/' examples bench --include='*.[ch]')
[ -z "$wrong" ] || { echo "programs use the public headers only" && echo "$wrong" && status=1; }
for folder in cli/*/; do
    folder=$(basename "$folder")
    wrong=$(grep -rnE '^#include "' "cli/$folder" |
        grep -vE '#include "(commands.h|(common|train|eval|prune|info|export|figure|reproduce|data|view|predict)/[a-z_]*.h)"')
    [ -z "$wrong" ] || { echo "cli/$folder may include its own files and the public headers" && echo "$wrong" && status=1; }
done
exit $status
