#!/bin/sh
# The exercise: cauchy.patch adds a law of distance to a copy of the sources, in fewer than 40 lines:
#   law.sh SOURCE-FOLDER [--build]
# With --build it is compiled in, and does what the others do by tests that know nothing of it.
set -eu
source=$1
build=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
patch=$source/tests/project/cauchy.patch
lines=$(grep -c '^+[^+]' "$patch")
[ "$lines" -lt 40 ] || { echo "a law takes $lines lines" && exit 1; }
(cd "$source" && tar -c --exclude=node_modules --exclude='./build*' --exclude=./campaigns --exclude=./.git .) | tar -x -C "$work"
cd "$work"
patch --quiet --strip=1 <"$patch"
[ -n "$build" ] || exit 0
compile() {
    meson setup build -Doptimization=0 -Dpage=disabled -Dman=disabled &&
        ninja -C build tests/test_kernels tests/test_gradients tests/test_network tests/test_strength cli/loci
}
compile >build.log 2>&1 || { cat build.log && exit 1; }
export LD_LIBRARY_PATH="$work/build/src"
for test in kernels gradients network strength; do
    "build/tests/test_$test" >test.log 2>&1 || { cat test.log && exit 1; }
done
build/cli/loci train --hidden 8 --law cauchy --train-length layer --data glyphs --epochs 1 --no-test --quiet --out run
build/cli/loci info run | grep -q "cauchy" || { echo "'loci info' does not name the law" && exit 1; }
