#!/bin/sh
# What `make install` leaves behind is enough to build and run the example programs.
#   install.sh BUILD-FOLDER EXAMPLES-FOLDER MODEL-OF-TWO-NUMBERS
set -eu
build=$1
examples=$2
model=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

DESTDIR=$work/root meson install -C "$build" --no-rebuild --quiet
config=$(find "$work/root" -name loci.pc)
library=$(find "$work/root" -name libloci.so)
core=$(find "$work/root" -name libloci-core.so)
program=$(find "$work/root" -path '*/bin/loci')
for found in "$config" "$library" "$core" "$program"; do
    [ -n "$found" ] || { echo "not installed: one of loci.pc, libloci.so, libloci-core.so, bin/loci" && exit 1; }
done
LD_LIBRARY_PATH=$(dirname "$library")
export LD_LIBRARY_PATH

# The name the linker writes into programs has the version of the binary interface, not the release.
objdump -p "$library" | grep -q 'SONAME *libloci\.so\.[0-9]*$' || { echo "no versioned SONAME" && exit 1; }

PKG_CONFIG_PATH=$(dirname "$config")
PKG_CONFIG_SYSROOT_DIR=$work/root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
compile() {
    # shellcheck disable=SC2046 # flags are words
    ${CC:-cc} -std=c99 -Wall -Wextra -pedantic -Werror -D_POSIX_C_SOURCE=200809L "$examples/$1.c" -o "$work/$1" \
        $(pkg-config --cflags --libs "$2") -lm
}
compile digits loci
compile infer loci-core
compile stepping loci
cd "$work"
./digits
./stepping
# Two inputs are two lines; half an input is refused.
[ "$(echo '0.5 1  2.5 21' | ./infer "$model" | wc -l)" = 2 ] || { echo "infer does not answer" && exit 1; }
echo '0.5' | ./infer "$model" 2>error && exit 1
grep -q '^infer: an input is not 2 numbers' error || { cat error && exit 1; }
version=$("$program" --version)
echo "$version" | grep -qF "$(pkg-config --modversion loci)" || { echo "version: $version" && exit 1; }

# The page's template, where it was built, is found from where it was installed.
if [ -f "$build/viewer/loci-view.html" ]; then
    "$program" view absent -o page.html 2>error && exit 1
    grep -q '^loci: absent: ' error || { cat error && exit 1; }
fi
