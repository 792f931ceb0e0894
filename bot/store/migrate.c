/* migrate.c - brings the tables up to date, one numbered step a transaction. */
#include "migrate.h"

#include "fs.h"

#include <stdio.h>

#define LOCK "migrate"

static const struct part {
    const char *name;
    const struct migration *steps;
} parts[] = {{"core", migrate_core}, {"catalog", migrate_catalog}, {"feedback", migrate_feedback}, {"runs", migrate_runs}};

static const struct err *level_read(struct store *store, const char *part, int64_t *level) {
    return store_number(store, "SELECT number FROM schema_level WHERE part = $1", VALS(val_text(part)), level);
}

/* Two servers may start at once: the level is read again under the lock. */
static const struct err *step_locked(struct store *store, const char *part, const struct migration *step) {
    int64_t level;
    TRY(store_lock(store, LOCK));
    TRY(level_read(store, part, &level));
    if (level >= step->number) return NULL;
    TRY(store_script(store, step->sql));
    return store_run(store, "INSERT INTO schema_level (part, number) VALUES ($1, $2) ON CONFLICT (part) DO UPDATE SET number = excluded.number",
                     VALS(val_text(part), val_int(step->number)), NULL);
}

static const struct err *step_apply(struct store *store, const char *part, const struct migration *step) {
    bool own;
    TRY(store_join(store, &own));
    return err_wrap(store_leave(store, own, step_locked(store, part, step)), "migration %s %d", part, step->number);
}

static const struct err *part_apply(struct store *store, const struct part *part) {
    int64_t level;
    int newest = 0;
    TRY(level_read(store, part->name, &level));
    for (const struct migration *step = part->steps; step->number; step++) {
        newest = step->number;
        if (step->number > level) TRY(step_apply(store, part->name, step));
    }
    if (level > newest)
        return err_new(ERR_CONFIG, "the database is newer than this parley: its %s tables are at step %lld, known is %d", part->name,
                       (long long)level, newest);
    return NULL;
}

static const struct err *level_table_make(struct store *store) {
    TRY(store_lock(store, LOCK));
    return store_script(store, "CREATE TABLE IF NOT EXISTS schema_level (part TEXT PRIMARY KEY, number BIGINT NOT NULL);\n");
}

/* Asked for first, for making it is a write, and every job's process comes by here. */
static const struct err *level_table(struct store *store) {
    int64_t level;
    bool own;
    if (!level_read(store, parts[0].name, &level)) return NULL;
    TRY(store_join(store, &own));
    return store_leave(store, own, level_table_make(store));
}

const struct err *migrate_run(struct store *store) {
    TRY(level_table(store));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) TRY(part_apply(store, &parts[i]));
    return NULL;
}

void migrate_scripts(void (*fn)(void *ctx, const char *sql), void *ctx) {
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        for (const struct migration *step = parts[i].steps; step->number; step++) fn(ctx, step->sql);
    }
}

static const struct err *place_open(const char *place, struct store **out) {
    char path[4096];
    if (store_is_shared(place) || text_ends(place, ".db")) return store_open(place, out);
    TRY(fs_make_dirs(place));
    int n = snprintf(path, sizeof path, "%s/parley.db", place);
    if (n < 0 || (size_t)n >= sizeof path) return err_new(ERR_CONFIG, "data: the folder's name is too long");
    return store_open(path, out);
}

const struct err *migrate_open(const char *place, struct store **out) {
    *out = NULL;
    TRY(place_open(place, out));
    const struct err *e = migrate_run(*out);
    if (!e) return NULL;
    store_close(*out);
    *out = NULL;
    return e;
}
