/* SPDX-License-Identifier: Apache-2.0 */
/* Five people with a password that everybody knows, to try Visavis on one machine. */
#ifndef APP_DEMO_H
#define APP_DEMO_H

#include "base/err.h"
#include "store/store.h"

#define DEMO_PASSWORD "visavis-demo"

/* Fills a database without people, and prints who can sign in. One that has people is left as it
 * is: OK when they are those of the demonstration, else ERR_STATE. ERR_IO, ERR_NOMEM. */
MUST_USE enum err demo_fill(struct store *store);

#endif
