/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzz target is one function. libFuzzer calls it with bytes that it invents; replay.c calls it
 * with each file of the corpus. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
