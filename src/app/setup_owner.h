/* SPDX-License-Identifier: Apache-2.0 */
/* Who owns the data folder: setup is run by root, the server is not. Says on stderr what goes
 * wrong. */
#ifndef APP_SETUP_OWNER_H
#define APP_SETUP_OWNER_H

#include "app/config.h"

/* Makes the folder when there is none (as the user `visavis` where there is one), and becomes its
 * owner when this process is root. */
MUST_USE enum err setup_owner_become(const char *data);

/* A certificate that signs itself, and its key, where *config says. */
MUST_USE enum err setup_owner_test_certificate(const struct config *config, const char *domain);

#endif
