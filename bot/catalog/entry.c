/* entry.c - a definition made ready for the catalog: bound, normalized, its features taken. */
#include "entry.h"

#include "bind.h"
#include "feature.h"
#include "sql_parse.h"
#include "sql_print.h"

#define ENTRY_MEMORY ((size_t)256 << 20)

bool entry_is_whole(const struct entry *entry) { return entry->dataset && !entry->partial && entry->kind != DEF_QUERY; }

static bool hash_is_zero(struct hash128 h) { return !h.hi && !h.lo; }

/* What the reader could not be sure of stands as a comment before the SQL, so that it is kept and shown with it; no proof rests on such a query. */
static const char doubt_mark[] = ENTRY_DOUBT;

static const char *doubt_of(struct arena *arena, const struct entry *entry) {
    if (!entry->sql || !text_starts(entry->sql, doubt_mark)) return NULL;
    const char *start = entry->sql + sizeof doubt_mark - 1, *end = strchr(start, '\n');
    return end ? arena_copy(arena, start, (size_t)(end - start)) : NULL;
}

static const char *doubt_write(struct arena *arena, const char *sql, const char *doubt) {
    char *line = arena_strdup(arena, doubt);
    for (char *p = line; *p; p++) {
        if ((unsigned char)*p < ' ') *p = ' ';
    }
    return arena_printf(arena, "%s%s\n%s", doubt_mark, line, sql);
}

static void entry_text_only(struct entry *entry, const char *why) {
    entry->state = ENTRY_TEXT;
    entry->why = why;
    entry->identity = entry->exact;
}

static void arena_destroy_deferred(void *arena) { arena_destroy(arena); }

/* Plan and features in an arena of their own that ends with `arena`; false when they do not fit: one query never takes the others down. */
static bool plan_make(struct arena *arena, struct entry *entry, const struct schema *schema, const struct views *views) {
    struct arena *own = arena_create(ENTRY_MEMORY);
    jmp_buf place;
    arena_defer(arena, arena_destroy_deferred, own);
    arena_catch(own, &place);
    if (setjmp(place)) {
        entry->plan = NULL;
        entry->features = NULL;
        arena_catch(own, NULL);
        arena_reset(own);
        return false;
    }
    const struct sql_query *unfolded = views ? views_unfold(own, views, entry->sql, entry->dialect) : NULL;
    entry->unfolded = unfolded != NULL;
    struct plan *plan = plan_bind(own, unfolded ? unfolded : entry->query, schema, entry->dialect);
    if (!plan->condition) plan->condition = doubt_of(own, entry);
    plan->fill = entry->fill;
    entry->plan = plan;
    entry->features = features_of(own, plan);
    arena_catch(own, NULL);
    return true;
}

void entry_bind(struct arena *arena, struct entry *entry, const struct schema *schema, const struct views *views) {
    if (!entry->query && entry->sql) {
        struct sql_error error = {0};
        entry->query = sql_parse_query(arena, str_of(entry->sql), entry->dialect, &error);
    }
    if (!entry->query) {
        entry_text_only(entry, entry->why ? entry->why : "its query was not understood");
        return;
    }
    if (!plan_make(arena, entry, schema, views)) {
        entry_text_only(entry, "its query takes more memory than one query may");
        return;
    }
    entry->identity = entry->features->exact;
    if (!hash_is_zero(entry->identity)) {
        entry->state = ENTRY_PLANNED;
        entry->why = NULL;
        return;
    }
    const struct normal *normal = normal_make(arena, entry->plan, NORMAL_PURE);
    entry->state = normal->complete ? ENTRY_FORMED : ENTRY_BOUND;
    entry->identity = entry->exact;
    entry->why = normal->reason;
    if (!entry->why) entry->why = "its normal form does not prove";
}

void entry_of_definition(struct arena *arena, const struct definition *d, const struct schema *schema, const struct views *views, struct entry *out) {
    *out = (struct entry){
        .uid = d->id,
        .path = d->path,
        .line = d->range.line,
        .end_line = d->range.end_line,
        .cell = d->cell,
        .name = d->name      ? d->name
                : d->dataset ? d->dataset
                             : d->path,
        .dataset = d->dataset,
        .kind = d->kind,
        .partial = d->dataset && d->partial && d->kind != DEF_TEMP,
        .fill = d->fill,
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
    if (d->doubt && out->sql) out->sql = doubt_write(arena, out->sql, d->doubt);
    entry_bind(arena, out, schema, views);
}
