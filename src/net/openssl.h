/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's headers. Their type ERR_STATE, which nobody needs, has the name of an error of ours. */
#ifndef NET_OPENSSL_H
#define NET_OPENSSL_H

#define ERR_STATE openssl_err_state
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#undef ERR_STATE

#endif
