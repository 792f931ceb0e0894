/* cmd_doctor.c - parley doctor: is everything there that the service needs? Each line says what, and what to do. */
#include "chat.h"
#include "commands.h"
#include "forge.h"
#include "fs.h"
#include "jsonx.h"
#include "local.h"
#include "migrate.h"
#include "price.h"
#include "render.h"

#include <argp.h>
#include <stdio.h>
#include <unistd.h>

static const char doc[] = "Check settings, secrets, data folder, prices, templates, GitHub's permissions and Slack's token.\v"
                          "Examples:\n"
                          "  parley doctor --settings /etc/parley/parley.yml\n"
                          "  parley doctor --settings parley.yml --repo acme/dw\n"
                          "\n"
                          "Exit codes: 0 all is well, 1 something is missing, 2 wrong usage, 3 the settings cannot be read.";

enum { KEY_JSON = 256, KEY_OFFLINE };

static const struct argp_option options[] = {
    {"settings", 's', "FILE", 0, "The server's settings", 0},
    {"repo", 'r', "NAME", 0, "Also check what the GitHub App may do in this repository", 0},
    {"offline", KEY_OFFLINE, NULL, 0, "Leave out what needs the network", 0},
    {"json", KEY_JSON, NULL, 0, "One JSON object per check", 0},
    {0},
};

struct checkup {
    struct arena *arena;
    const char *path, *repo;
    bool offline, json, failed;
    struct settings *settings;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct checkup *c = state->input;
    switch (key) {
    case 's':
        c->path = arg;
        return 0;
    case 'r':
        c->repo = arg;
        return 0;
    case KEY_OFFLINE:
        c->offline = true;
        return 0;
    case KEY_JSON:
        c->json = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

enum outcome { OUTCOME_FINE, OUTCOME_ABSENT, OUTCOME_WRONG };

/* ABSENT: not set up, which may be meant. */
static void say(struct checkup *c, enum outcome outcome, const char *what, const char *detail) {
    static const char *const words[] = {"ok", "not set up", "wrong"};
    if (outcome == OUTCOME_WRONG) c->failed = true;
    if (!c->json) {
        printf("%-11s %-22s %s\n", words[outcome], what, detail ? detail : "");
        return;
    }
    json_t *o = json_object();
    jsx_set_text(o, "check", what);
    jsx_set_text(o, "outcome", words[outcome]);
    jsx_set_text(o, "detail", detail);
    json_dumpf(o, stdout, 0);
    putchar('\n');
    json_decref(o);
}

static void say_err(struct checkup *c, const char *what, const struct err *failed, const char *fine) {
    say(c, failed ? OUTCOME_WRONG : OUTCOME_FINE, what, failed ? failed->text : fine);
}

#define CONNECTIONS_BASE  9 /* of one server, besides two for each worker: its own and its job's */
#define POSTGRES_AT_LEAST 130000
#define POSTGRES_ASKED                                                                                                                               \
    "SELECT CAST(current_setting('server_version_num') AS BIGINT), CAST(current_setting('max_connections') AS BIGINT), "                             \
    "CASE WHEN current_setting('fsync') = 'off' OR current_setting('synchronous_commit') = 'off' THEN 1 ELSE 0 END"

/* What a PostgreSQL must be for our promises to hold. */
static void postgres_check(struct checkup *c, struct store *store) {
    struct row row;
    const struct err *failed = store_one(store, c->arena, POSTGRES_ASKED, VALS_NONE, &row);
    int64_t wanted = CONNECTIONS_BASE + 2 * c->settings->limits.workers;
    if (failed) say(c, OUTCOME_WRONG, "postgresql", failed->text);
    else if (val_as_int(&row.at[0], 0) < POSTGRES_AT_LEAST) say(c, OUTCOME_WRONG, "postgresql", "older than version 13");
    else if (val_as_int(&row.at[1], 0) < wanted)
        say(c, OUTCOME_WRONG, "postgresql", arena_printf(c->arena, "max_connections is too low: one server holds up to %lld", (long long)wanted));
    else if (val_as_int(&row.at[2], 1))
        say(c, OUTCOME_WRONG, "postgresql", "fsync or synchronous_commit is off: what was answered 202 may be lost when it crashes");
    else say(c, OUTCOME_FINE, "postgresql", arena_printf(c->arena, "one server holds up to %lld connections", (long long)wanted));
}

static void files_check(struct checkup *c) {
    struct store *store = NULL;
    struct price_list *prices = NULL;
    const struct err *failed = fs_make_dirs(c->settings->data);
    say_err(c, "data folder", failed, c->settings->data);
    failed = migrate_open(settings_place(c->settings), &store);
    say_err(c, "store", failed, c->settings->store ? store_name(c->arena, c->settings->store) : "SQLite in the data folder");
    if (!failed && c->settings->store) postgres_check(c, store);
    store_close(store);
    failed = price_list_load(c->arena, c->settings->prices, &prices);
    say_err(c, "price list", failed, failed ? NULL : arena_printf(c->arena, "%s, of %s", price_list_source(prices), price_list_date(prices)));
    say_err(c, "templates", render_check_templates(c->settings->templates), c->settings->templates ? c->settings->templates : "built in");
}

static void secret_check(struct checkup *c, const char *route, const struct secret *secret, const char *name) {
    if (!secret->now) say(c, OUTCOME_ABSENT, route, arena_printf(c->arena, "answers 403 until %s or %s_FILE is set", name, name));
    else if (strlen(secret->now) < 16) say(c, OUTCOME_WRONG, route, arena_printf(c->arena, "%s is shorter than 16 characters: easily guessed", name));
    else say(c, OUTCOME_FINE, route, secret->old ? "secret set, the old one still taken" : "secret set");
}

static void secrets_check(struct checkup *c) {
    const struct settings *s = c->settings;
    secret_check(c, "/webhooks/github", &s->github.webhook, "PARLEY_GITHUB_WEBHOOK_SECRET");
    secret_check(c, "/webhooks/slack", &s->slack.signing, "PARLEY_SLACK_SIGNING_SECRET");
    secret_check(c, "/webhooks/databricks", &s->databricks.secret, "PARLEY_DATABRICKS_SECRET");
    secret_check(c, "/webhooks/jobs", &s->jobs.secret, "PARLEY_JOBS_SECRET");
    secret_check(c, "/api/v1/lineage", &s->lineage.secret, "PARLEY_LINEAGE_SECRET");
}

/* What the App needs, and what for. https://docs.github.com/rest/authentication/permissions-required-for-github-apps */
static const struct {
    const char *name, *level, *why;
} needed[] = {
    {"metadata", "read", "is granted to every App"},
    {"contents", "read", "to read the changed files"},
    {"pull_requests", "write", "to comment, note lines and ask reviewers"},
    {"checks", "write", "to set the check run"},
    {"issues", "write", "to react to commands, and to open issues for jobs"},
    {"members", "read", "to know who belongs to an owning team"},
};

static bool level_enough(const char *have, const char *want) {
    if (!have) return false;
    return strcmp(have, want) == 0 || strcmp(have, "write") == 0 || strcmp(have, "admin") == 0;
}

/* What the App listens to, and what for: those of handlers/handlers.c. */
static const struct {
    const char *name, *why;
} heard[] = {
    {"pull_request", "no change is reviewed"},
    {"issue_comment", "commands under pull requests are not heard"},
    {"pull_request_review_comment", "commands under notes are not heard"},
    {"pull_request_review_thread", "it is not known which notes were dealt with"},
    {"check_run", "'Re-run' at the check does nothing"},
    {"push", "the catalog does not follow the branch"},
};

static bool is_listed(const json_t *list, const char *name) {
    const json_t *one;
    size_t i;
    json_array_foreach(list, i, one) {
        if (json_is_string(one) && strcmp(json_string_value(one), name) == 0) return true;
    }
    return false;
}

static void events_check(struct checkup *c, const json_t *events) {
    bool all = true;
    for (size_t i = 0; i < sizeof heard / sizeof *heard; i++) {
        if (is_listed(events, heard[i].name)) continue;
        all = false;
        say(c, OUTCOME_WRONG, arena_printf(c->arena, "github event %s", heard[i].name),
            arena_printf(c->arena, "the App does not subscribe to it, so %s. Change it in the App's settings, under events", heard[i].why));
    }
    if (all) say(c, OUTCOME_FINE, "github events", "all that are listened to");
}

static void permissions_check(struct checkup *c, const json_t *granted) {
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        const char *have = jsx_str(granted, needed[i].name, NULL);
        const char *what = arena_printf(c->arena, "github %s", needed[i].name);
        if (level_enough(have, needed[i].level)) say(c, OUTCOME_FINE, what, have);
        else
            say(c, OUTCOME_WRONG, what,
                arena_printf(c->arena, "%s is needed %s; granted is %s. Change it in the App's settings and accept it in the organization",
                             needed[i].level, needed[i].why, have ? have : "nothing"));
    }
}

static void installation_check(struct checkup *c, struct github *github) {
    json_t *installation = NULL;
    const struct err *failed = github_granted(github, c->arena, c->repo, &installation);
    if (failed) {
        say(c, OUTCOME_WRONG, "github permissions", failed->text);
        return;
    }
    if (!installation) {
        say(c, OUTCOME_FINE, "github permissions", "token mode: they are the token's own");
        return;
    }
    permissions_check(c, json_object_get(installation, "permissions"));
    events_check(c, json_object_get(installation, "events"));
}

static void github_check(struct checkup *c, struct http *http) {
    struct github *github = NULL;
    const char *login = NULL;
    if (!forge_has_github(c->settings)) {
        say(c, OUTCOME_ABSENT, "github", "give github.app_id and a private key, or PARLEY_GITHUB_TOKEN");
        return;
    }
    const struct err *failed = forge_github(c->settings, http, &github);
    if (!failed && !c->offline) failed = github_app_login(github_identity(github), c->arena, &login);
    say_err(c, "github", failed, login ? arena_printf(c->arena, "%s at %s", login, c->settings->github.api) : "key or token can be read");
    if (!failed && c->repo && !c->offline) installation_check(c, github);
    github_destroy(github);
}

static void slack_check(struct checkup *c, struct http *http) {
    struct slack *slack = NULL;
    json_t *who = NULL;
    if (!chat_has_slack(c->settings)) {
        say(c, OUTCOME_ABSENT, "slack", "give PARLEY_SLACK_TOKEN, or PARLEY_SLACK_WEBHOOK_URL");
        return;
    }
    const struct err *failed = chat_slack(c->settings, http, &slack);
    bool ask = !failed && slack_has_token(slack) && !c->offline;
    if (ask) failed = slack_whoami(slack, c->arena, &who);
    say_err(c, "slack", failed, ask ? jsx_str(who, "url", "the token works") : "not asked");
    slack_destroy(slack);
}

static int checkup_run(struct checkup *c) {
    const struct err *failed = settings_load(c->arena, c->path, SETTINGS_WHOLE, &c->settings);
    if (failed) {
        say(c, OUTCOME_WRONG, "settings", failed->text);
        return EXIT_BROKEN;
    }
    say(c, OUTCOME_FINE, "settings", c->settings->path ? c->settings->path : "no file: defaults and environment");
    files_check(c);
    secrets_check(c);
    struct http *http = forge_http(c->settings);
    github_check(c, http);
    slack_check(c, http);
    http_destroy(http);
    return c->failed ? EXIT_FOUND : EXIT_FINE;
}

int cmd_doctor(int argc, char **argv) {
    struct checkup checkup = {.arena = arena_create(ARENA_SMALL * 4)};
    const struct argp argp = {options, word_take, "", doc, NULL, NULL, NULL};
    int code = EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &checkup) == 0) code = checkup_run(&checkup);
    arena_destroy(checkup.arena);
    return code;
}
