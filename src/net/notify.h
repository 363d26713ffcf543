/* SPDX-License-Identifier: Apache-2.0 */
/* Words to the service manager that started this process: the protocol of sd_notify(3), of which
 * a datagram is all. Without a manager that listens nothing happens. */
#ifndef NET_NOTIFY_H
#define NET_NOTIFY_H

#include <stdint.h>

/* Says `state`, lines such as "READY=1". What cannot be said is logged once. */
void notify_send(const char *state);

/* As notify_send "RELOADING=1", with the time that the manager wants beside it. */
void notify_reloading(void);

/* Gives the manager a copy of the open `file` to keep under `name` (letters, digits, '-', '.', at
 * most 100 bytes) while this process is restarted: the next one finds it (net/inherited.h). */
void notify_keep(int file, const char *name);
/* It need not keep what has the name any longer. */
void notify_forget(const char *name);

/* How often "WATCHDOG=1" must be said, in ms, halved to be early; 0: nobody waits for it. */
uint32_t notify_watchdog_ms(void);

#endif
