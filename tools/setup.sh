# What ./run and ./test share: packages by name, the front end, a line for each long step.

BUILD_PACKAGES="gcc meson ninja-build pkg-config libuv1-dev libssl-dev libsqlite3-dev libpq-dev libsodium-dev
    libcjson-dev libcurl4-openssl-dev libseccomp-dev node-llhttp"
TEST_PACKAGES="libcmocka-dev libwslay-dev openssl chromium firefox-esr fonts-dejavu-core socat systemd
    dpkg-dev lintian debootstrap coturn libnss3-tools iproute2 nftables pebble postgresql"

# Runs a command with a line before it; what it prints is shown only when it fails.
step() {
    echo "==> $1"
    shift
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        echo "failed: $*" >&2
        rm -f "$log"
        exit 1
    fi
    rm -f "$log"
}

# Runs a command while Debian starts no service of what it installs (coturn is only a test client).
without_services() {
    policy=/usr/sbin/policy-rc.d
    if [ -e $policy ]; then
        "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    "$@" || { rm -f $policy; return 1; }
    rm -f $policy
}

# Installs those of the named Debian packages that are missing.
need_packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $package"
    done
    [ -z "$missing" ] && return
    step "Fetching the lists of packages" apt-get -o DPkg::Lock::Timeout=600 update
    step "Installing$missing" without_services env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends $missing
}

# Installs the npm packages of a folder when its lock file has changed.
need_npm() {
    [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] && return
    step "Installing the npm packages of $1" npm --prefix "$1" ci
    touch "$1/node_modules/.package-lock.json"
}

# Builds web/dist when a source is newer.
need_web() {
    need_npm web
    if [ ! -f web/dist/index.html ] || [ -n "$(find web/src web/public web/*.html web/*.json \
        web/*.ts -newer web/dist/index.html -print -quit)" ]; then
        step "Building the front end" npm --prefix web run build
    fi
}
