# Sourced by each test: a folder of its own with the fixture, and a server in PATH. In comes
#
#   EDITORS   the folder that setup has filled
#   LENSAI    the server's binary
#   OUT       the folder for captures
#
# and what an editor should show comes from the same program's `scan`: a hint and a row of its table cannot differ.

desk=$(mktemp -d)
editors_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$editors_here/../.." && pwd)
mkdir -p "$desk/bin" "$desk/home" "$desk/support-bot/.git" "$OUT"
cp -r "$root/fixtures/support-bot/." "$desk/support-bot/"
ln -s "$LENSAI" "$desk/bin/lensai"

export PATH="$desk/bin:$PATH" HOME="$desk/home" LANG=C.UTF-8 LC_ALL=C.UTF-8
export XDG_CONFIG_HOME="$HOME/config" XDG_CACHE_HOME="$HOME/cache" XDG_STATE_HOME="$HOME/state" XDG_DATA_HOME="$HOME/data"

WORKSPACE="$desk/support-bot"
FILE=service/support_bot/llm/translate.py
# cost_of LINE: what the table says of the call on that line of FILE.
cost_of() {
    awk -v file="$FILE" -v line="$1" '$0 == file {here = 1; next} /^$/ {here = 0} here && $1 == line' "$desk/table" |
        grep -oE '(≈ |<)\$[0-9.]+' | tail -n 1
}
(cd "$WORKSPACE" && lensai scan . --color never) >"$desk/table"
COST_DIRECT=$(cost_of 12)
COST_OF_CALLER=$(cost_of 27)
if [ -z "$COST_DIRECT" ] || [ -z "$COST_OF_CALLER" ]; then
    echo "FAIL the table has no costs for $FILE:12 and :27"
    cat "$desk/table"
    exit 1
fi
export WORKSPACE FILE COST_DIRECT COST_OF_CALLER
