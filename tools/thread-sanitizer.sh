#!/bin/sh
# The server under the thread sanitizer: the tests of the protocol and of TURN, kill -9 while people
# write, and a thousand tabs at once. Prints the races that were found; ends with 1 if there are any.
#   tools/thread-sanitizer.sh [FOLDER]     where it is built (build-tsan)
set -eu
cd "$(dirname "$0")/.."
build=$(realpath -m "${1:-build-tsan}")
. tools/setup.sh
need_packages $BUILD_PACKAGES $TEST_PACKAGES
need_web
need_npm tests/e2e
[ -d "$build" ] || step "Setting up the build" meson setup "$build" -Dtests=true \
    -Db_sanitize=thread -Db_lundef=false --buildtype=debugoptimized
step "Building" ninja -C "$build" src/app/visavis
reports=$(mktemp -d)
# A confined server could not write its reports.
export VISAVIS_BIN="$build/src/app/visavis" VISAVIS_SET=security.confine=0
export TSAN_OPTIONS="exitcode=66 history_size=4 log_path=$reports/race"
export FAULT_KILLS=5 FAULT_ENDS=3 FAULT_PAUSES=3 FAULT_RETURNS=1000
for test in tests/e2e/api/*.test.mjs tests/e2e/turn/*.test.mjs tests/fault/pressure.test.mjs \
    tests/fault/kill.test.mjs; do
    echo "==> $test"
    timeout 900 node --test --test-reporter=dot "$test" || echo "failed: $test"
done
races=$(cat "$reports"/race* 2>/dev/null | grep -c '^WARNING: ThreadSanitizer' || true)
cat "$reports"/race* 2>/dev/null || true
rm -rf "$reports"
echo "$races races"
[ "$races" -eq 0 ]
