/* main.c - the table of subcommands; the only file that knows every part. */
#include "commands.h"
#include "text.h"

#include <argp.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

struct command {
    const char *name;
    const char *summary; /* NULL: not shown, for our own child processes */
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
#define COMMAND(name, summary) {#name, summary, cmd_##name},
#include "commands.def"
#undef COMMAND
    {NULL, NULL, NULL},
};

static int help_print(FILE *out) {
    fputs("Usage: parley COMMAND [OPTION...] [ARGUMENT...]\n"
          "The review bot for data pipelines: finds what exists already and what it will cost.\n\nCommands:\n",
          out);
    for (const struct command *c = commands; c->name; c++) {
        if (c->summary) fprintf(out, "  %-12s %s\n", c->name, c->summary);
    }
    fputs("\n  --help       show this help; 'parley COMMAND --help' shows a command's\n"
          "  --version    show the version\n\n"
          "Exit codes: 0 all is well, 1 something to see (findings over the gate, text not understood),\n"
          "2 wrong usage, 3 it could not be done.\n",
          out);
    return ferror(out) ? EXIT_BROKEN : EXIT_FINE;
}

static int unknown_command(const char *name) {
    const char *names[sizeof commands / sizeof *commands];
    size_t count = 0;
    for (const struct command *c = commands; c->name; c++) {
        if (c->summary) names[count++] = c->name;
    }
    const char *near = text_nearest(name, names, count);
    fprintf(stderr, "parley: unknown command '%s'%s%s%s\nTry 'parley --help'.\n", name, near ? "; did you mean '" : "", near ? near : "",
            near ? "'?" : "");
    return EXIT_USAGE;
}

int main(int argc, char **argv) {
    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    argp_err_exit_status = EXIT_USAGE;
    argp_program_version = "parley " PARLEY_VERSION;
    if (argc < 2) {
        help_print(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) return help_print(stdout);
    if (strcmp(argv[1], "--version") == 0) {
        puts(argp_program_version);
        return EXIT_FINE;
    }
    for (const struct command *c = commands; c->name; c++) {
        if (strcmp(argv[1], c->name) != 0) continue;
        char name[64];
        snprintf(name, sizeof name, "parley %s", c->name);
        argv[1] = name;
        return c->run(argc - 1, argv + 1);
    }
    return unknown_command(argv[1]);
}
