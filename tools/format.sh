#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Formats the C code with clang-format 14; with --check only says what is not formatted.
# Generated files turn clang-format off themselves.
set -eu
cd "$(dirname "$0")/.."

command -v clang-format-14 >/dev/null || {
    echo "format: clang-format-14 is missing (Debian package clang-format-14)" >&2
    exit 2
}
case "${1-}" in
--check) how="--dry-run --Werror" ;;
"") how="-i" ;;
*)
    echo "usage: tools/format.sh [--check]" >&2
    exit 2
    ;;
esac
git ls-files -z 'src/*.[ch]' 'tests/*.[ch]' | xargs -0 clang-format-14 $how
