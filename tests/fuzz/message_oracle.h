/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MESSAGE_ORACLE_H
#define MESSAGE_ORACLE_H

#include "wire/message.h"

/* As message_decode. */
MUST_USE enum err oracle_decode(struct slice text, struct arena *arena, struct message *out);

#endif
