/* SPDX-License-Identifier: Apache-2.0 */
/* visavis setup: one question (the domain), a configuration file, the administrator's link. */
#ifndef APP_SETUP_H
#define APP_SETUP_H

#define SETUP_FILE "/etc/visavis/visavis.conf" /* unless --config names another */
#define SETUP_AUTHORITY "https://acme-v02.api.letsencrypt.org/directory"

/* `config` and `data`: what --config and --data say, or NULL; `words`: what follows "setup". Gives
 * the exit code. */
int setup_command(const char *config, const char *data, int count, char *const *words);

#endif
