#!/bin/sh
# Every kind of network in every mode and number of bits on every emulated microcontroller:  edge.sh BUILD-FOLDER WORK-FOLDER
set -eu
exec /usr/bin/python3 -B tests/edge/edge.py "$1/cli/loci" --more
