#!/bin/sh
# Which branches of src/ the tests take: builds with gcov in build-coverage, runs the unit tests (with
# failing allocations), the scenarios, the replayed corpora and the tests of the protocol, of TURN and
# of faults, and prints one table of all of it (tools/coverage.mjs). Ends with 1 below what was
# reached before.
#   tools/coverage.sh [--browsers] [FOLDER]     with the tests in browsers; where it is built
set -eu
cd "$(dirname "$0")/.."
browsers=
[ "${1:-}" != --browsers ] || { browsers='tests/e2e/browser/*.test.mjs'; shift; }
build=${1:-build-coverage}
. tools/setup.sh
need_packages $BUILD_PACKAGES $TEST_PACKAGES
need_web
need_npm tests/e2e
[ -d "$build" ] || step "Setting up the build" meson setup "$build" -Dtests=true \
    -Db_coverage=true -Db_sanitize=none --buildtype=debug -Dwerror=false
step "Building" ninja -C "$build"
find "$build" -name '*.gcda' -delete
# A confined server may not write its counts; one that is killed has none.
export UNIT_REPLAY_S=20 VISAVIS_SET=security.confine=0 VISAVIS_BIN="$build/src/app/visavis"
echo "==> Unit tests, scenarios, corpora"
# Not the million of schedules: they take the branches of the thousands. Nor the fast programs, which
# are of other objects.
meson test -C "$build" --no-rebuild --quiet --list 2>/dev/null | sed 's/.* //' |
    grep -v -e million -e _fast |
    xargs meson test -C "$build" --no-rebuild --quiet --timeout-multiplier 5 || true
echo "==> Tests of the protocol, of TURN and of faults"
for test in tests/e2e/api/*.test.mjs tests/e2e/turn/*.test.mjs tests/fault/*.test.mjs $browsers; do
    case $test in */confine.test.mjs) continue ;; esac # see VISAVIS_SET
    FAULT_KILLS=8 COMMAND_TRIES=12 timeout 900 \
        node --test --test-reporter=dot --test-force-exit "$test" ||
        echo "failed: $test"
done
node tools/coverage.mjs "$build"
