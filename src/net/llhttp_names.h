/* SPDX-License-Identifier: Apache-2.0 */
/* llhttp's header, whose names of methods would meet those of net/http.h. */
#ifndef NET_LLHTTP_NAMES_H
#define NET_LLHTTP_NAMES_H

#define HTTP_GET LLHTTP_GET
#define HTTP_HEAD LLHTTP_HEAD
#define HTTP_POST LLHTTP_POST
#define HTTP_PUT LLHTTP_PUT
#define HTTP_DELETE LLHTTP_DELETE
#define HTTP_PATCH LLHTTP_PATCH
#include <llhttp.h>
#undef HTTP_GET
#undef HTTP_HEAD
#undef HTTP_POST
#undef HTTP_PUT
#undef HTTP_DELETE
#undef HTTP_PATCH

#endif
