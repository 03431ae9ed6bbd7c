# For scripts that look for offenders: a folder $work, which goes with the script, and the $status to leave with.
# shellcheck disable=SC2034 # both are for the script that reads this one
status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints a complaint when the file with the offenders is not empty.
none() {
    [ ! -s "$1" ] && return
    echo "$2:"
    sed 's/^/    /' "$1"
    status=1
}
