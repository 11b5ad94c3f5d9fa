#!/bin/sh
# install.sh run|dev: brings .venv to what the lock says, and the project into it. Does nothing, and asks no network, when it is so already.
set -eu
cd "$(dirname "$0")/.."
what=${1:-run}

# A stamp holds the lock and the project as they were installed. Scripts in .venv name its folder, so a moved one is made anew.
stamp_of() { { pwd; cat "$@" pyproject.toml; } | cksum; }
run_stamp=$(stamp_of requirements.lock)
dev_stamp=$(stamp_of requirements-dev.lock)
stands() { [ -x .venv/bin/ioc ] && [ "$(cat ".venv/stamp-$1" 2>/dev/null)" = "$2" ] && .venv/bin/python -c '' 2>/dev/null; }

case $what in
    run) lock=requirements.lock; if stands run "$run_stamp"; then exit 0; fi ;;
    dev) lock=requirements-dev.lock; if stands dev "$dev_stamp"; then exit 0; fi ;;
    *) echo "install.sh takes run or dev, not '$what'." >&2; exit 2 ;;
esac

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer is needed, and there is none on PATH (python3 is: $(python3 --version 2>/dev/null || echo missing)); set PYTHON to one." >&2
    return 1
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        sh scripts/apt-install.sh "python$version-venv" || {
            echo "$python lacks the modules venv and ensurepip, which installing needs." >&2
            return 1
        }
    fi
    "$python" -m venv --clear .venv
    pwd >.venv/stamp-folder
}

[ "$(cat .venv/stamp-folder 2>/dev/null)" = "$(pwd)" ] && .venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv
rm -f .venv/stamp-run .venv/stamp-dev

pip() { .venv/bin/python -m pip -qq --disable-pip-version-check --no-input install "$@"; }
echo "Installing Python packages from $lock (the first time takes a minute or two) ..." >&2
if ! pip --require-hashes --only-binary :all: -r "$lock"; then
    echo "The packages of $lock could not be installed; the lines above say why. A package registry must be reachable the first time." >&2
    exit 1
fi
pip --no-deps --no-build-isolation --editable .

echo "$run_stamp" >.venv/stamp-run # the development lock holds the other one
[ "$what" = run ] || echo "$dev_stamp" >.venv/stamp-dev
