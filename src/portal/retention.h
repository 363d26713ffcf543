/* SPDX-License-Identifier: Apache-2.0 */
/* Messages are forgotten for their age: a page of the oldest at a time, so that what people do
 * meanwhile never waits for all of it. */
#ifndef PORTAL_RETENTION_H
#define PORTAL_RETENTION_H

#include "portal/internal.h"

/* Forgets the messages of a time before `before_s` (seconds since 1970), unless that is under way.
 * Nobody waits for it; what fails is tried again when it is begun the next time. */
void retention_begin(struct portal *portal, int64_t before_s);

#endif
