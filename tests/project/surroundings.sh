#!/bin/sh
# What of the process around it the library asks:  surroundings.sh SOURCE-FOLDER PROGRAM STATIC-LIBRARY...
# - Nothing that follows the host program's locale is called, but in the file that asks for the "C" locale instead.
# - A fraction is printed by the functions of base/number.h or loci_fail(), which do so.
# - The library leaves the working folder, signals, the environment and other processes alone; only while oneDNN computes
#   signals wait (linear/one_thread.c), as they do in its own threads (base/thread.c), and who holds a lock is asked for
#   whether it lives (train/owner.c).
# - Streams are opened so that no other program inherits them.
# - The program keeps the "C" locale it starts in, so that it may print as it likes.
set -u
source=$1
program=$2
shift 2
. "$(dirname "$0")/complain.sh"

# What each object draws in, as "OBJECT SYMBOL"; the names of glibc's newer twins without their prefix.
for library; do
    nm -A -u "$library" | sed 's/@.*//' | awk '{ sub(/:$/, "", $1); sub(/.*[:\/]/, "", $1); print $1, $NF }'
done | sed 's/__isoc[0-9]*_//' >"$work/drawn"
[ "$(wc -l <"$work/drawn")" -gt 500 ] || { echo "no symbols found" && exit 1; }

# Complains of the symbols that match, in any object but some.
forbid() {
    awk -v wanted="^($1)$" -v but="$2" '$2 ~ wanted && $1 !~ ("^(" but ")$") { print $1, "uses", $2 }' "$work/drawn" >"$work/wrong"
    none "$work/wrong" "$3"
}
forbid 'strto(d|f|ld)(_l)?|atof|v?[fs]?scanf|(new|use|dup|free)locale' base_number.c.o 'base/number.h reads numbers'
forbid 'json_(dump|load).*|json_v?sprintf' base_json.c.o 'base/json.h reads and prints JSON'
forbid 'strerror(_[rl])?|__xpg_strerror_r|perror|strsignal' base_error.c.o 'base/error.h says what errno means'
forbid '(is|to)(w?(alpha|alnum|digit|xdigit|space|blank|upper|lower|print|graph|punct|cntrl))(_l)?|__ctype_.*' '' \
    'base/text.h tells letters apart'
forbid 'strn?casecmp|strcasestr|strcoll|strxfrm|strftime|strptime|strfmon|setlocale|localeconv|nl_langinfo|d?c?n?gettext' '' \
    'follows the locale'
forbid 'wcs?width|(mb|wc).*to(mb|wc).*|mbr?len|mbsinit|btowc|wctob|v?f?wprintf|regcomp|regexec|fnmatch|glob|wordexp' '' \
    'follows the locale'
forbid 'f?chdir|getcwd|get_current_dir_name|chroot|umask|v?fork|exec[lv].*|posix_spawn.*|system|popen|raise' '' \
    'changes or asks what belongs to the process'
forbid 'kill' train_owner.c.o 'changes or asks what belongs to the process'
forbid 'pthread_sigmask' 'linear_one_thread.c.o|base_thread.c.o' 'changes what belongs to the process'
forbid 'pthread_create' base_thread.c.o 'base/thread.h starts threads in which no signal is handled'
forbid 'signal|sigaction|sigprocmask|sig(wait|pending|suspend).*|alarm|setitimer|setenv|putenv|unsetenv|setrlimit' \
    '' 'changes or asks what belongs to the process'

# Statements of the sources with a conversion of a fraction, and the function that gets it.
find "$source/src" -name '*.[ch]' ! -path '*/codegen/c/*' | sort | while read -r file; do
    awk -v file="${file#"$source"/}" '
        function look() {
            if (statement ~ /"[^"]*%[-+ #0-9.*]*[aefgAEFG]/ &&
                statement !~ /(loci_(fail|number_print|number_put)|wrong_value)\(/)
                print file ":" FNR ": " statement
            statement = ""
        }
        /^ *(\/?\*|#)/ { next }
        { sub(/^ +/, ""); statement = statement $0 }
        /[;{}]$/ { look() }' "$file"
done >"$work/printed"
none "$work/printed" "a fraction printed past base/number.h"
grep -rqE 'loci_number_print\(.*%\.\*g' "$source/src" || { echo "no fractions found" && status=1; }

# Whatever a host program starts while a file is open, it has no part in it.
grep -rnE '[^_a-z]f(re)?open\(' "$source/src" "$source/cli" --include='*.c' |
    grep -vE '"[rwa]b?e"\)|"/dev/null"' >"$work/inherited"
none "$work/inherited" "a file is opened without 'e', so that other programs inherit it"

nm -D -u "$program" | awk '{ sub(/@.*/, "", $2); print $2 }' |
    grep -E '^(setlocale|(new|use)locale)$' >"$work/host"
none "$work/host" "the program follows a locale"
exit "$status"
