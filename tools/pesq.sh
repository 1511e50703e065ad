#!/bin/sh
# Makes a Python that has PESQ in the directory that is named; says why if that
# cannot be, and lets go on without.
set -eu

[ ! -x "$1/bin/pesq-is-here" ] || exit 0
tools=$(dirname "$0")
"$tools/apt.sh" python3 python3-venv python3-dev gcc libc6-dev || true
log=$(mktemp)
if python3 -m venv "$1" >"$log" 2>&1 &&
	"$1/bin/pip" install --quiet --disable-pip-version-check numpy scipy pesq==0.0.4 >"$log" 2>&1; then
	ln -s python "$1/bin/pesq-is-here"
else
	echo "Without PESQ, which could not be installed: $(tail -n 3 "$log")" >&2
	rm -rf "$1"
fi
rm -f "$log"
