/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line asks for: the configuration first, then one subcommand. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/config.h"
#include "app/database.h"
#include "app/doctor.h"
#include "app/serve.h"
#include "app/setup.h"

#define ARGUMENTS_MAX 64

struct arguments {
    const char *config;
    const char *settings[ARGUMENTS_MAX]; /* name=value */
    int setting_count;
    const char *data;
    bool demo;
    bool help;
    bool version;
    char *words[ARGUMENTS_MAX]; /* the subcommand and what is its */
    int word_count;
};

static int fail_usage(const char *what, const char *text)
{
    (void)fprintf(stderr, "visavis: %s%s; `visavis --help` says more\n", what, text);
    return COMMANDS_USAGE;
}

/* The value of --option VALUE or --option=VALUE at argv[*i], which moves onto it. NULL: argv[*i]
 * is another one; *missing: it is this one, but nothing follows. */
static const char *value_of(const char *option, int argc, char **argv, int *i, bool *missing)
{
    size_t size = strlen(option);
    if (strncmp(argv[*i], option, size) != 0) {
        return NULL;
    }
    if (argv[*i][size] == '=') {
        return argv[*i] + size + 1;
    }
    if (argv[*i][size] != '\0') {
        return NULL;
    }
    if (*i + 1 >= argc) {
        *missing = true;
        return NULL;
    }
    return argv[++*i];
}

static bool is_flag(struct arguments *arguments, const char *text)
{
    static const struct {
        const char *text;
        size_t offset;
    } flags[] = {{"--demo", offsetof(struct arguments, demo)},
                 {"--help", offsetof(struct arguments, help)},
                 {"-h", offsetof(struct arguments, help)},
                 {"--version", offsetof(struct arguments, version)}};
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (strcmp(text, flags[i].text) == 0) {
            *(bool *)((char *)arguments + flags[i].offset) = true;
            return true;
        }
    }
    return false;
}

/* 0, or the exit code. */
static int parse(struct arguments *arguments, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bool missing = false;
        const char *value = NULL;
        if ((value = value_of("--config", argc, argv, &i, &missing)) != NULL) {
            arguments->config = value;
        } else if (!missing && (value = value_of("--data", argc, argv, &i, &missing)) != NULL) {
            arguments->data = value;
        } else if (!missing && (value = value_of("--set", argc, argv, &i, &missing)) != NULL) {
            if (arguments->setting_count == ARGUMENTS_MAX) {
                return fail_usage("too many times ", "--set");
            }
            arguments->settings[arguments->setting_count++] = value;
        } else if (missing) {
            return fail_usage("a value is missing behind ", argv[i]);
        } else if (!is_flag(arguments, argv[i])) {
            if (arguments->word_count == 0 && argv[i][0] == '-') {
                return fail_usage("there is no option ", argv[i]);
            }
            if (arguments->word_count == ARGUMENTS_MAX) {
                return fail_usage("too many arguments", "");
            }
            arguments->words[arguments->word_count++] = argv[i];
        }
    }
    return 0;
}

static enum err set_from_command_line(struct config *config, const struct arguments *arguments,
                                      struct config_error *error)
{
    static const struct config_source source = {.name = "--set", .number = 2};
    static const struct config_source data_source = {.name = "--data", .number = 2};
    enum err err = OK;
    if (arguments->data != NULL) {
        err = config_set(config, &data_source, SLICE("data"), slice_text(arguments->data), error);
    }
    for (int i = 0; err == OK && i < arguments->setting_count; i++) {
        const char *setting = arguments->settings[i];
        const char *sign = strchr(setting, '=');
        if (sign == NULL) {
            (void)snprintf(error->text, sizeof(error->text), "--set wants NAME=VALUE");
            return ERR_INVALID;
        }
        err = config_set(config, &source, slice_from(setting, (size_t)(sign - setting)),
                         slice_text(sign + 1), error);
    }
    return err;
}

static enum err configure(void *arg, struct config *config, struct config_error *error)
{
    const struct arguments *arguments = arg;
    static const struct config_source environment = {.name = "VISAVIS_DATA"};
    enum err err = OK;
    config_init(config);
    if (arguments->config != NULL) {
        err = config_load(config, arguments->config, error);
    }
    const char *data = getenv("VISAVIS_DATA");
    if (err == OK && data != NULL && data[0] != '\0') {
        err = config_set(config, &environment, SLICE("data"), slice_text(data), error);
    }
    err = err == OK ? set_from_command_line(config, arguments, error) : err;
    config_settle(config);
    return err == OK ? config_check(config, error) : err;
}

static int print_help(void)
{
    printf("Visavis: people, presence and calls, in the browser.\n\n"
           "  visavis [serve] [--demo]\n"
           "      run the server until SIGINT or SIGTERM; --demo: with five people whose\n"
           "      password everybody knows, on a loopback address only\n"
           "  visavis check-config\n"
           "      print the configuration as it would be used\n"
           "  visavis setup [DOMAIN] [--cert FILE --key FILE | --acme URL [--email ADDRESS] |\n"
           "                --test-certificate] [--port N]\n"
           "      write the configuration for a domain, which it asks for, and print the\n"
           "      administrator's link\n"
           "  visavis doctor [--json] [--ask HOST:PORT]\n"
           "      look at this machine and at the network paths, and place a relayed call; --ask:\n"
           "      find the public address by another STUN server\n");
    commands_help();
    printf("\nWith all of them:\n"
           "  --config FILE     read options from FILE, visavis.conf(5)\n"
           "  --data DIR        the folder of the database (also VISAVIS_DATA)\n"
           "  --set NAME=VALUE  set one option\n"
           "  --version, --help\n");
    return EXIT_SUCCESS;
}

static void print_option(void *arg, const char *name, const char *value)
{
    (void)arg;
    printf("%s = %s\n", name, value);
}

static int run(struct config *config, struct arguments *arguments)
{
    const char *word = arguments->word_count == 0 ? "serve" : arguments->words[0];
    bool is_serve = strcmp(word, "serve") == 0;
    if (arguments->demo && !is_serve) {
        return fail_usage("--demo goes with serve only", "");
    }
    if (is_serve || strcmp(word, "check-config") == 0) {
        if (arguments->word_count > 1) {
            return fail_usage("not understood: ", arguments->words[1]);
        }
        if (is_serve) {
            struct serve_configure again = {.read = configure, .arg = arguments};
            return serve(config, &again, arguments->demo);
        }
        config_visit(config, print_option, NULL);
        return EXIT_SUCCESS;
    }
    log_set_level(config->log_level);
    if (strcmp(word, "doctor") == 0) {
        return doctor_command(config, arguments->word_count - 1, arguments->words + 1);
    }
    return commands_run(config, arguments->word_count, arguments->words);
}

int main(int argc, char **argv)
{
    static struct arguments arguments;
    static struct config config;
    int code = parse(&arguments, argc, argv);
    if (code != 0) {
        return code;
    }
    if (arguments.help || (arguments.word_count == 1 && strcmp(arguments.words[0], "help") == 0)) {
        return print_help();
    }
    if (arguments.version) {
        printf("visavis %s\nbuilt with %s\n", VISAVIS_VERSION, VISAVIS_LIBRARIES);
        return EXIT_SUCCESS;
    }
    if (arguments.word_count > 0 && strcmp(arguments.words[0], "setup") == 0) {
        return setup_command(arguments.config, arguments.data, arguments.word_count - 1,
                             arguments.words + 1);
    }
    struct config_error error = {""};
    enum err err = configure(&arguments, &config, &error);
    if (err == OK) {
        err = database_take_password(&config, &error);
    }
    if (err == OK) {
        code = run(&config, &arguments);
    } else {
        (void)fprintf(stderr, "visavis: %s\n", error.text);
        code = EXIT_FAILURE;
    }
    config_fini(&config);
    return code;
}
