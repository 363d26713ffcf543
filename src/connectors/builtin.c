/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/builtin.h"

#include "base/log.h"
#include "connectors/link/meetlink.h"
#include "connectors/sip/sip.h"
#include "connectors/webrtc/webrtc.h"

MUST_USE enum err builtin_register(struct portal *portal)
{
    static const struct {
        const struct connector *connector;
        bool active;
    } all[] = {{&webrtc_connector, true}, {&meetlink_connector, false}, {&sip_connector, false}};
    enum err err = OK;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && err == OK; i++) {
        const char *why = NULL;
        err = portal_connector_add(portal, all[i].connector, all[i].active, &why);
        ASSERT(err == OK);
    }
    return err;
}
