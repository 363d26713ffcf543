#!/bin/sh
# Which branches of src/ the tests take: builds with gcov in build-coverage, runs the unit tests
# (with failing allocations), the scenarios and the tests of the protocol, and prints the branches by folder, and of what must be whole.
#   tools/coverage.sh [FOLDER]     where it is built (build-coverage)
set -eu
cd "$(dirname "$0")/.."
build=${1:-build-coverage}
. tools/setup.sh
need_packages $BUILD_PACKAGES $TEST_PACKAGES gcovr
need_web
need_npm tests/e2e
[ -d "$build" ] || step "Setting up the build" meson setup "$build" -Dtests=true \
    -Db_coverage=true -Db_sanitize=none --buildtype=debug -Dwerror=false
step "Building" ninja -C "$build"
find "$build" -name '*.gcda' -delete
# A confined server may not write its counts; one that is killed has none.
export VISAVIS_SET=security.confine=0 VISAVIS_BIN="$build/src/app/visavis"
echo "==> Unit tests and scenarios"
# Not the million of schedules: they take the branches of the thousands.
meson test -C "$build" --no-rebuild --quiet --no-suite fault --list | sed 's/.* //' |
    grep -v -e million -e _fast | xargs meson test -C "$build" --no-rebuild --quiet || true
echo "==> Tests of the protocol and of TURN"
for test in tests/e2e/api/*.test.mjs tests/e2e/turn/*.test.mjs; do
    timeout 600 node --test --test-reporter=dot "$test" || echo "failed: $test"
done

# Not: what ASSERT does when it fails, and branches that the compiler makes for `switch` and `&&`
# where nothing is thrown; nor the objects outside of src, which are optimised for the simulator.
branches() { # NAME PATTERN ...
    name=$1
    shift
    printf '%-32s ' "$name"
    gcovr --root . --object-directory "$build" $(printf -- ' --filter %s' "$@") \
        --exclude '.*_test\.c' --exclude '.*/test[a-z]*\.[ch]' --exclude 'src/.*/virtualnet\.c' \
        --exclude-lines-by-pattern '.*ASSERT\(.*' --exclude-unreachable-branches \
        --exclude-throw-branches --gcov-ignore-parse-errors --branches "$build/src" \
        2>/dev/null | sed -n 's/^TOTAL *//p'
}
echo "==> Branches: all, taken, percent"
for folder in base wire crypto model net store turn portal connectors server app; do
    branches "src/$folder" "src/$folder/"
done
branches "all of src" "src/"
branches "decoders" "src/wire/" "src/net/http_parse" "src/store/match" "src/portal/icefilter"
branches "policy of TURN" "src/turn/peerfilter" "src/turn/permission" "src/turn/quota" \
    "src/turn/auth" "src/turn/nonce" "src/turn/credential" "src/turn/rate"
branches "call core" "src/portal/call\.c"
