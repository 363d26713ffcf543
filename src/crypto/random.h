/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Once, before anything else of this folder. Ends the program when no randomness can be had. */
void random_init(void);

/* `size` bytes fit for secrets. Any thread. */
void random_bytes(uint8_t *out, size_t size);

#endif
