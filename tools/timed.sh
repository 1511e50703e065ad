#!/bin/sh
# Runs a command and says how long it took: timed.sh NAME COMMAND...
set -eu

name=$1
shift
start=$(date +%s)
"$@"
echo "== $name: $(($(date +%s) - start)) s"
