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

/* How often "WATCHDOG=1" must be said, in ms, halved to be early; 0: nobody waits for it. */
uint32_t notify_watchdog_ms(void);

#endif
