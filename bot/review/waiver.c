/* waiver.c - decisions about findings in the store. */
#include "waiver.h"

#include "store.h"

#define WAIVERS_MAX 10000

static const char *const kind_names[] = {[WAIVER_ACCEPT] = "accept", [WAIVER_SNOOZE] = "snooze", [WAIVER_DIFFERENT] = "different"};

const char *waiver_kind_name(enum waiver_kind kind) { return kind_names[kind]; }

const struct err *waiver_put(struct store *store, const struct waiver *w) {
    return store_run(
        store,
        "INSERT INTO waiver (repo, finding_key, kind, made_by, reason, until_at, made_at, number) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
        "ON CONFLICT (repo, finding_key) DO UPDATE SET kind = excluded.kind, made_by = excluded.made_by, reason = excluded.reason, "
        "until_at = excluded.until_at, made_at = excluded.made_at, number = excluded.number",
        VALS(val_text(w->repo), val_text(w->key), val_int(w->kind), val_text(w->by), val_text(w->reason), val_int(w->until), val_int(w->made),
             val_int(w->number)),
        NULL);
}

const struct err *waiver_drop(struct store *store, const char *repo, const char *key, bool *found) {
    int64_t changed = 0;
    TRY(store_run(store, "DELETE FROM waiver WHERE repo = $1 AND finding_key = $2", VALS(val_text(repo), val_text(key)), &changed));
    *found = changed > 0;
    return NULL;
}

struct loading {
    struct arena *arena;
    VEC(struct waiver) list;
};

static const struct err *waiver_row(void *ctx, const struct val *c, size_t count) {
    struct loading *l = ctx;
    int64_t kind = val_as_int(&c[2], 0);
    if (kind < WAIVER_ACCEPT || kind > WAIVER_DIFFERENT) return NULL;
    *vec_add(l->arena, &l->list) = (struct waiver){
        .repo = val_as_text(l->arena, &c[0], ""),
        .key = val_as_text(l->arena, &c[1], ""),
        .kind = (enum waiver_kind)kind,
        .by = val_as_text(l->arena, &c[3], ""),
        .reason = val_as_text(l->arena, &c[4], ""),
        .until = val_as_int(&c[5], 0),
        .made = val_as_int(&c[6], 0),
        .number = val_as_int(&c[7], 0),
    };
    return NULL;
}

const struct err *waivers_load(struct arena *arena, struct store *store, const char *repo, struct waiver **out, size_t *count) {
    struct loading l = {.arena = arena};
    TRY(store_each(store,
                   "SELECT repo, finding_key, kind, made_by, reason, until_at, made_at, number FROM waiver WHERE repo = $1 ORDER BY made_at DESC, "
                   "finding_key LIMIT $2",
                   VALS(val_text(repo), val_int(WAIVERS_MAX)), waiver_row, &l));
    *out = l.list.at;
    *count = l.list.n;
    return NULL;
}

bool waiver_apply(const struct waiver *waivers, size_t count, int64_t now, struct finding *finding) {
    static const enum finding_state states[] = {
        [WAIVER_ACCEPT] = FINDING_ACCEPTED, [WAIVER_SNOOZE] = FINDING_SNOOZED, [WAIVER_DIFFERENT] = FINDING_DIFFERENT};
    for (size_t i = 0; i < count; i++) {
        const struct waiver *w = &waivers[i];
        if (strcmp(w->key, finding->key) != 0 || (w->until && w->until <= now)) continue;
        finding->state = states[w->kind];
        finding->state_by = w->by;
        finding->state_reason = w->reason;
        finding->state_until = w->until;
        return true;
    }
    return false;
}
