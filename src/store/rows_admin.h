/* SPDX-License-Identifier: Apache-2.0 */
/* Settings, IM accounts, choices and the audit, to rows and back. */
#ifndef STORE_ROWS_ADMIN_H
#define STORE_ROWS_ADMIN_H

#include "model/model.h"
#include "store/bind.h"
#include "store/read.h"

MUST_USE enum err rows_admin_write(struct queries *queries, const struct change *change);

void rows_admin_read_setting(struct reader *reader, struct change *change);
void rows_admin_read_im(struct reader *reader, struct change *change);
void rows_admin_read_choice(struct reader *reader, struct change *change);

#endif
