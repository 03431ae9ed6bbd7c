#!/bin/sh
# A law of distance is added as an exercise, compiled in and tested:  law.sh BUILD-FOLDER WORK-FOLDER
set -eu
TMPDIR=$2 exec sh tests/project/law.sh . --build
