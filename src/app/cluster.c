/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cluster.h"

#include "app/clusterkey.h"
#include "app/database.h"
#include "app/standing.h"
#include "base/mem.h"
#include "store/lease.h"

struct cluster {
    struct config *config;
    uint8_t key[NODETLS_KEY_SIZE];
    struct tls_context *listens;
};

MUST_USE enum err cluster_create(struct config *config, struct cluster **out)
{
    *out = NULL;
    if (config->cluster.address[0] == '\0') {
        return OK;
    }
    struct cluster *cluster = mem_alloc(sizeof(*cluster));
    if (cluster == NULL) {
        return ERR_NOMEM;
    }
    cluster->config = config;
    enum err err = clusterkey_read(config->cluster.key_file, cluster->key);
    err = err == OK ? nodetls_create(cluster->key, false, &cluster->listens) : err;
    if (err != OK) {
        cluster_destroy(cluster);
        return err;
    }
    *out = cluster;
    return OK;
}

/* Until the lease is this node's. */
static enum err wait_for_lease(struct cluster *cluster, struct lease *lease,
                               struct lease_holder *holder)
{
    struct standing_params params = {
        .config = cluster->config, .key = cluster->key, .lease = lease};
    uint16_t port = 0;
    enum err err = lease_try(lease, holder);
    if (err != ERR_BUSY) {
        return err;
    }
    err = standing_run(&params, holder, &port);
    if (err == OK) {
        cluster->config->listen_port = port; /* if any free one was asked for, it stays */
    }
    return err;
}

/* The schema is brought up to date under the lease, which then goes over to the connection that
 * writes. Who takes it in between has another epoch: ERR_BUSY. */
static enum err open_store(const char *place, struct lease **lease, int64_t epoch,
                           struct store **out)
{
    enum err err = store_open(place, out);
    lease_close(*lease);
    *lease = NULL;
    if (err != OK) {
        *out = NULL;
        return err;
    }
    err = store_own(*out, epoch);
    if (err != OK) {
        store_close(*out);
        *out = NULL;
    }
    return err;
}

MUST_USE enum err cluster_lead(struct cluster *cluster, struct store **out)
{
    const struct config *config = cluster->config;
    char place[DATABASE_PLACE_SIZE];
    enum err err = ERR_BUSY;
    (void)database_place(config, place);
    *out = NULL;
    while (err == ERR_BUSY) {
        struct lease *lease = NULL;
        struct lease_holder holder = {0};
        err = lease_open(place, config->cluster.address, &lease);
        err = err == OK ? wait_for_lease(cluster, lease, &holder) : err;
        err = err == OK ? open_store(place, &lease, holder.epoch, out) : err;
        lease_close(lease);
        if (err == OK) {
            log_info("this node has the portal now", "address=%s epoch=%lld",
                     config->cluster.address, (long long)holder.epoch);
        }
    }
    return err;
}

MUST_USE enum err cluster_listen(struct cluster *cluster, struct http_server *http)
{
    struct addr addr;
    char text[ADDR_TEXT_SIZE];
    uint16_t taken = 0;
    enum err err = addr_parse(slice_text(cluster->config->cluster.address), &addr);
    if (err != OK) {
        return err;
    }
    addr_format_ip(&addr, text);
    return http_server_listen_nodes(http, text, addr.port, cluster->listens, &taken);
}

void cluster_destroy(struct cluster *cluster)
{
    if (cluster != NULL) {
        tls_context_destroy(cluster->listens);
        mem_wipe(cluster->key, sizeof(cluster->key));
        mem_free(cluster);
    }
}
