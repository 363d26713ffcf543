/* SPDX-License-Identifier: Apache-2.0 */
/* The pages and files of the compiled-in front end. */
#include "server/api.h"

#include "server/assets.h"

#define CONTENT_SECURITY_POLICY                                                                    \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "        \
    "connect-src 'self'; media-src 'self' blob:; font-src 'self'; manifest-src 'self'; "           \
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "             \
    "require-trusted-types-for 'script'; trusted-types lit-html vv"

static void serve(struct api_request *request, const char *path, uint16_t status)
{
    struct httpapi *api = request->api;
    const struct asset *asset = assets_find(slice_text(path));
    if (asset == NULL || api->server == NULL) {
        api_answer_err(api, request->exchange, "page", ERR_NOT_FOUND, NULL);
        return;
    }
    bool immutable = strncmp(path, "/assets/", 8) == 0;
    enum asset_coding coding =
        assets_choose(asset, http_header_find(request->http, "Accept-Encoding"));
    struct http_header headers[] = {
        {SLICE("Content-Security-Policy"), SLICE(CONTENT_SECURITY_POLICY)},
        {SLICE("Cache-Control"),
         immutable ? SLICE("public, max-age=31536000, immutable") : SLICE("no-cache")},
        {SLICE("ETag"), slice_text(asset->etags[coding])},
        {SLICE("Vary"), SLICE("Accept-Encoding")},
        {SLICE("Referrer-Policy"), SLICE("same-origin")},
        {SLICE("Permissions-Policy"),
         SLICE("camera=(self), microphone=(self), display-capture=(self), geolocation=(), usb=(), "
               "serial=(), bluetooth=(), payment=()")},
        {SLICE("Cross-Origin-Opener-Policy"), SLICE("same-origin")},
        {SLICE("Cross-Origin-Resource-Policy"), SLICE("same-origin")},
        {{0}, {0}},
        {{0}, {0}},
    };
    uint32_t count = 8;
    if (coding != ASSET_IDENTITY) {
        headers[count].name = SLICE("Content-Encoding");
        headers[count++].value = coding == ASSET_BROTLI ? SLICE("br") : SLICE("gzip");
    }
    if (api->params.secure) {
        headers[count].name = SLICE("Strict-Transport-Security");
        headers[count++].value = SLICE("max-age=31536000");
    }
    struct http_response response = {.status = status,
                                     .type = asset->type,
                                     .headers = headers,
                                     .header_count = count,
                                     .body = assets_body(asset, coding),
                                     .body_is_static = true};
    struct slice known = http_header_find(request->http, "If-None-Match");
    if (status == 200 && assets_etag_matches(known, asset->etags[coding])) {
        response.status = 304;
        response.type = NULL;
        response.body = (struct slice){0};
    }
    http_respond(api->server, request->exchange, &response);
}

void api_page_index(struct api_request *request)
{
    serve(request, "/index.html", 200);
}

/* Where browsers give no microphone and no camera, there is no call: over plain http, but for the
 * own machine. What counts is the address that people see; a proxy may end TLS in front. */
static bool gives_devices(const char *origin)
{
    static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};
    if (strncmp(origin, "https://", 8) == 0) {
        return true;
    }
    const char *host = origin + sizeof("http://") - 1;
    size_t size = strcspn(host, host[0] == '[' ? "]" : ":");
    size += host[size] == ']' ? 1 : 0;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (slice_equal(slice_from(host, size), slice_text(own[i]))) {
            return true;
        }
    }
    return false;
}

void api_page_call(struct api_request *request)
{
    if (!gives_devices(request->origin)) {
        /* A page of the portal, which says why. */
        serve(request, "/index.html", 403);
        return;
    }
    /* M52: without a sign-in the sign-in page, which returns to the call afterwards. */
    bool known = request->user != NULL;
    struct id call;
    if (known && id_parse(request->part, &call) == OK) {
        portal_call_comes(request->api->params.portal, &request->user->id, &call, request->now_ms);
    }
    serve(request, known ? "/call.html" : "/index.html", known ? 200 : 401);
}

void api_page_guest(struct api_request *request)
{
    bool may = gives_devices(request->origin);
    serve(request, may ? "/guest.html" : "/index.html", may ? 200 : 403);
}

void api_page_gallery(struct api_request *request)
{
    if (!request->api->params.gallery) {
        api_answer_err(request->api, request->exchange, "page", ERR_NOT_FOUND, NULL);
        return;
    }
    serve(request, "/gallery.html", 200);
}

/* Whether somebody has typed or followed an address, as Fetch Metadata tells. */
static bool wants_page(const struct http_request *http)
{
    return slice_equal(http_header_find(http, "Sec-Fetch-Dest"), SLICE("document"));
}

void api_page_file(struct api_request *request)
{
    const struct asset *asset = assets_find(request->http->path);
    size_t size = asset == NULL ? 0 : strlen(asset->path);
    bool page = size > 5 && strcmp(asset->path + size - 5, ".html") == 0;
    if (asset != NULL && !page) {
        serve(request, asset->path, 200);
    } else if (wants_page(request->http)) {
        serve(request, "/index.html", 404); /* says that nothing is here, and where to go */
    } else {
        api_answer_err(request->api, request->exchange, "page", ERR_NOT_FOUND, NULL);
    }
}

static void answer_text(struct api_request *request, uint16_t status, const char *text)
{
    if (request->api->server != NULL) {
        http_respond(request->api->server, request->exchange,
                     &(struct http_response){.status = status,
                                             .type = "text/plain; charset=utf-8",
                                             .body = slice_text(text),
                                             .body_is_static = true});
    }
}

void api_healthz(struct api_request *request)
{
    answer_text(request, 200, "ok");
}

void api_readyz(struct api_request *request)
{
    const struct httpapi_params *params = &request->api->params;
    const char *why = params->unready(params->unready_arg);
    answer_text(request, why == NULL ? 200 : 503, why == NULL ? "ready" : why);
}
