#!/bin/sh
# Runs every fuzz target for a while: fuzz.sh 1m. What is found stays in the
# package's testdata, to be fixed and kept.
set -eu

time=${1:-1m}
grep -rl --include='*_test.go' --exclude-dir=node_modules '^func Fuzz' . | sort | while read -r file; do
	sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$file" | while read -r target; do
		echo "== $file $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$(dirname "$file")"
	done
done
