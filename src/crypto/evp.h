/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's headers for keys, ciphers and certificates, for this folder only. Their type ERR_STATE,
 * which nobody needs, has the name of an error of ours. */
#ifndef CRYPTO_EVP_H
#define CRYPTO_EVP_H

#define ERR_STATE openssl_err_state
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#undef ERR_STATE

#endif
