#!/bin/sh
# fresh.sh [SUITE...]: both commands on bare Debian roots (python3, make and apt, nothing else), times noted.
#
# Needs root and mmdebstrap. Tries what is committed. The roots are removed afterwards.
#
#   FRESH_ENV    variables for the commands, as NAME=VALUE words (none of the host's are passed on)
#   FRESH_CA     a file of certificates to be trusted there, where the network has its own
#   FRESH_KEEP   1: leave the roots
# shellcheck disable=SC2016,SC2317 # texts for other programs; called by a trap
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "try-fresh makes whole systems: run it as root" >&2; exit 1; }
command -v mmdebstrap >/dev/null || { echo "try-fresh: apt-get install mmdebstrap" >&2; exit 1; }

mirror=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' |
	awk -F'|' '$1 == "Debian" && $2 == "Debian" && $3 == "main" {print $4; exit}')
folder=$(mktemp -d /var/tmp/denwa-fresh.XXXXXX)
results=$folder/results
: >"$results"
finish() {
	[ -n "${FRESH_KEEP:-}" ] || rm -rf --one-file-system "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

enter() { # enter ROOT COMMAND...: becomes the command, in namespaces that end with it
	root=$1
	shift
	# shellcheck disable=SC2086 # FRESH_ENV is words
	exec unshare --mount --pid --fork --kill-child sh -c '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount --rbind /sys "$root/sys"
		mount --rbind /dev "$root/dev"
		cp /etc/resolv.conf /etc/hosts "$root/etc/"
		exec chroot "$root" "$@"' inside "$root" \
		env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin ${certificates:-} ${FRESH_ENV:-} "$@"
}

inside() {
	(enter "$@")
}

seconds() {
	date +%s
}

note() {
	echo "$*" | tee -a "$results"
}

try_run() { # make run until it says what to dial; then it is killed
	started=$(seconds)
	log=$folder/$suite-run.log
	enter "$folder/$suite" timeout --signal=INT 1800 make -C /opt/denwa run >"$log" 2>&1 &
	while kill -0 $! 2>/dev/null; do
		if grep -q 'sip:117@127.0.0.1:5060' "$log"; then
			note "$suite: make run: what to dial is there after $(($(seconds) - started)) s"
			kill -s KILL $! # unshare itself waits for the end through any other signal
			wait $! || true
			return 0
		fi
		sleep 1
	done
	tail -n 40 "$log"
	note "$suite: make run FAILED after $(($(seconds) - started)) s"
	return 1
}

try_test() {
	started=$(seconds)
	log=$folder/$suite-test.log
	if inside "$folder/$suite" make -C /opt/denwa test >"$log" 2>&1 </dev/null; then
		note "$suite: make test: $(grep -a "^tests:" "$log"), $(($(seconds) - started)) s"
	else
		tail -n 60 "$log"
		note "$suite: make test FAILED after $(($(seconds) - started)) s: $(grep -a '^tests:' "$log")"
		return 1
	fi
}

status=0
[ $# -gt 0 ] || set -- bookworm trixie
for suite in "$@"; do
	echo "— $suite —"
	mmdebstrap --quiet --variant=minbase --include=python3,make --aptopt='Acquire::Check-Valid-Until "false"' \
		"$suite" "$folder/$suite" "$mirror"
	git clone --quiet --no-local . "$folder/$suite/opt/denwa"
	certificates=
	if [ -n "${FRESH_CA:-}" ]; then
		cp "$FRESH_CA" "$folder/$suite/root/certificates.pem"
		certificates="PIP_CERT=/root/certificates.pem SSL_CERT_FILE=/root/certificates.pem"
	fi
	{ try_run && try_test; } || status=1
done
echo
cat "$results"
exit $status
