#!/bin/sh
# The server under the thread sanitizer: the tests of the protocol and of TURN, kill -9 while people
# write, a thousand tabs at once, and the load tests in a short form. Prints the races that were
# found; ends with 1 if there are any, or if one of these did not come to its end.
#   tools/thread-sanitizer.sh [--load] [FOLDER]     only the load; where it is built (build-tsan)
set -eu
cd "$(dirname "$0")/.."
only=
[ "${1:-}" != --load ] || { only=load; shift; }
build=$(realpath -m "${1:-build-tsan}")
. tools/setup.sh
need_packages $BUILD_PACKAGES $TEST_PACKAGES
need_web
need_npm tests/e2e
need_npm tests/load
[ -d "$build" ] || step "Setting up the build" meson setup "$build" -Dtests=true -Dload=true \
    -Db_sanitize=thread -Db_lundef=false --buildtype=debugoptimized
# The contract programs are what tests/e2e/api/postgres.test.mjs runs.
step "Building" ninja -C "$build" src/app/visavis tests/load/turnload src/store_test \
    src/chat_store_test src/personal_test src/durable_test src/migrations_test
reports=$(mktemp -d)
# A confined server could not write its reports.
export VISAVIS_BIN="$build/src/app/visavis" VISAVIS_SET=security.confine=0
export TSAN_OPTIONS="exitcode=66 history_size=4 log_path=$reports/race"
export FAULT_KILLS=8 FAULT_ENDS=4 FAULT_PAUSES=4 FAULT_RETURNS=1000
export TURNLOAD="$build/tests/load/turnload"
broken=0
run() { # SECONDS COMMAND ...
    limit=$1
    shift
    echo "==> $*"
    timeout "$limit" "$@" || { echo "failed: $*"; broken=$((broken + 1)); }
}
if [ -z "$only" ]; then
    for test in tests/e2e/api/*.test.mjs tests/e2e/turn/*.test.mjs tests/fault/pressure.test.mjs \
        tests/fault/kill.test.mjs; do
        case $test in */confine.test.mjs) continue ;; esac # see VISAVIS_SET
        run 900 node --test --test-reporter=dot "$test"
    done
fi
# Signalling by plain sockets and TLS, with many that are idle; tabs that all come back; relaying by
# each transport, in batches and not, and allocations.
run 900 node tests/load/run.mjs --rounds 1 --seconds 2 --idle 200 --pairs 16
run 600 node tests/load/back.mjs --rounds 1 --tabs 300
run 600 node tests/load/turn.mjs --rounds 1 --seconds 0.3 --only ' B'
run 300 node tests/load/turn.mjs --rounds 1 --seconds 0.3 --only allocation
races=$(cat "$reports"/race* 2>/dev/null | grep -c '^WARNING: ThreadSanitizer' || true)
cat "$reports"/race* 2>/dev/null || true
rm -rf "$reports"
echo "$races races, $broken did not come to their end"
[ "$races" -eq 0 ] && [ "$broken" -eq 0 ]
