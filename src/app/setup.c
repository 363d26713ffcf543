/* SPDX-License-Identifier: Apache-2.0 */
#include "app/setup.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/setup_file.h"
#include "app/setup_owner.h"
#include "base/text.h"
#include "net/tls.h"

#define DOMAIN_MAX 253
#define LABEL_MAX 63
#define TRIES 3
#define PORT_LOCAL 8443

enum tls_choice { TLS_CHOOSE, TLS_FILES, TLS_ACME, TLS_TEST };

struct setup {
    char domain[DOMAIN_MAX + 2];
    enum tls_choice tls;
    const char *cert;
    const char *key;
    const char *authority;
    const char *email;
    uint64_t port; /* 0: as usual */
};

/* ---- the domain ---- */

/* Names that no public authority knows (RFC 6761, RFC 6762, RFC 8375, and what people use). */
static bool is_public(const char *domain)
{
    static const char *const endings[] = {".localhost", ".local",   ".test", ".internal",
                                          ".invalid",   ".example", ".lan",  ".home.arpa"};
    size_t size = strlen(domain);
    if (strchr(domain, '.') == NULL) {
        return false;
    }
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t ending = strlen(endings[i]);
        if (size > ending && strcmp(domain + size - ending, endings[i]) == 0) {
            return false;
        }
    }
    return true;
}

static bool is_label(const char *label, size_t size)
{
    if (size == 0 || size > LABEL_MAX || label[0] == '-' || label[size - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (!islower((unsigned char)label[i]) && !isdigit((unsigned char)label[i]) &&
            label[i] != '-') {
            return false;
        }
    }
    return true;
}

/* NULL, or what is wrong with it. */
static const char *check_domain(const char *domain)
{
    const char *label = domain;
    if (strlen(domain) > DOMAIN_MAX) {
        return "a domain has at most 253 characters";
    }
    if (strchr(domain, '/') != NULL || strchr(domain, ':') != NULL) {
        return "only the name is wanted, without https:// and without a port (--port)";
    }
    for (;;) {
        size_t size = strcspn(label, ".");
        if (!is_label(label, size)) {
            return "letters, digits and hyphens between dots, as in calls.example.org; other "
                   "letters in the form xn--...";
        }
        if (label[size] == '\0') {
            bool number = strspn(label, "0123456789") == size;
            return number ? "this is an address; browsers and certificates want a name" : NULL;
        }
        label += size + 1;
    }
}

static void take_domain(struct setup *setup, const char *text)
{
    size_t size = 0;
    for (; *text != '\0' && size <= DOMAIN_MAX; text++) {
        if (!isspace((unsigned char)*text)) {
            setup->domain[size++] = (char)tolower((unsigned char)*text);
        }
    }
    setup->domain[size] = '\0';
}

static bool ask_domain(struct setup *setup)
{
    char line[512];
    for (int i = 0; i < TRIES; i++) {
        (void)fputs("Under which domain will people reach this server (such as "
                    "calls.example.org; localhost: only this machine)? ",
                    stderr);
        if (fgets(line, sizeof(line), stdin) == NULL) {
            (void)fputs("\nvisavis: no domain came from the standard input\n", stderr);
            return false;
        }
        take_domain(setup, line);
        const char *why = check_domain(setup->domain);
        if (why == NULL) {
            return true;
        }
        (void)fprintf(stderr, "visavis: %s\n", why);
    }
    return false;
}

/* ---- the command line ---- */

static bool take_option(struct setup *setup, const char *option, const char *value)
{
    if (strcmp(option, "--cert") == 0) {
        setup->cert = value;
    } else if (strcmp(option, "--key") == 0) {
        setup->key = value;
    } else if (strcmp(option, "--acme") == 0) {
        setup->authority = value;
    } else if (strcmp(option, "--email") == 0) {
        setup->email = value;
    } else if (strcmp(option, "--port") == 0) {
        return text_parse_number(slice_text(value), 65535, &setup->port) == OK && setup->port > 0;
    } else {
        return false;
    }
    return value[0] != '\0' && strpbrk(value, "\r\n") == NULL;
}

/* At most one way to a certificate. */
static bool choose_tls(struct setup *setup)
{
    bool files = setup->cert != NULL || setup->key != NULL;
    bool test = setup->tls == TLS_TEST;
    if ((int)files + (int)test + (int)(setup->authority != NULL) > 1 ||
        (files && (setup->cert == NULL || setup->key == NULL)) ||
        (setup->email != NULL && (files || test))) {
        return false;
    }
    if (files) {
        setup->tls = TLS_FILES;
    } else if (setup->authority != NULL) {
        setup->tls = TLS_ACME;
    }
    return true;
}

static bool take_words(struct setup *setup, int count, char *const *words)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], "--test-certificate") == 0) {
            setup->tls = TLS_TEST;
        } else if (words[i][0] == '-') {
            if (i + 1 == count || !take_option(setup, words[i], words[i + 1])) {
                return false;
            }
            i++;
        } else if (setup->domain[0] != '\0' || words[i][0] == '\0') {
            return false;
        } else {
            take_domain(setup, words[i]);
        }
    }
    return choose_tls(setup);
}

/* ---- what is written ---- */

/* The files as given, when they are a certificate and its key; their paths from the root. */
static bool check_files(struct setup *setup, char cert[PATH_MAX], char key[PATH_MAX])
{
    struct tls_context *context = NULL;
    if (realpath(setup->cert, cert) == NULL || realpath(setup->key, key) == NULL) {
        (void)fprintf(stderr, "visavis: %s or %s cannot be found: %s\n", setup->cert, setup->key,
                      strerror(errno));
        return false;
    }
    if (tls_context_create(cert, key, &context) != OK) {
        (void)fputs("visavis: these files are not a certificate and its key\n", stderr);
        return false;
    }
    tls_context_destroy(context);
    setup->cert = cert;
    setup->key = key;
    return true;
}

static enum err put_certificate(const struct setup *setup, struct setup_file *file)
{
    enum err err = OK;
    if (setup->tls == TLS_ACME) {
        err = setup_file_set(file, "acme.directory", setup->authority);
        err = err == OK && setup->email != NULL ? setup_file_set(file, "acme.email", setup->email)
                                                : err;
    } else if (setup->tls == TLS_FILES) {
        err = setup_file_set(file, "tls.cert", setup->cert);
        err = err == OK ? setup_file_set(file, "tls.key", setup->key) : err;
    } else {
        err = setup_file_set_path(file, "tls.cert", SETUP_TEST_CERT);
        err = err == OK ? setup_file_set_path(file, "tls.key", SETUP_TEST_KEY) : err;
    }
    return err;
}

static enum err put_options(const struct setup *setup, struct setup_file *file)
{
    char text[320];
    char suffix[16] = "";
    bool local = strcmp(setup->domain, "localhost") == 0;
    uint64_t usual = local ? PORT_LOCAL : 443;
    uint64_t port = setup->port == 0 ? usual : setup->port;
    if (port != 443) {
        (void)snprintf(suffix, sizeof(suffix), ":%u", (unsigned)port);
    }
    (void)snprintf(text, sizeof(text), "https://%s%s", setup->domain, suffix);
    enum err err = setup_file_set(file, "listen.address", local ? "127.0.0.1" : "::");
    err = err == OK ? setup_file_set(file, "origin", text) : err;
    (void)snprintf(text, sizeof(text), "%u", (unsigned)port);
    err = err == OK ? setup_file_set(file, "listen.port", text) : err;
    /* Some networks know the usual port of TURN only. */
    err = err == OK && port == 443 ? setup_file_set(file, "turn.ports", "3478") : err;
    return err == OK ? put_certificate(setup, file) : err;
}

/* ---- what is said ---- */

static void say_certificate(const struct setup *setup)
{
    if (setup->tls == TLS_FILES) {
        printf("Certificate: %s. After a renewal: systemctl reload visavis.\n", setup->cert);
    } else if (setup->tls == TLS_ACME) {
        printf("Certificate: the server asks for it at its first start, and renews it:\n  %s\n"
               "  With that you accept the terms of this authority. It must reach port 443 of %s\n"
               "  from the internet; until it has, browsers warn of a certificate of ours.\n",
               setup->authority, setup->domain);
    } else {
        printf("NOTICE: the certificate is for trying only. It is signed by nobody, browsers warn\n"
               "  of it, and whoever is between could take its place. For people to use it, give\n"
               "  the files of a real one: visavis setup %s --cert FILE --key FILE\n",
               setup->domain);
    }
}

static int print_link(const char *path, const char *data, const struct config *config)
{
    char *words[] = {"invite", "--admin"};
    if (config->tls_cert[0] != '\0' && access(config->tls_key, R_OK) != 0 && errno == EACCES) {
        printf("NOTICE: the server's user cannot read %s; let it, or the server does not start.\n",
               config->tls_key);
    }
    printf("Start the server: visavis serve --config %s%s%s (with the package: systemctl restart "
           "visavis).\nThen open this link, which works once, to make the administrator's "
           "account:\n",
           path, data == NULL ? "" : " --data ", data == NULL ? "" : data);
    (void)fflush(stdout);
    return commands_run(config, 2, words);
}

static int write_all(struct setup *setup, const char *path, const char *data)
{
    struct setup_file file;
    static struct config config;
    config_init(&config);
    enum err err = setup_file_open(&file, path, data);
    err = err == OK ? put_options(setup, &file) : err;
    err = err == OK ? setup_file_finish(&file, &config) : err;
    setup_file_close(&file);
    if (err == ERR_NOMEM) { /* whatever else fails has said so itself */
        (void)fputs("visavis: out of memory\n", stderr);
    }
    if (err == OK) {
        say_certificate(setup);
        err = setup_owner_become(config.data);
    }
    if (err == OK && setup->tls == TLS_TEST) {
        err = setup_owner_test_certificate(&config, setup->domain);
    }
    int code = err == OK ? print_link(path, data, &config) : EXIT_FAILURE;
    config_fini(&config);
    return code;
}

int setup_command(const char *config, const char *data, int count, char *const *words)
{
    struct setup setup = {0};
    char cert[PATH_MAX];
    char key[PATH_MAX];
    if (!take_words(&setup, count, words)) {
        (void)fputs("usage: visavis setup [DOMAIN] [--cert FILE --key FILE | --acme URL [--email "
                    "ADDRESS] | --test-certificate] [--port N]\n",
                    stderr);
        return COMMANDS_USAGE;
    }
    if (setup.domain[0] == '\0' && !ask_domain(&setup)) {
        return EXIT_FAILURE;
    }
    const char *why = check_domain(setup.domain);
    if (why != NULL) {
        (void)fprintf(stderr, "visavis: %s: %s\n", setup.domain, why);
        return EXIT_FAILURE;
    }
    if (setup.tls == TLS_CHOOSE) {
        setup.tls = is_public(setup.domain) ? TLS_ACME : TLS_TEST;
    }
    if (setup.authority == NULL) {
        setup.authority = SETUP_AUTHORITY;
    }
    if (setup.tls == TLS_FILES && !check_files(&setup, cert, key)) {
        return EXIT_FAILURE;
    }
    return write_all(&setup, config == NULL ? SETUP_FILE : config, data);
}
