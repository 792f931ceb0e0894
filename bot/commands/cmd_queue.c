/* cmd_queue.c - what came in and what is to go out, for the operator: list, show, retry. */
#include "commands.h"

#include "clock.h"
#include "jsonx.h"
#include "log.h"
#include "migrate.h"
#include "outbox.h"
#include "queue.h"
#include "settings.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS_MAX   500
#define BODY_SHOWN 65536

struct queue_options {
    const char *settings, *data, *state;
    bool json, outbox;
    const char *verb, *id;
};

static const struct argp_option options[] = {
    {"settings", 's', "FILE", 0, "the server's settings (for its data folder)", 0},
    {"config", 0, NULL, OPTION_ALIAS, NULL, 0},
    {"data", 'd', "DIR", 0, "the data folder itself, or the address of a PostgreSQL", 0},
    {"state", 'S', "STATE", 0,
     "list only: received, waiting, retry, leased, done, ignored, superseded, buried; for the outbox: pending, sending, done, replaced, buried", 0},
    {"outbox", 'o', NULL, 0, "what is to go out instead of what came in", 0},
    {"json", 'j', NULL, 0, "one JSON object a line", 0},
    {0},
};

static error_t option_take(int key, char *arg, struct argp_state *state) {
    struct queue_options *o = state->input;
    switch (key) {
    case 's':
        o->settings = arg;
        return 0;
    case 'd':
        o->data = arg;
        return 0;
    case 'S':
        o->state = arg;
        return 0;
    case 'o':
        o->outbox = true;
        return 0;
    case 'j':
        o->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 1) argp_usage(state);
        *(state->arg_num == 0 ? &o->verb : &o->id) = arg;
        return 0;
    case ARGP_KEY_END:
        if (!o->verb) o->verb = "list";
        if (strcmp(o->verb, "list") != 0 && strcmp(o->verb, "show") != 0 && strcmp(o->verb, "retry") != 0)
            argp_error(state, "unknown word '%s': list, show or retry", o->verb);
        if (strcmp(o->verb, "list") != 0 && (!o->id || strtoll(o->id, NULL, 10) <= 0)) argp_error(state, "%s wants the ID of a row", o->verb);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char doc[] = "Shows deliveries that are not settled, and buried ones; shows one; has one worked on again.\v"
                          "Examples:\n"
                          "  parley queue --settings /etc/parley.yml\n"
                          "  parley queue show 12\n"
                          "  parley queue retry 12\n"
                          "  parley queue --outbox --state buried --json\n\n"
                          "Exit codes: 0 fine, 1 something is buried, 2 wrong usage, 3 it could not be done.";

struct queue_call {
    const struct queue_options *options;
    struct arena *arena;
    struct store *store;
    int code;
};

static void row_print(struct queue_call *c, json_t *row) { printf("%s\n", jsx_dump(c->arena, jsx_own(c->arena, row), false)); }

static json_t *delivery_json(const struct delivery *d) {
    json_t *row = json_object();
    json_object_set_new(row, "id", json_integer(d->id));
    jsx_set_text(row, "sender", d->sender);
    jsx_set_text(row, "event", d->event);
    jsx_set_text(row, "guid", d->guid);
    jsx_set_text(row, "state", d->state);
    jsx_set_text(row, "subject", d->subject);
    jsx_set_text(row, "lane", d->lane);
    json_object_set_new(row, "attempts", json_integer(d->attempts));
    json_object_set_new(row, "received_at", json_integer(d->received_at));
    json_object_set_new(row, "not_before", json_integer(d->not_before));
    json_object_set_new(row, "settled_at", json_integer(d->settled_at));
    json_object_set_new(row, "bytes", json_integer(d->body_size));
    jsx_set_text(row, "reason", d->reason);
    return row;
}

static json_t *item_json(const struct outbox_item *item) {
    json_t *row = json_object();
    json_object_set_new(row, "id", json_integer(item->id));
    jsx_set_text(row, "kind", item->kind);
    jsx_set_text(row, "subject", item->subject);
    jsx_set_text(row, "lane", item->lane);
    jsx_set_text(row, "state", item->state);
    json_object_set_new(row, "attempts", json_integer(item->attempts));
    json_object_set_new(row, "valid_at", json_integer(item->valid_at));
    json_object_set_new(row, "created_at", json_integer(item->created_at));
    json_object_set_new(row, "not_before", json_integer(item->not_before));
    jsx_set_text(row, "reason", item->reason);
    return row;
}

/* Text from outside goes to a terminal: no control characters. */
static const char *plain(struct arena *arena, const char *text) {
    char *out = arena_strdup(arena, text ? text : "-");
    for (char *p = out; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = ' ';
    }
    return out;
}

static void delivery_line(struct queue_call *c, const struct delivery *d) {
    char when[CLOCK_ISO];
    clock_iso(d->received_at, when);
    printf("%-6lld %-10s %s  %-14s %-22s %-34s %d  %s\n", (long long)d->id, d->state, when, plain(c->arena, d->sender), plain(c->arena, d->event),
           plain(c->arena, d->subject), d->attempts, plain(c->arena, d->reason));
}

static void item_line(struct queue_call *c, const struct outbox_item *item) {
    char when[CLOCK_ISO];
    clock_iso(item->created_at, when);
    printf("%-6lld %-10s %s  %-20s %-34s %d  %s\n", (long long)item->id, item->state, when, plain(c->arena, item->kind),
           plain(c->arena, item->subject), item->attempts, plain(c->arena, item->reason));
}

static const struct err *deliveries_list(struct queue_call *c) {
    struct delivery_list list;
    TRY(queue_list(c->store, c->arena, c->options->state, ROWS_MAX, &list));
    if (!c->options->json && list.n)
        printf("%-6s %-10s %-20s  %-14s %-22s %-34s %s  %s\n", "ID", "STATE", "RECEIVED", "SENDER", "EVENT", "SUBJECT", "N", "REASON");
    for (size_t i = 0; i < list.n; i++) {
        if (c->options->json) row_print(c, delivery_json(&list.at[i]));
        else delivery_line(c, &list.at[i]);
        if (strcmp(list.at[i].state, "buried") == 0) c->code = EXIT_FOUND;
    }
    if (!c->options->json && !list.n) puts("Nothing is waiting and nothing is buried.");
    return NULL;
}

static const struct err *items_list(struct queue_call *c) {
    struct outbox_list list;
    TRY(outbox_items(c->store, c->arena, c->options->state, ROWS_MAX, &list));
    if (!c->options->json && list.n) printf("%-6s %-10s %-20s  %-20s %-34s %s  %s\n", "ID", "STATE", "WANTED", "KIND", "SUBJECT", "N", "REASON");
    for (size_t i = 0; i < list.n; i++) {
        if (c->options->json) row_print(c, item_json(&list.at[i]));
        else item_line(c, &list.at[i]);
        if (strcmp(list.at[i].state, "buried") == 0) c->code = EXIT_FOUND;
    }
    if (!c->options->json && !list.n) puts("Nothing is to go out and nothing is buried.");
    return NULL;
}

static const struct err *delivery_show(struct queue_call *c, int64_t id) {
    struct delivery *d;
    TRY(queue_get(c->store, c->arena, id, &d));
    if (!d) return err_new(ERR_INPUT, "there is no delivery %lld", (long long)id);
    json_t *row = delivery_json(d);
    json_object_set_new(row, "body", json_string(utf8_clean(c->arena, d->body.p, d->body.n > BODY_SHOWN ? BODY_SHOWN : d->body.n)));
    char *text = json_dumps(row, c->options->json ? JSON_COMPACT : JSON_INDENT(2));
    printf("%s\n", text ? text : "");
    free(text);
    json_decref(row);
    return NULL;
}

static const struct err *call_run(struct queue_call *c) {
    const struct queue_options *o = c->options;
    int64_t id = o->id ? strtoll(o->id, NULL, 10) : 0;
    if (strcmp(o->verb, "list") == 0) return o->outbox ? items_list(c) : deliveries_list(c);
    if (strcmp(o->verb, "show") == 0) return delivery_show(c, id);
    TRY(o->outbox ? outbox_retry(c->store, id) : queue_retry(c->store, id));
    if (!o->json) printf("%lld will be done again.\n", (long long)id);
    return NULL;
}

static const struct err *call_open(struct queue_call *c) {
    const char *data = c->options->data;
    if (!data) {
        struct settings *settings;
        TRY(settings_load(c->arena, c->options->settings, SETTINGS_NO_SECRETS, &settings));
        data = settings_place(settings);
    }
    return migrate_open(data, &c->store);
}

int cmd_queue(int argc, char **argv) {
    static const struct argp argp = {options, option_take, "[list | show ID | retry ID]", doc, NULL, NULL, NULL};
    struct queue_options o = {0};
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    struct queue_call call = {.options = &o, .arena = arena_create(ARENA_JOB)};
    const struct err *e = call_open(&call);
    if (!e) e = call_run(&call);
    if (e) fprintf(stderr, "parley queue: %s\n", e->text);
    store_close(call.store);
    arena_destroy(call.arena);
    return e ? EXIT_BROKEN : call.code;
}
