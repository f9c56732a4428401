#!/bin/sh
# Writes requirements*.lock from pyproject.toml: exact versions with hashes, for every Python that denwa runs on.
set -eu
cd "$(dirname "$0")/.."
tool=build/lock-tool
[ -x "$tool/bin/uv" ] || {
	.venv/bin/python -m venv "$tool"
	"$tool/bin/pip" install --quiet --disable-pip-version-check 'uv>=0.9'
}
lock() { # lock FILE CONSTRAINTS GROUP...
	file=$1
	constraints=$2
	shift 2
	groups=
	for group in "$@"; do groups="$groups --group $group"; done
	# shellcheck disable=SC2086 # the groups are words
	"$tool/bin/uv" pip compile pyproject.toml $groups --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --upgrade --quiet --constraint "$constraints" --output-file "$file"
	echo "$file: $(grep -c '^[a-z].*==' "$file") packages"
}
lock requirements-test.lock /dev/null build test prompts
lock requirements.lock requirements-test.lock build
