/* SPDX-License-Identifier: Apache-2.0 */
/* What the files api_admin*.c share. */
#ifndef SERVER_API_ADMIN_H
#define SERVER_API_ADMIN_H

#include "portal/admin.h"
#include "server/api.h"

/* The act of the administrator who asks; it answers 204 when it is kept. */
struct admin_act api_admin_act(const struct api_pending *pending,
                               const struct api_request *request);

#endif
