/* upstream.c - finds and binds what fills a table, once for each name of a change. */
#include "upstream.h"

#include "bind.h"
#include "map.h"
#include "sql_parse.h"

#include <strings.h>

#define UPSTREAMS_MAX 300 /* looked up for one change */
#define KEYS_MAX      40  /* outputs that are tried as a key of their own */

bool dataset_fits(const char *a, const char *b) {
    size_t an = strlen(a), bn = strlen(b);
    if (an < bn) return dataset_fits(b, a);
    return strcasecmp(a + an - bn, b) == 0 && (an == bn || a[an - bn - 1] == '.');
}

static const char *const *columns_of(struct arena *arena, const struct plan *plan, const size_t *outputs, size_t count) {
    const char **names = arena_array(arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++) names[i] = plan->names[outputs[i]];
    return names;
}

/* The grain of the query is the grain of the table, when the table is the query's result. Keys of keys: those below are only their own. */
static void keys_fill(struct look *look, struct upstream *up, const struct definition *d) {
    size_t *outputs, count;
    up->keys = arena_array(look->arena, KEYS_MAX + 2, sizeof *up->keys);
    if (d && d->unique_key_count && d->strategy && strcmp(d->strategy, "append") != 0)
        up->keys[up->key_count++] = (struct unique_key){d->unique_key, d->unique_key_count};
    if (!up->plan || !up->whole || !unique_grain(look->arena, up->plan, NULL, NULL, &outputs, &count)) return;
    up->keys[up->key_count++] = (struct unique_key){columns_of(look->arena, up->plan, outputs, count), count};
    for (size_t i = 0; i < up->plan->n_outputs && i < KEYS_MAX; i++) { /* the last order of each customer is one per order, and one per customer */
        bool said = count == 0 || (count == 1 && outputs[0] == i);
        if (said || !unique_by_output(look->arena, up->plan, NULL, NULL, i)) continue;
        up->keys[up->key_count++] = (struct unique_key){columns_of(look->arena, up->plan, &i, 1), 1};
    }
}

static const struct err *stored_find(struct look *look, const char *dataset, struct entry **out) {
    *out = NULL;
    for (size_t c = 0; c < look->in->catalog_count && !*out; c++) {
        struct entry *found;
        size_t count, main = 0;
        TRY(catalog_fillers(look->arena, look->in->catalogs[c], dataset, &found, &count));
        for (size_t i = 0; i < count; i++) {
            if (strcmp(found[i].scope, "main") != 0) continue;
            *out = &found[i];
            main++;
        }
        if (main > 1) *out = NULL;
    }
    return NULL;
}

static const struct err *stored_bind(struct look *look, struct entry *e, struct upstream *up) {
    struct schema *schema;
    struct sql_error error = {0};
    up->entry = e;
    up->whole = entry_is_whole(e) && e->kind != DEF_INCREMENTAL;
    if (e->sql) e->query = sql_parse_query(look->arena, str_of(e->sql), e->dialect, &error);
    if (!e->query) return NULL;
    TRY(catalog_schema(look->arena, look->in->catalogs, look->in->catalog_count, look->in->head, e->reads, e->read_count, &schema));
    up->plan = plan_bind(look->arena, e->query, schema, e->dialect);
    return NULL;
}

static const struct subject *subject_find(const struct look *look, const char *dataset) {
    const struct subject *found = NULL;
    for (size_t i = 0; i < look->in->subject_count; i++) {
        const struct subject *s = &look->in->subjects[i];
        if (!s->entry.dataset || s->entry.kind == DEF_TEMP || !dataset_fits(s->entry.dataset, dataset)) continue;
        if (found) return NULL;
        found = s;
    }
    return found;
}

static const struct err *upstream_make(struct look *look, const char *dataset, struct upstream **out) {
    struct upstream *up = arena_new(look->arena, struct upstream);
    const struct subject *own = subject_find(look, dataset);
    *out = NULL;
    if (own) {
        *up = (struct upstream){.entry = &own->entry, .plan = own->entry.plan, .whole = !own->definition->partial && !own->definition->incremental};
    } else {
        struct entry *stored;
        TRY(stored_find(look, dataset, &stored));
        if (!stored) return NULL;
        TRY(stored_bind(look, stored, up));
    }
    keys_fill(look, up, own ? own->definition : NULL);
    *out = up;
    return NULL;
}

const struct upstream *upstream_of(struct look *look, const char *dataset) {
    struct str key = str_of(str_lower(look->arena, str_of(dataset)));
    static const struct upstream none;
    struct upstream *up = map_get(look->upstreams, key);
    if (up) return up == &none ? NULL : up;
    if (map_count(look->upstreams) >= UPSTREAMS_MAX || look->failed) return NULL;
    look->failed = upstream_make(look, dataset, &up);
    map_put(look->upstreams, key, up ? (void *)up : (void *)(uintptr_t)&none);
    return up;
}

const struct unique_key *upstream_keys(void *ctx, const struct rel *scan, size_t *count) {
    const struct upstream *up = upstream_of(ctx, scan->name);
    *count = up ? up->key_count : 0;
    return up ? up->keys : NULL;
}
