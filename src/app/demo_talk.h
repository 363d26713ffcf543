/* SPDX-License-Identifier: Apache-2.0 */
/* What the people of the demonstration have said to each other. */
#ifndef APP_DEMO_TALK_H
#define APP_DEMO_TALK_H

#include "store/store.h"

enum demo_person { DEMO_MARY, DEMO_JOHN, DEMO_ANNA, DEMO_LUC, DEMO_SOFIA, DEMO_PEOPLE };

/* Two activities, a chat of two, and a space in which some of them talk. Inside a group of the
 * caller. */
MUST_USE enum err demo_talk(struct store *store, const struct id people[DEMO_PEOPLE]);

#endif
