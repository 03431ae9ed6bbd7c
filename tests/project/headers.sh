#!/bin/sh
# Every public header compiles alone:  headers.sh c|c++ INCLUDE-FOLDER
set -u
language=$1
include=$2
case $language in
c) compiler=${CC:-cc} standard=c99 ;;
c++) compiler=${CXX:-c++} standard=c++11 ;;
esac
command -v "$compiler" >/dev/null || { echo "no $compiler here" && exit 77; }
status=0
for header in "$include"/loci/*.h; do
    echo "#include <loci/$(basename "$header")>" |
        $compiler -x "$language" -std="$standard" -Wall -Wextra -pedantic -Werror -I "$include" -fsyntax-only - || {
        echo "$header does not compile alone as $language"
        status=1
    }
done
exit $status
