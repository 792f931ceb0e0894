/* entry.c - a definition made ready for the catalog: bound, normalized, its features taken. */
#include "entry.h"

#include "bind.h"
#include "feature.h"
#include "sql_parse.h"
#include "sql_print.h"

static bool hash_is_zero(struct hash128 h) {
    return !h.hi && !h.lo;
}

static void entry_text_only(struct entry *entry, const char *why) {
    entry->state = ENTRY_TEXT;
    entry->why = why;
    entry->identity = entry->exact;
}

void entry_bind(struct arena *arena, struct entry *entry, const struct schema *schema) {
    if (!entry->query && entry->sql) {
        struct sql_error error = {0};
        entry->query = sql_parse_query(arena, str_of(entry->sql), entry->dialect, &error);
    }
    if (!entry->query) {
        entry_text_only(entry, entry->why ? entry->why : "its query was not understood");
        return;
    }
    entry->plan = plan_bind(arena, entry->query, schema, entry->dialect);
    entry->features = features_of(arena, entry->plan);
    entry->identity = entry->features->exact;
    if (!hash_is_zero(entry->identity)) {
        entry->state = ENTRY_PLANNED;
        entry->why = NULL;
        return;
    }
    entry->state = ENTRY_BOUND;
    entry->identity = entry->exact;
    entry->why = entry->plan->reason;
    if (!entry->why) entry->why = normal_make(arena, entry->plan, NORMAL_PURE)->reason;
    if (!entry->why) entry->why = "its normal form does not prove";
}

void entry_of_definition(struct arena *arena, const struct definition *d, const struct schema *schema, struct entry *out) {
    *out = (struct entry){
        .uid = d->id,
        .path = d->path,
        .line = d->range.line,
        .end_line = d->range.end_line,
        .cell = d->cell,
        .name = d->name ? d->name : d->dataset ? d->dataset : d->path,
        .dataset = d->dataset,
        .kind = d->kind,
        .artefact = d->artefact,
        .dialect = d->dialect,
        .sql = d->sql,
        .owner = d->owner,
        .description = d->description,
        .job = d->job,
        .schedule = d->schedule,
        .compute = d->compute,
        .reads = d->reads,
        .read_count = d->read_count,
        .query = d->query,
        .readers = -1,
    };
    const char *text = d->query ? sql_query_text(arena, d->query, d->dialect) : d->sql;
    if (!out->sql) out->sql = text;
    if (text) out->exact = hash128(text, strlen(text));
    entry_bind(arena, out, schema);
}
