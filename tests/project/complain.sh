# For scripts that look for offenders: a folder $work, which goes with the script, and the $status to leave with.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# Prints a complaint when the file with the offenders is not empty.
none() {
    [ ! -s "$1" ] && return
    echo "$2:"
    sed 's/^/    /' "$1"
    status=1
}
