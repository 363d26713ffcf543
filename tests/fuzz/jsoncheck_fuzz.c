/* SPDX-License-Identifier: Apache-2.0 */
/* What cJSON refuses must be refused, and what is accepted stays acceptable when printed again. */
#include <cjson/cJSON.h>

#include "fuzz.h"
#include "wire/jsoncheck.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jsoncheck_limits limits = jsoncheck_limits_default;
    limits.size_max = SIZE_MAX;
    if (jsoncheck(slice_from(data, size), &limits) != OK) {
        return 0;
    }
    cJSON *root = cJSON_ParseWithLength((const char *)data, size);
    ASSERT(root != NULL);
    char *printed = cJSON_PrintUnformatted(root);
    ASSERT(printed != NULL && jsoncheck(slice_text(printed), &limits) == OK);
    cJSON_free(printed);
    cJSON_Delete(root);
    return 0;
}
