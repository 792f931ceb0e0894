/* catalog_touch.c - questions about a scope's rows, by path and by dataset. */
#include "catalog_touch.h"

#include "catalog_rows.h"

static const struct err *name_row(void *ctx, const struct val *c, size_t count) {
    if (c[0].kind == VAL_TEXT) map_slot(ctx, (struct str){c[0].p, c[0].n});
    return NULL;
}

const struct err *touch_keys_of(const struct touch_scope *at, const char *path, struct map *keys) {
    const struct vals where = VALS(val_text(at->repo), val_text(at->scope), val_text(path));
    TRY(store_each(at->catalog->store, "SELECT DISTINCT dataset_key FROM definition WHERE repo = $1 AND scope = $2 AND path = $3", where, name_row,
                   keys));
    return store_each(at->catalog->store, "SELECT DISTINCT name_key FROM dataset_fact WHERE repo = $1 AND scope = $2 AND path = $3", where, name_row,
                      keys);
}

struct looking {
    struct buf text;
    struct touch *out;
};

static void value_add(struct buf *b, const struct val *v) {
    buf_printf(b, "%d:%lld:%zu:", (int)v->kind, (long long)v->i, v->n);
    if (v->n) buf_add(b, v->p, v->n);
}

static const struct err *filler_seen(void *ctx, const struct val *c, size_t count) {
    struct looking *l = ctx;
    int64_t kind = val_as_int(&c[0], 0);
    l->out->filled = true;
    l->out->is_view |= kind == DEF_VIEW || kind == DEF_EPHEMERAL;
    for (size_t i = 0; i < count; i++) value_add(&l->text, &c[i]);
    return NULL;
}

static const struct err *fact_seen(void *ctx, const struct val *c, size_t count) {
    value_add(&((struct looking *)ctx)->text, &c[0]);
    return NULL;
}

const struct err *touch_look(const struct touch_scope *at, const char *key, struct touch *out) {
    struct looking l = {buf_new(at->arena), out};
    const struct vals where = VALS(val_text(name_last(key)), val_text(key), val_text(at->scope));
    *out = (struct touch){0};
    TRY(store_each(at->catalog->store,
                   "SELECT kind, dialect, columns, columns_complete, uid FROM definition WHERE dataset_last = $1 AND dataset_key = $2 AND scope = $3 "
                   "ORDER BY repo, uid",
                   where, filler_seen, &l));
    TRY(store_each(at->catalog->store,
                   "SELECT body FROM dataset_fact WHERE name_last = $1 AND name_key = $2 AND scope = $3 ORDER BY repo, path, body", where, fact_seen,
                   &l));
    out->seen = hash128(l.text.n ? l.text.p : "", l.text.n);
    return NULL;
}

const struct err *touch_fillers(const struct touch_scope *at, const char *key, struct map *paths) {
    return store_each(
        at->catalog->store,
        "SELECT DISTINCT d.path FROM definition d WHERE d.dataset_last = $1 AND " FITS_KEY("d.dataset_key") " AND d.repo = $3 AND d.scope = $4",
        VALS(val_text(name_last(key)), val_text(key), val_text(at->repo), val_text(at->scope)), name_row, paths);
}

const struct err *touch_readers(const struct touch_scope *at, const char *key, struct map *paths) {
    const struct vals where = VALS(val_text(name_last(key)), val_text(key), val_text(at->repo), val_text(at->scope));
    TRY(store_each(at->catalog->store,
                   "SELECT DISTINCT d.path FROM edge g JOIN definition d ON d.id = g.definition WHERE g.source_last = $1 AND " FITS_KEY(
                       "g.source_key") " AND d.repo = $3 AND d.scope = $4",
                   where, name_row, paths));
    return store_each(at->catalog->store,
                      "SELECT DISTINCT m.path FROM metric m WHERE " FITS_KEY("lower(m.dataset)") " AND m.repo = $3 AND m.scope = $4", where, name_row,
                      paths);
}

const struct err *touch_tellers(const struct touch_scope *at, const char *key, struct map *paths) {
    return store_each(at->catalog->store,
                      "SELECT DISTINCT path FROM dataset_fact WHERE name_last = $1 AND name_key = $2 AND repo = $3 AND scope = $4",
                      VALS(val_text(name_last(key)), val_text(key), val_text(at->repo), val_text(at->scope)), name_row, paths);
}

const struct err *touch_holds(const struct touch_scope *at, const char *path, bool *definitions, bool *jobs) {
    const struct vals where = VALS(val_text(at->repo), val_text(at->scope), val_text(path));
    struct row found;
    TRY(store_one(at->catalog->store, at->arena, "SELECT 1 FROM definition WHERE repo = $1 AND scope = $2 AND path = $3 LIMIT 1", where, &found));
    *definitions = found.count > 0;
    TRY(store_one(at->catalog->store, at->arena, "SELECT 1 FROM job WHERE repo = $1 AND scope = $2 AND path = $3 LIMIT 1", where, &found));
    *jobs = found.count > 0;
    return NULL;
}
