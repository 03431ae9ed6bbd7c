#!/bin/sh
# The library and the program compile for another architecture (nothing is linked or run):
#   cross.sh BUILD-FOLDER WORK-FOLDER
# The headers of the C library are the other architecture's; those of the dependencies do not differ.
set -u
compiler=aarch64-linux-gnu-gcc
command -v $compiler >/dev/null || exit 77
build=$1
mpi=''
pkg-config --exists ompi-c && mpi=ompi-c
# shellcheck disable=SC2086 # nothing or one word
flags=$(pkg-config --cflags jansson zlib libzip libpng libcurl libcrypto cairo hdf5 $mpi |
    sed 's/-I/-idirafter /g')
status=0
for source in src/*/*.c cli/*.c cli/*/*.c; do
    case $mpi$source in cli/mpi/*) continue ;; esac
    # shellcheck disable=SC2086 # flags are words
    $compiler -std=gnu17 -O3 -ffp-contract=off -fopenmp-simd -Wall -Wextra -Wconversion -Wshadow -Werror -DLOCI_ISA=generic -DNDEBUG \
        -Iinclude -Isrc -Icli -I"$build" $flags -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu \
        -c "$source" -o "$2/object.o" || { echo "$source does not compile" && status=1; }
done
exit $status
