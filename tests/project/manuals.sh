#!/bin/sh
# Every subcommand has a man page and its help is tested:  manuals.sh LOCI SOURCE-FOLDER
set -eu
commands=$("$1" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ -n "$commands" ] || { echo "no commands in the help" && exit 1; }
status=0
for command in $commands; do
    grep -q "^    'loci-$command': " "$2/docs/meson.build" || { echo "loci-$command: no man page" && status=1; }
    grep -q "^. loci $command --help$" "$2/tests/cli/help/cmd.sh.stdout.exact" || { echo "$command: help not tested" && status=1; }
done
exit $status
