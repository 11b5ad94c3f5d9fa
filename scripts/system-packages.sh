#!/bin/sh
# Installs what the tests use beside Python: a browser with Vietnamese letters, PostgreSQL, MariaDB, Mosquitto, Redis, nginx, a token that signs.
# What cannot be installed is named in one sentence; the tests that need it then skip by name.
set -eu
PATH="$PATH:/usr/sbin:/sbin"

missing=""
need() { # need PACKAGE COMMAND...: the package is missing unless the command succeeds
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
any_file() { [ -e "$1" ]; }

need chromium command -v chromium
need fonts-noto-core any_file /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf
need postgresql any_file /usr/lib/postgresql/*/bin/postgres
need mariadb-server command -v mariadbd
need mosquitto command -v mosquitto
need redis-server command -v redis-server
need nginx-light command -v nginx
need softhsm2 command -v softhsm2-util

# shellcheck disable=SC2086 # a list of words
[ -z "$missing" ] || sh "$(dirname "$0")/apt-install.sh" $missing || echo "Tests that need them will be skipped." >&2
