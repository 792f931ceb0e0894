/* cmd_review.c - parley review: the review of a pull request, on this machine. */
#include "commands.h"
#include "local.h"
#include "render.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char doc[] =
    "Review a change, or a whole folder, against what exists.\n"
    "\n"
    "With --base (or --head) the definitions that change between the two revisions are reviewed; --head left out means the working tree. "
    "Without either, every definition below the folder is held against the catalog and the others.\v"
    "Examples:\n"
    "  parley review --base main\n"
    "  parley review --repo ../dw --base origin/main --head HEAD --format markdown\n"
    "  parley review --catalog dw.db models/gold/churn.sql\n"
    "\n"
    "Exit codes: 0 nothing that blocks, 1 the verdict is gate (mode gate, and a proof or the cost limit stands against it), "
    "2 wrong usage, 3 it could not be done.";

enum { KEY_REPO = 'r', KEY_BASE = 'b', KEY_HEAD = 'H', KEY_CATALOG = 'c', KEY_FORMAT = 'f', KEY_JSON = 256, KEY_DIALECT, KEY_PRICES };

static const struct argp_option options[] = {
    {"repo", KEY_REPO, "DIR", 0, "The repository or folder [.]", 0},
    {"base", KEY_BASE, "REV", 0, "Compare with the merge base of this revision", 0},
    {"head", KEY_HEAD, "REV", 0, "The changed side [the working tree]", 0},
    {"catalog", KEY_CATALOG, "FILE", 0, "A catalog made by 'parley scan'; without one, the repository itself is the catalog", 0},
    {"format", KEY_FORMAT, "FORMAT", 0, "text, markdown, json or sarif [text]", 0},
    {"json", KEY_JSON, NULL, 0, "The same as --format json", 0},
    {"dialect", KEY_DIALECT, "NAME", 0, "SQL dialect where nothing says another", 0},
    {"prices", KEY_PRICES, "FILE", 0, "Another price list", 0},
    {0},
};

struct words {
    struct arena *arena;
    struct local_ask ask;
    VEC(const char *) paths;
    const char *format;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case KEY_REPO:
        w->ask.dir = arg;
        return 0;
    case KEY_BASE:
        w->ask.base = arg;
        return 0;
    case KEY_HEAD:
        w->ask.head = arg;
        return 0;
    case KEY_CATALOG:
        w->ask.catalog = arg;
        return 0;
    case KEY_FORMAT:
        w->format = arg;
        return 0;
    case KEY_JSON:
        w->format = "json";
        return 0;
    case KEY_DIALECT:
        w->ask.dialect = arg;
        return 0;
    case KEY_PRICES:
        w->ask.prices = arg;
        return 0;
    case ARGP_KEY_ARG:
        *vec_add(w->arena, &w->paths) = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct err *print(struct arena *arena, const struct review *review, const char *format) {
    struct render_options how = {.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR")};
    char *text = NULL;
    if (strcmp(format, "json") == 0) text = json_dumps(render_json(arena, review), JSON_INDENT(2));
    else if (strcmp(format, "sarif") == 0) text = json_dumps(render_sarif(arena, review), JSON_INDENT(2));
    if (text) {
        puts(text);
        free(text);
        return NULL;
    }
    if (strcmp(format, "markdown") == 0) TRY(render_comment(arena, review, &how, &text));
    else TRY(render_text(arena, review, &how, &text));
    fputs(text, stdout);
    return NULL;
}

static bool format_known(const char *format) {
    static const char *const formats[] = {"text", "markdown", "json", "sarif"};
    for (size_t i = 0; i < 4; i++) {
        if (strcmp(format, formats[i]) == 0) return true;
    }
    fprintf(stderr, "parley review: unknown format '%s'; known: text, markdown, json, sarif\n", format);
    return false;
}

int cmd_review(int argc, char **argv) {
    struct arena *arena = arena_create(ARENA_JOB * 2);
    struct words words = {.arena = arena, .ask = {.dir = "."}, .format = "text"};
    const struct argp argp = {options, word_take, "[PATH...]", doc, NULL, NULL, NULL};
    struct review *review;
    int code = EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &words) == 0 && format_known(words.format)) {
        words.ask.paths = words.paths.at;
        words.ask.path_count = words.paths.n;
        const struct err *failed = local_review(arena, &words.ask, &review);
        if (!failed) failed = print(arena, review, words.format);
        code = failed ? local_fail(failed) : review->verdict == VERDICT_GATE ? EXIT_FOUND : EXIT_FINE;
    }
    arena_destroy(arena);
    return code;
}
