#!/bin/sh
# Installs the speech engines and voices apart from all else, and renders every clip anew.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
	-r requirements-prompts.lock
exec .venv/bin/python -m audio.prompts.render "$@"
