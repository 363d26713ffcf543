/* SPDX-License-Identifier: Apache-2.0 */
#include "server/icelist.h"

#include "base/mem.h"

struct icelist {
    const struct portal *portal;
    bool known;
    uint64_t version; /* of the settings that were read */
    struct webrtc_settings settings;
    struct slice urls[WEBRTC_SERVERS_MAX][WEBRTC_URLS_MAX];
    struct message_ice_server servers[WEBRTC_SERVERS_MAX];
};

MUST_USE enum err icelist_create(const struct portal *portal, struct icelist **out)
{
    struct icelist *list = mem_alloc(sizeof(*list));
    if (list == NULL) {
        return ERR_NOMEM;
    }
    list->portal = portal;
    *out = list;
    return OK;
}

void icelist_destroy(struct icelist *list)
{
    if (list != NULL) {
        mem_wipe(list, sizeof(*list));
        mem_free(list);
    }
}

static void read_again(struct icelist *list)
{
    uint64_t version = portal_settings_version(list->portal);
    if (list->known && list->version == version) {
        return;
    }
    list->known = true;
    list->version = version;
    webrtc_read(list->portal, &list->settings);
    for (uint32_t i = 0; i < list->settings.server_count; i++) {
        const struct webrtc_server *from = &list->settings.servers[i];
        for (uint32_t k = 0; k < from->url_count; k++) {
            list->urls[i][k] = slice_text(from->urls[k]);
        }
        list->servers[i] = (struct message_ice_server){
            .urls = list->urls[i],
            .urls_count = from->url_count,
            .username = slice_text(from->credentials ? from->username : ""),
            .credential = slice_text(from->credentials ? secret_reveal(&from->password) : ""),
        };
    }
}

void icelist_fill(struct icelist *list, struct message_call_is *out)
{
    read_again(list);
    out->ice_servers = list->servers;
    out->ice_servers_count = list->settings.server_count;
    out->relay_only = list->settings.relay_only;
    out->pool_size = list->settings.pool_size;
}

const struct webrtc_settings *icelist_settings(struct icelist *list)
{
    read_again(list);
    return &list->settings;
}
