#!/bin/sh
# The suites unit, gradient and exchange as a 64-bit Arm runs them:  aarch64.sh BUILD-FOLDER WORK-FOLDER
#
# Tests that take more than a minute so are left out, unless LOCI_EVERYTHING is in the environment: half an hour more.
# Compiled as for release, and emulated. The libraries beneath are Debian's for that machine, unpacked in
# build-aarch64/root: nothing is installed, and apt-get keeps its books in the work folder. Without the emulator, or a
# mirror that has these packages, the sources are compiled alone; without the cross compiler it is skipped.
set -eu
build=$1
work=$2
folder=$PWD/build-aarch64
root=$folder/root
compiler=aarch64-linux-gnu-gcc
command -v $compiler >/dev/null || exit 77

mpi=''
of_mpi=''
if pkg-config --exists ompi-c; then
    mpi=ompi-c
    of_mpi=$(echo cli/mpi/*.c)
fi
# Sources alone; nothing is linked or run. The headers of the C library are the other architecture's; those of the
# libraries beneath do not differ.
compile() {
    # shellcheck disable=SC2086 # nothing or a word
    flags=$(pkg-config --cflags jansson zlib libzip libpng libcurl libcrypto cairo hdf5 $mpi |
        sed 's/-I/-idirafter /g')
    status=0
    for source; do
        # shellcheck disable=SC2086 # flags are words
        $compiler -std=gnu17 -O3 -ffp-contract=off -fopenmp-simd -Wall -Wextra -Wconversion -Wshadow -Werror -DLOCI_ISA=generic \
            -DNDEBUG -Iinclude -Isrc -Icli -I"$build" $flags -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu \
            -c "$source" -o "$work/object.o" || { echo "$source does not compile" && status=1; }
    done
    return $status
}
only_compile() {
    # shellcheck disable=SC2046,SC2086 # lists of words
    compile $(find src cli -maxdepth 2 -name '*.c' -not -path 'cli/mpi/*') $of_mpi
    exit
}
for tool in qemu-aarch64 apt-get; do
    command -v $tool >/dev/null || only_compile
done

# Those of the group `build` that are libraries; processes that MPI starts would not be emulated.
fetch() {
    packages=$(tools/setup.sh --names build | tr ' ' '\n' | grep -e '-dev$' | grep -v openmpi)
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$root"
    : >"$work/status"
    cat >"$work/apt.conf" <<CONF
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
Dir::State "$work";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
Debug::NoLocking "true";
CONF
    export APT_CONFIG="$work/apt.conf"
    apt-get -qq update
    # shellcheck disable=SC2086 # a list of words
    apt-get -qq -y --no-install-recommends --download-only install $packages
    unset APT_CONFIG
    for package in "$work"/cache/archives/*.deb; do
        dpkg -x "$package" "$root"
    done
    : >"$root/complete"
}
if [ ! -f "$root/complete" ]; then
    rm -rf "$folder"
    (fetch) >"$work/fetch.log" 2>&1 || { tail -n 3 "$work/fetch.log" && only_compile; }
fi

cat >"$folder/cross.ini" <<INI
[binaries]
c = 'aarch64-linux-gnu-gcc'
ar = 'aarch64-linux-gnu-ar'
strip = 'aarch64-linux-gnu-strip'
pkgconfig = 'pkg-config'
exe_wrapper = ['qemu-aarch64', '-L', '$root']

[properties]
sys_root = '$root'
pkg_config_libdir = ['$root/usr/lib/aarch64-linux-gnu/pkgconfig', '$root/usr/share/pkgconfig']

[built-in options]
c_args = ['--sysroot=$root']
c_link_args = ['--sysroot=$root']

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
INI
[ -f "$folder/build/build.ninja" ] ||
    meson setup "$folder/build" --cross-file "$folder/cross.ini" --werror -Dman=disabled -Dpython=disabled -Dpage=disabled
tools/build.sh --suites unit,gradient,exchange "$folder/build"
# shellcheck disable=SC2086 # a list of words
compile $of_mpi # which that build is without
# `resume` starts itself again, which needs a kernel that hands programs to the emulator; `lease` and `run_shared` fork
# while threads run, after which it may stand still
left_out='resume|lease|run_shared'
slow='average|carried|data|gemm|gradients|kernels|maps_gradients|maps_torch|maps_use|network|nir|onnx_checker|onnx_runtime|'
slow=$slow'option_pairs|prepared|prune_resume|prune_run|prune_training|regression_run|rounding|spiking|spiking_gradients|'
slow=$slow'spiking_parts|spiking_torch|stepping|team|weight_rounding'
[ -n "${LOCI_EVERYTHING-}" ] || left_out="$left_out|$slow"
tests=$(meson test -C "$folder/build" --no-rebuild --list --suite unit --suite gradient --suite exchange 2>/dev/null |
    sed 's/.* //' | sort -u | grep -vxE "$left_out")
# shellcheck disable=SC2086 # a list of words
meson test -C "$folder/build" --no-rebuild --print-errorlogs --timeout-multiplier 50 \
    --suite unit --suite gradient --suite exchange $tests
