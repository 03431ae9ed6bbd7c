#!/bin/sh
# Looks at what the compiler does not: layout, length of files and of lines of prose, scripts, types of the Python package,
# words left behind.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0
# shellcheck disable=SC2046 # no file name has a blank
clang-format --dry-run -Werror $(git ls-files '*.c' '*.h') || status=1
for file in $(git ls-files '*.c' '*.h'); do
    lines=$(wc -l <"$file")
    [ "$lines" -le 450 ] || { echo "$file: $lines lines; more than one idea?" && status=1; }
done
# shellcheck disable=SC2046 # scripts that read others are looked through with these (-x)
shellcheck -x -P SCRIPTDIR -s sh .ci/run $(git ls-files '*.sh' ':!tests/cli') || status=1
# shellcheck disable=SC2046 # a case keeps a command's words in a variable
shellcheck -s bash -e SC2086 $(git ls-files 'tests/cli/*.sh') || status=1
# shellcheck disable=SC2046 # likewise
pyflakes3 $(git ls-files '*.py') || status=1
black --check -q python tests/python || { echo "Python: make format lays it out" && status=1; }
mypy --python-executable /usr/bin/python3 --cache-dir /dev/null || status=1
# Prose in lines of 120 columns; tables, code, and lines that are one link or image are as long as they are.
# shellcheck disable=SC2046
LC_ALL=C awk '
    FNR == 1 { code = 0 }
    /^```/ { code = !code }
    code || /^(\||    )/ || /^!?\[[^]]*\]\([^)]*\)$/ { next }
    { line = $0; gsub(/[\200-\277]/, "", line) } # a letter has one byte that does not go on from another
    length(line) > 120 { print FILENAME ":" FNR ": " length(line) " columns"; long = 1 }
    END { exit long }' README.md CONTRIBUTING.md CHANGELOG.md $(git ls-files 'docs/*.md') || status=1
if git grep -nE 'TODO|FIXME|XXX' -- src include cli; then
    status=1
fi
exit $status
