/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets that the service manager passes to this process, by the protocol of
 * sd_listen_fds(3): of a socket unit, or those that an earlier process gave it to keep
 * (notify_keep). Connections that come while the server is restarted wait in them. */
#ifndef NET_INHERITED_H
#define NET_INHERITED_H

#include <sys/socket.h>

/* The descriptor of a passed stream socket that is bound to the address and port; it is the
 * caller's. -1: there is none, or it was taken already. */
int inherited_take(const struct sockaddr *wanted);

/* Keeps a socket that listens (the callee's from now on), to be taken again in this process. More
 * than 32 are closed. */
void inherited_give_back(int file);

/* Closes what nobody has taken, and asks the manager to keep it no longer: the configuration
 * listens elsewhere now. Once everything listens. */
void inherited_close_rest(void);

#endif
