#!/bin/sh
# Installs the Debian packages that are missing:  tools/setup.sh build|test|edge|docs|lint|bench|long ...
#
# With root rights, or sudo that asks for no password, apt-get does it. Otherwise the one line to run is printed
# and the exit status is 1. With everything in place nothing is called but dpkg-query, so it costs no time.
#
# Where npm is there, `build` also fetches what the page of `loci view` is built from, and `test` a runtime for exported
# networks. All else does without.
set -eu

packages() {
    case $1 in
    build) echo gcc libc6-dev meson ninja-build pkg-config python3 libdnnl-dev libjansson-dev libzip-dev \
        zlib1g-dev libpng-dev libcurl4-openssl-dev libssl-dev libcairo2-dev \
        libcmocka-dev libhdf5-dev ca-certificates help2man ;;
    test) echo g++ binutils python3-numpy python3-h5py python3-onnx doxygen ;;
    edge) echo gcc-arm-none-eabi picolibc-arm-none-eabi qemu-system-arm ;;
    docs) echo doxygen ;;
    lint) echo clang-format git shellcheck ;;
    bench) echo libopenblas-dev python3-numpy python3-torch ;;
    long) echo chromium clang libclang-rt-14-dev valgrind gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;;
    *) echo "setup.sh: unknown group '$1'" >&2 && exit 2 ;;
    esac
}

# What a folder's package-lock.json names, unless it is there:  npm_packages FOLDER FOR-WHAT WHAT-ELSE-HAPPENS
npm_packages() {
    cd "$(dirname "$0")/../$1"
    if [ ! -f package-lock.json ] || ! command -v npm >/dev/null ||
        [ -z "$(find package-lock.json -newer node_modules/.package-lock.json 2>&1)" ]; then
        return
    fi
    echo "Fetching the packages of $2 (npm ci)" >&2
    npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=0 --loglevel=error </dev/null >&2 ||
        echo "setup.sh: npm could not fetch them; $3" >&2
}

wanted=
for group; do
    wanted="$wanted $(packages "$group")"
    case $group in
    build) (npm_packages viewer "the page" "all but the page of 'loci view' is built without") ;;
    test) (npm_packages tests/onnx "the ONNX tests" "they are skipped") ;;
    esac
done

if ! command -v dpkg-query >/dev/null; then
    echo "setup.sh: this is no Debian; needed are the equivalents of:$wanted" >&2
    exit 0
fi

missing=
for package in $wanted; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    case $status in
    installed*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null; then
    as_root='sudo -n'
else
    echo "Packages are missing. Run this line, then try again:" >&2
    echo "    sudo apt-get update && sudo apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

apt() {
    # shellcheck disable=SC2086 # as_root is empty or two words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" </dev/null >&2
}

# Without recommended packages: they would bring mail servers and fonts. The package lists may be absent or old.
echo "Installing:$missing" >&2
# shellcheck disable=SC2086 # one word a package
apt install -y --no-install-recommends $missing ||
    { apt update && apt install -y --no-install-recommends $missing; } ||
    { echo "setup.sh: apt-get could not install:$missing" >&2 && exit 1; }
