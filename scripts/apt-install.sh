#!/bin/sh
# apt-install.sh PACKAGE...: installs Debian packages without a question; exits 1, after one sentence, where that cannot be done.
set -eu

if ! command -v apt-get >/dev/null; then
    echo "Missing system packages: $* (no apt-get here; install them with this system's own tool)." >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "Missing system packages: $* (neither root nor password-less sudo; install them with: sudo apt-get install $*)." >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    # shellcheck disable=SC2086 # empty, or two words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null >>"$log" 2>&1
}

echo "Installing system packages: $*" >&2
if ! { apt update && apt install -y --no-install-recommends "$@"; }; then
    tail -n 5 "$log" >&2
    echo "Missing system packages: $* (apt-get could not install them; its last lines are above)." >&2
    exit 1
fi
