# env.sh - what every script sources: where the tree is, strict mode, the tools that bootstrap put
# into .tools, and a few words to speak with.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export LC_ALL=C.UTF-8
# also before bootstrap has put anything there: the script that calls it goes on with it
PATH="$root/.tools/node_modules/.bin:$PATH"
export PATH
jobs=$(nproc 2>/dev/null || echo 2)
: "$jobs"

say() { printf '==> %s\n' "$*" >&2; }
die() {
	printf 'error: %s\n' "$*" >&2
	exit 1
}
# Whether $1 is missing or older than one of the files that follow.
older() {
	local target=$1 f
	shift
	[ -e "$target" ] || return 0
	for f in "$@"; do
		if [ "$f" -nt "$target" ]; then return 0; fi
	done
	return 1
}
