# Helpers for the cases, read by bash before each cmd.sh.

# Makes files: see make.py.
prepare() {
    /usr/bin/python3 "$TOOLS/make.py" "$@"
}

# Runs a command and prints it with its output, "! " before each line of stderr, and its exit status.
try() {
    local status=0
    echo "\$ $*"
    "$@" >"$HOME/out" 2>"$HOME/err" || status=$?
    cat "$HOME/out"
    sed 's/^/! /' "$HOME/err"
    echo "= $status"
}

# Like try, and fails unless stdout stays empty and stderr is exactly one line that begins with "loci: ".
refuse() {
    try "$@"
    [ ! -s "$HOME/out" ] || { echo "PRINTED ON STDOUT"; exit 1; }
    if [ "$(wc -l <"$HOME/err")" != 1 ] || ! grep -q '^loci: ' "$HOME/err"; then
        echo "NOT ONE ERROR LINE"
        exit 1
    fi
}

# Prints what a Python expression makes of the JSON object `j` on standard input.
json() {
    /usr/bin/python3 -c 'import json, sys
text = sys.stdin.read()
assert text.count("\n") == 1 and text.endswith("\n"), "not one line"
j = json.loads(text, parse_constant=lambda c: sys.exit(f"{c} is no JSON"))
print(eval(sys.argv[1]))' "$1"
}

# Ends the case as skipped; says what is missing here.
skip() {
    echo "skipped: $*" >&2
    exit 77
}

# Waits until a file holds a line, at most half a minute.
await_line() {
    for _ in $(seq 600); do
        [ -s "$1" ] && return
        sleep 0.05
    done
    echo "no line in $1"
    exit 1
}
