# Sourced after desk.sh by the tests that look at a screen: a terminal of 100 by 34 cells that nobody sees, keys that are typed into it,
# and what then stands on it.

terminal=lensai-$$
passed=0
failed=0
# Tenths of a second that something may take. Where something is missing the rest is most often as well, and not worth such a wait.
patience=200

in_terminal() {
    tmux -L "$terminal" -f /dev/null "$@"
}

# opens COMMAND: starts it in the workspace.
opens() {
    in_terminal new-session -d -x 100 -y 34 -c "$WORKSPACE" "$1"
    trap 'in_terminal kill-server 2>/dev/null || true; rm -rf "$desk"' EXIT
}

screen() {
    in_terminal capture-pane -p
}

# sees WHAT PATTERN: whether an extended regular expression matches a line before long.
sees() {
    local try
    for try in $(seq "$patience"); do
        if screen | grep -qE -- "$2"; then
            passed=$((passed + 1))
            echo "ok $1"
            return
        fi
        sleep 0.1
    done
    failed=$((failed + 1))
    patience=30
    echo "FAIL $1: no line matches $2 in"
    screen | sed 's/^/    | /'
}

# Keys as tmux names them; a text as one argument after -l.
types() {
    in_terminal send-keys "$@"
}

# keeps NAME: the screen as text, and with its colours.
keeps() {
    screen >"$OUT/$1.txt"
    in_terminal capture-pane -p -e >"$OUT/$1.ansi"
}

# At the end: the sum, and the exit code.
ends() {
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
}

# A text for use inside of an extended regular expression.
literally() {
    sed 's/[][\.*^$+?(){}|]/\\&/g' <<<"$1"
}
