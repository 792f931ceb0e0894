/* cmd_rules.c - parley rules: every rule, the level it has now, and why. */
#include "clock.h"
#include "commands.h"
#include "feedback.h"
#include "jsonx.h"
#include "local.h"
#include "store.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

static const char doc[] =
    "List every rule: its level by default, its level now and why, and what people said of it.\n"
    "\n"
    "A rule that too few find useful falls back to notes in the folded part of the comment: at least 20 answers, two people or "
    "more against it, and the upper end of the 95 % Wilson interval under 90 %. Answers come from 'parley feedback', from 'accept' (useful) and "
    "'different' (not useful) under a pull "
    "request, from findings that a push did away with and from notes that were resolved (useful). A level written in .parley.yml stands.\v"
    "Examples:\n"
    "  parley rules\n"
    "  parley rules --data /var/lib/parley --repo ../dw\n"
    "  parley rules --catalog dw.db --json\n"
    "\n"
    "Exit codes: 0 done, 2 wrong usage, 3 it could not be done.";

enum { KEY_JSON = 256 };

static const struct argp_option options[] = {
    {"settings", 's', "FILE", 0, "The server's settings, for its data folder", 0},
    {"data", 'd', "DIR", 0, "The data folder itself, or the address of a PostgreSQL", 0},
    {"catalog", 'c', "FILE", 0, "A catalog made by 'parley scan', for the answers kept in it", 0},
    {"repo", 'r', "DIR", 0, "With the levels of this folder's .parley.yml", 0},
    {"json", KEY_JSON, NULL, 0, "One JSON object per line", 0},
    {0},
};

struct words {
    const char *settings, *data, *catalog, *repo;
    bool json;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case 's':
        w->settings = arg;
        return 0;
    case 'd':
        w->data = arg;
        return 0;
    case 'c':
        w->catalog = arg;
        return 0;
    case 'r':
        w->repo = arg;
        return 0;
    case KEY_JSON:
        w->json = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char *because(struct arena *arena, struct level_now now, const struct rule_use *u) {
    int64_t all = u->useful + u->not_useful;
    if (now.why == LEVEL_SETTINGS) return ".parley.yml says so";
    if (now.why == LEVEL_USE)
        return arena_printf(arena, "%lld of %lld found it useful: under %.0f %%", (long long)u->useful, (long long)all, USE_FLOOR * 100);
    if (all == 0) return "by default";
    if (all >= USE_ANSWERS_MIN && u->not_useful > 0 && u->voices_against < USE_VOICES_MIN)
        return arena_printf(arena, "by default; %lld of %lld found it useful, one person alone did not", (long long)u->useful, (long long)all);
    return arena_printf(arena, "by default; %lld of %lld found it useful", (long long)u->useful, (long long)all);
}

static json_t *forms_json(unsigned forms) {
    static const char *const names[] = {"sql", "python", "settings"};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (forms >> i & 1) json_array_append_new(list, json_string(names[i]));
    }
    return list;
}

static void rule_json(struct arena *arena, enum rule rule, struct level_now now, const struct rule_use *u) {
    static const char *const whys[] = {[LEVEL_DEFAULT] = "default", [LEVEL_SETTINGS] = "settings", [LEVEL_USE] = "use"};
    const struct rule_info *info = rule_info(rule);
    double low = 0, high = 1;
    int64_t all = u->useful + u->not_useful;
    if (all) feedback_wilson(u->useful, all, &low, &high);
    json_t *o = json_object();
    jsx_set_text(o, "rule", info->id);
    jsx_set_text(o, "level_default", severity_name(info->level));
    jsx_set_text(o, "level", severity_name(now.level));
    jsx_set_text(o, "why", whys[now.why]);
    jsx_set_text(o, "because", because(arena, now, u));
    json_object_set_new(o, "speaks", json_boolean(now.why != LEVEL_USE && rule_speaks(rule, now.level)));
    json_object_set_new(o, "proof", json_boolean(info->proof));
    json_object_set_new(o, "forms", forms_json(info->forms));
    json_object_set_new(o, "useful", json_integer(u->useful));
    json_object_set_new(o, "not_useful", json_integer(u->not_useful));
    json_object_set_new(o, "useful_low", all ? json_real(low) : json_null());
    json_object_set_new(o, "useful_high", all ? json_real(high) : json_null());
    jsx_set_text(o, "text", info->sentence);
    jsx_set_text(o, "page", info->page);
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
}

static const struct err *use_load(struct arena *arena, const struct words *w, struct rules_use *use) {
    *use = (struct rules_use){0};
    if (w->catalog) {
        struct catalog *catalog;
        TRY(catalog_open(arena, w->catalog, &catalog));
        return feedback_count(catalog_store(catalog), use);
    }
    if (!w->data && !w->settings) return NULL;
    struct store *store;
    TRY(local_store(arena, w->settings, w->data, &store));
    return feedback_count(store, use);
}

static const struct err *all_print(struct arena *arena, const struct words *w) {
    struct rules_use use;
    const struct repo_settings *settings = repo_settings_default(arena);
    TRY(use_load(arena, w, &use));
    if (w->repo) TRY(local_settings(arena, w->repo, &settings));
    for (int i = 0; i < RULE_COUNT; i++) {
        enum rule rule = (enum rule)i;
        const struct rule_info *info = rule_info(rule);
        struct level_now now = feedback_level(settings, &use, rule);
        if (w->json) rule_json(arena, rule, now, &use.at[i]);
        else
            printf("%-28s %-8s %-8s %s\n    %s\n", info->id, severity_name(info->level), severity_name(now.level), because(arena, now, &use.at[i]),
                   info->sentence);
    }
    return NULL;
}

int cmd_rules(int argc, char **argv) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct words words = {0};
    const struct argp argp = {options, word_take, "", doc, NULL, NULL, NULL};
    int code = EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &words) == 0) {
        const struct err *failed = all_print(arena, &words);
        code = failed ? local_fail(failed) : EXIT_FINE;
    }
    arena_destroy(arena);
    return code;
}
