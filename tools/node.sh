#!/bin/sh
# Prints the directory that has a node and an npm for the web client and the
# tests: that of $NODE, the system's if it is new enough, else one fetched into
# .tools.
set -eu

node_version=22.23.3
npm_version=11.21.2
case $(uname -m) in
x86_64)
	arch=x64
	node_sum=00b5c43d88958dbbf45339c4d5e9a76289c7e25876fd08270b379e485e151fc5
	;;
aarch64 | arm64)
	arch=arm64
	node_sum=894b9938b215d40b3a38db094ef436d02b3bc7dd16f04fca145a4735cd9e9035
	;;
*) arch="" ;;
esac
npm_sum=8ad8563b81e71b90ef405b140bccf3ba9b5e7884ab210bd49ee4e2f4bc6f61f5

tools=$(cd "$(dirname "$0")/.." && pwd)/.tools
home=$tools/node-$node_version

# new_enough wants 20.19 or later, as the build tools do.
new_enough() {
	"$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

# fetch gets a package of the npm registry, checks it, and unpacks it.
fetch() { # name version sum directory
	curl -fsSL --retry 3 "https://registry.npmjs.org/$1/-/$1-$2.tgz" -o "$4.tgz"
	echo "$3  $4.tgz" | sha256sum --quiet -c - >&2
	mkdir -p "$4"
	tar -xzf "$4.tgz" -C "$4" --strip-components=1
	rm "$4.tgz"
}

if [ -n "${NODE:-}" ]; then
	if ! new_enough "$NODE"; then
		echo "NODE=$NODE is not Node 20.19 or later" >&2
		exit 1
	fi
	dirname "$NODE"
	exit 0
fi

if command -v node >/dev/null && command -v npm >/dev/null && new_enough node; then
	dirname "$(command -v node)"
	exit 0
fi

if [ ! -x "$home/bin/npm" ]; then
	if [ -z "$arch" ] || [ "$(uname -s)" != Linux ]; then
		echo "Please install Node 20.19 or later." >&2
		exit 1
	fi
	echo "Fetching Node $node_version" >&2
	rm -rf "$home"
	mkdir -p "$home"
	fetch "node-linux-$arch" "$node_version" "$node_sum" "$home/node"
	fetch npm "$npm_version" "$npm_sum" "$home/npm"
	mkdir -p "$home/bin"
	ln -s ../node/bin/node "$home/bin/node"
	ln -s ../npm/bin/npx-cli.js "$home/bin/npx"
	chmod +x "$home/npm/bin/npx-cli.js" "$home/npm/bin/npm-cli.js"
	ln -s ../npm/bin/npm-cli.js "$home/bin/npm"
fi
echo "$home/bin"
