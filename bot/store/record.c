/* record.c - reviews, the ledger and small named values. */
#include "record.h"

#include "clock.h"

#define COLUMNS "id, subject, repo, number, base_sha, head_sha, verdict, title, findings, delivery_id, created_at"

const struct err *review_record_put(struct store *store, const struct review_record *r, int64_t *id) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct row row;
    const struct err *e =
        store_one(store, arena,
                  "INSERT INTO review (subject, repo, number, base_sha, head_sha, verdict, title, body, findings, delivery_id, created_at) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
                  VALS(val_text(r->subject), val_text(r->repo), val_int(r->number), val_text(r->base_sha), val_text(r->head_sha),
                       val_text(r->verdict), val_text(r->title), val_text(r->body ? r->body : "{}"), val_int(r->findings), val_int(r->delivery_id),
                       val_int(r->created_at ? r->created_at : clock_now())),
                  &row);
    if (!e && id) *id = val_as_int(&row.at[0], 0);
    arena_destroy(arena);
    return e;
}

static void record_read(struct arena *arena, const struct val *cols, struct review_record *r) {
    memset(r, 0, sizeof *r);
    r->id = val_as_int(&cols[0], 0);
    r->subject = val_as_text(arena, &cols[1], "");
    r->repo = val_as_text(arena, &cols[2], NULL);
    r->number = val_as_int(&cols[3], 0);
    r->base_sha = val_as_text(arena, &cols[4], NULL);
    r->head_sha = val_as_text(arena, &cols[5], NULL);
    r->verdict = val_as_text(arena, &cols[6], "");
    r->title = val_as_text(arena, &cols[7], NULL);
    r->findings = val_as_int(&cols[8], 0);
    r->delivery_id = val_as_int(&cols[9], 0);
    r->created_at = val_as_int(&cols[10], 0);
}

const struct err *review_record_last(struct store *store, struct arena *arena, const char *subject, struct review_record **out) {
    struct row row;
    *out = NULL;
    TRY(store_one(store, arena, "SELECT " COLUMNS ", body FROM review WHERE subject = $1 ORDER BY id DESC LIMIT 1", VALS(val_text(subject)), &row));
    if (!row.count) return NULL;
    *out = arena_new(arena, struct review_record);
    record_read(arena, row.at, *out);
    (*out)->body = val_as_text(arena, &row.at[11], "{}");
    return NULL;
}

struct record_listing {
    struct arena *arena;
    VEC(struct review_record) items;
};

static const struct err *record_add(void *ctx, const struct val *cols, size_t count) {
    struct record_listing *listing = ctx;
    record_read(listing->arena, cols, vec_add(listing->arena, &listing->items));
    return NULL;
}

const struct err *review_record_list(struct store *store, struct arena *arena, const char *repo, int max, struct review_records *out) {
    struct record_listing listing = {.arena = arena};
    const struct err *e;
    if (repo) {
        e = store_each(store, "SELECT " COLUMNS " FROM review WHERE repo = $1 ORDER BY id DESC LIMIT $2", VALS(val_text(repo), val_int(max)),
                       record_add, &listing);
    } else {
        e = store_each(store, "SELECT " COLUMNS " FROM review ORDER BY id DESC LIMIT $1", VALS(val_int(max)), record_add, &listing);
    }
    out->at = listing.items.at;
    out->n = listing.items.n;
    return e;
}

const struct err *ledger_add(struct store *store, const struct ledger_line *line) {
    return store_run(store, "INSERT INTO ledger (at, subject, actor, action, finding, detail) VALUES ($1, $2, $3, $4, $5, $6)",
                     VALS(val_int(line->at ? line->at : clock_now()), val_text(line->subject), val_text(line->actor), val_text(line->action),
                          val_text(line->finding), val_text(line->detail)),
                     NULL);
}

struct ledger_listing {
    struct arena *arena;
    VEC(struct ledger_line) items;
};

static const struct err *ledger_take(void *ctx, const struct val *cols, size_t count) {
    struct ledger_listing *listing = ctx;
    struct ledger_line *line = vec_add(listing->arena, &listing->items);
    line->id = val_as_int(&cols[0], 0);
    line->at = val_as_int(&cols[1], 0);
    line->subject = val_as_text(listing->arena, &cols[2], "");
    line->actor = val_as_text(listing->arena, &cols[3], "");
    line->action = val_as_text(listing->arena, &cols[4], "");
    line->finding = val_as_text(listing->arena, &cols[5], NULL);
    line->detail = val_as_text(listing->arena, &cols[6], NULL);
    return NULL;
}

const struct err *ledger_list(struct store *store, struct arena *arena, const char *subject, const char *finding, struct ledger_lines *out) {
    struct ledger_listing listing = {.arena = arena};
    const struct err *e = store_each(store,
                                     "SELECT id, at, subject, actor, action, finding, detail FROM ledger "
                                     "WHERE subject = $1 AND (CAST($2 AS TEXT) IS NULL OR finding = $2) ORDER BY id DESC LIMIT $3",
                                     VALS(val_text(subject), val_text(finding), val_int(LEDGER_MAX)), ledger_take, &listing);
    out->at = listing.items.at;
    out->n = listing.items.n;
    return e;
}

const struct err *setting_get(struct store *store, struct arena *arena, const char *name, const char **value) {
    struct row row;
    *value = NULL;
    TRY(store_one(store, arena, "SELECT value FROM setting WHERE name = $1", VALS(val_text(name)), &row));
    if (row.count) *value = val_as_text(arena, &row.at[0], NULL);
    return NULL;
}

const struct err *setting_put(struct store *store, const char *name, const char *value) {
    if (!value) return store_run(store, "DELETE FROM setting WHERE name = $1", VALS(val_text(name)), NULL);
    return store_run(store,
                     "INSERT INTO setting (name, value, updated_at) VALUES ($1, $2, $3) "
                     "ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
                     VALS(val_text(name), val_text(value), val_int(clock_now())), NULL);
}
