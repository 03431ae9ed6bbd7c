#!/bin/sh
# Installs what is missing:  tools/setup.sh build|page|python|test|edge|docs|lint|bench|long|data ...
# Prints the names of a group's packages:  tools/setup.sh --names build
#
# With root rights, or sudo that asks for no password, apt-get does it. Otherwise the one line to run is printed
# and the exit status is 1. With everything in place nothing is called but dpkg-query, so it costs no time.
#
# `page` is what the page of `loci view` is built with: node, npm, and the packages that npm fetches. `test` has npm fetch
# a runtime for exported networks. All else does without these two: where they cannot be had, one line says so.
set -eu
cd "$(dirname "$0")/.."

packages() {
    case $1 in
    build) echo gcc libc6-dev meson ninja-build pkg-config python3 libdnnl-dev libjansson-dev libzip-dev \
        zlib1g-dev libpng-dev libjpeg-dev libcurl4-openssl-dev libssl-dev libcairo2-dev \
        libcmocka-dev libhdf5-dev libopenmpi-dev libmicrohttpd-dev ca-certificates ;;
    page) ;;
    python) echo python3-dev python3-cffi python3-numpy python3-mesonpy python3-pip python3-venv patchelf ;;
    test) echo g++ binutils patch openmpi-bin python3-numpy python3-h5py python3-onnx help2man python3-pytest python3-sklearn \
        python3-pandas python3-torch python3-nbclient python3-nbformat python3-ipykernel "$(packages docs)" ;;
    edge) echo gcc-arm-none-eabi picolibc-arm-none-eabi qemu-system-arm ;;
    docs) echo doxygen help2man python3-dev python3-cffi python3-numpy python3-sphinx python3-sphinx-rtd-theme \
        python3-breathe python3-myst-parser ;;
    lint) echo clang-format git shellcheck black mypy pyflakes3 python3-numpy ;;
    bench) echo libopenblas-dev python3-numpy python3-pandas python3-torch python3-sklearn ;;
    data) echo dataset-fashion-mnist ;;
    long) echo chromium clang libclang-rt-14-dev gcovr valgrind gcc-aarch64-linux-gnu libc6-dev-arm64-cross \
        qemu-user ;;
    *) echo "setup.sh: unknown group '$1'" >&2 && exit 2 ;;
    esac
}

if [ "${1-}" = --names ]; then
    packages "$2"
    exit
fi

say() {
    echo "$*" >&2
}

# Those of the packages named that are not installed.
missing() {
    for package; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) in
        installed*) ;;
        *) printf ' %s' "$package" ;;
        esac
    done
}

apt_get() {
    # shellcheck disable=SC2086 # as_root is empty or two words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=0 -o Acquire::http::Timeout=20 "$@" \
        </dev/null >"$log" 2>&1
}

# Without recommended packages: they would bring mail servers and fonts. The package lists may be absent or old.
install() {
    say "Installing: $*"
    log=$(mktemp)
    apt_get install -y --no-install-recommends "$@" ||
        { apt_get update && apt_get install -y --no-install-recommends "$@"; } ||
        { why=$(sed -n 's/^E: //p' "$log" | head -n 1) && rm "$log" && return 1; }
    rm "$log"
}

# What a folder's package-lock.json names, unless it is there:  npm_packages FOLDER FOR-WHAT WHAT-ELSE-HAPPENS
npm_packages() (
    cd "$1"
    command -v npm >/dev/null && [ -n "$(find package-lock.json -newer node_modules/.package-lock.json 2>&1)" ] || exit 0
    say "Fetching the packages of $2 (npm ci)"
    log=$(mktemp)
    npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=0 --loglevel=error </dev/null >"$log" 2>&1 ||
        say "setup.sh: npm could not fetch them ($(sed -n 's/^npm .* code //p' "$log" | head -n 1)); $3"
    rm "$log"
)

wanted='' node=''
for group; do
    wanted="$wanted $(packages "$group")"
    [ "$group" != page ] || { command -v node && command -v npm; } >/dev/null || node='nodejs npm'
done

if ! command -v dpkg-query >/dev/null; then
    say "setup.sh: this is no Debian; needed are the equivalents of:$wanted $node"
    wanted='' node=''
fi

# shellcheck disable=SC2086 # one word a package
needed=$(missing $wanted) node=$(missing $node)
as_root=''
if [ "$(id -u)" != 0 ] && [ -n "$needed$node" ]; then
    as_root='sudo -n'
    if ! $as_root true 2>/dev/null; then
        line="sudo apt-get update && sudo apt-get install --no-install-recommends$needed$node"
        if [ -n "$needed" ]; then
            say "Packages are missing. Run this line, then try again:"
            say "    $line"
            exit 1
        fi
        say "setup.sh: the page of 'loci view' is left out; this line brings what it is built with: $line"
        node=
    fi
fi
# shellcheck disable=SC2086 # one word a package
[ -z "$needed" ] || install $needed || { say "setup.sh: apt-get could not install$needed: $why" && exit 1; }
# shellcheck disable=SC2086 # likewise
[ -z "$node" ] || install $node || say "setup.sh: the page of 'loci view' is left out; apt-get could not install$node: $why"

for group; do
    case $group in
    page) npm_packages viewer "the page" "the page of 'loci view' is left out" ;;
    test) npm_packages tests/onnx "the ONNX tests" "they are skipped" ;;
    esac
done
