/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's headers for keys and ciphers, for this folder only. Their type ERR_STATE, which nobody
 * needs, has the name of an error of ours. */
#ifndef CRYPTO_EVP_H
#define CRYPTO_EVP_H

#define ERR_STATE openssl_err_state
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#undef ERR_STATE

#endif
