/* check.c - subjects of a change, and the families of rules over them. */
#include "check.h"

#include "binding.h"
#include "look.h"
#include "map.h"

static struct price_place place_of(const struct repo_settings *s) { return (struct price_place){s->cloud, s->region, s->tier}; }

static struct estimate_input asked(const struct check_input *in, const struct subject *s, const struct entry *entry) {
    return (struct estimate_input){entry,   &s->scan, in->prices, place_of(in->settings), in->settings->warehouse_size, in->settings->warehouse_type,
                                   in->now, &s->past};
}

bool check_seconds(struct arena *arena, const struct check_input *in, const struct subject *s, const struct compute *compute, struct span *out,
                   const char **why) {
    struct entry entry = s->entry;
    entry.compute = *compute;
    struct estimate_input estimate = asked(in, s, &entry);
    return estimate_seconds(arena, &estimate, &out->low, &out->high, why);
}

const struct err *check_price(struct arena *arena, const struct check_input *in, struct subject *s) {
    TRY(estimate_scan(arena, in->catalogs, in->catalog_count, &s->entry, &s->scan));
    TRY(estimate_runs(arena, in->catalogs, in->catalog_count, &s->entry, &s->past));
    struct estimate_input estimate = asked(in, s, &s->entry);
    s->cost = estimate_cost(arena, &estimate);
    return NULL;
}

const struct err *check_subjects(struct arena *arena, const struct check_input *in, const struct reading *reading, struct subject **out,
                                 size_t *count) {
    struct schema *schema;
    struct entry *entries;
    TRY(reading_bind(arena, in->catalogs, in->catalog_count, reading, &entries, &schema));
    struct subject *subjects = arena_array(arena, reading->definitions.n + 1, sizeof *subjects);
    for (size_t i = 0; i < reading->definitions.n; i++) {
        struct subject *s = &subjects[i];
        *s = (struct subject){.definition = &reading->definitions.at[i], .entry = entries[i], .changed = true, .touched = true};
        s->entry.repo = in->repo;
        s->entry.scope = "change";
        TRY(check_price(arena, in, s));
    }
    *out = subjects;
    *count = reading->definitions.n;
    return NULL;
}

static bool text_same(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : "") == 0; }

bool check_runs_same(const struct entry *a, const struct entry *b) {
    const struct schedule *s = &a->schedule, *t = &b->schedule;
    const struct compute *c = &a->compute, *d = &b->compute;
    return text_same(s->cron, t->cron) && text_same(s->timezone, t->timezone) && s->every_seconds == t->every_seconds &&
           s->continuous == t->continuous && s->paused == t->paused && c->kind == d->kind && text_same(c->node_type, d->node_type) &&
           text_same(c->driver_node_type, d->driver_node_type) && c->workers_min == d->workers_min && c->workers_max == d->workers_max &&
           c->photon == d->photon && text_same(c->size, d->size) && c->spot == d->spot && c->serverless == d->serverless &&
           c->performance == d->performance && c->first_on_demand == d->first_on_demand && text_same(c->edition, d->edition) &&
           c->autotermination_minutes == d->autotermination_minutes && text_same(c->pool, d->pool);
}

static bool same_plan(const struct subject *a, const struct subject *b) {
    if (hash128_eq(a->entry.exact, b->entry.exact)) return true;
    return a->entry.state == ENTRY_PLANNED && b->entry.state == ENTRY_PLANNED && hash128_eq(a->entry.identity, b->entry.identity);
}

static const char *identity_key(struct arena *arena, const struct subject *s) {
    char *hex = arena_alloc(arena, HASH_HEX + 1);
    hash128_hex(s->entry.identity, hex);
    return hex;
}

void check_compare(struct arena *arena, struct subject *head, size_t head_count, const struct subject *base, size_t base_count) {
    struct map *by_id = map_new(arena), *by_dataset = map_new(arena), *by_plan = map_new(arena);
    for (size_t i = base_count; i > 0; i--) {
        const struct subject *b = &base[i - 1];
        map_put(by_id, str_of(b->entry.uid), (void *)b);
        if (b->entry.dataset) map_put(by_dataset, str_of(b->entry.dataset), (void *)b);
        if (b->entry.state == ENTRY_PLANNED) map_put(by_plan, str_of(identity_key(arena, b)), (void *)b);
    }
    for (size_t i = 0; i < head_count; i++) {
        struct subject *h = &head[i];
        h->before = map_get(by_id, str_of(h->entry.uid));
        if (!h->before && h->entry.dataset) h->before = map_get(by_dataset, str_of(h->entry.dataset));
        if (!h->before && h->entry.state == ENTRY_PLANNED) h->before = map_get(by_plan, str_of(identity_key(arena, h)));
        h->changed = !h->before || !same_plan(h, h->before);
        h->touched = h->changed || !check_runs_same(&h->entry, &h->before->entry);
    }
}

struct twin check_twin(struct arena *arena, const struct entry *e) {
    return (struct twin){
        .dataset = e->dataset,
        .name = e->dataset ? e->dataset : arena_printf(arena, "%s in %s", e->name, e->path),
        .repo = e->repo,
        .path = e->path,
        .line = e->line,
        .kind = definition_kind_name(e->kind),
        .owner = e->owner,
        .readers = e->readers,
        .scope = e->scope,
        .sql = e->sql,
    };
}

static const char *subject_name(struct arena *arena, const struct entry *e) {
    if (e->dataset) return e->dataset;
    if (e->name && strcmp(e->name, e->path) != 0) return arena_printf(arena, "%s in %s", e->name, e->path);
    return arena_printf(arena, "the query at %s:%d", e->path, e->line);
}

struct finding *check_finding(struct arena *arena, const struct check_input *in, enum rule rule, const struct subject *subject, const char *other) {
    const struct entry *e = &subject->entry;
    struct finding *f = arena_new(arena, struct finding);
    char hex[HASH_HEX];
    hash128_hex(e->exact, hex);
    *f = (struct finding){
        .rule = rule,
        .rule_id = rule_info(rule)->id,
        .severity = in->settings->levels[rule],
        .key = finding_key(arena, rule, arena_printf(arena, "%s %s", e->dataset ? e->dataset : e->uid, hex), other ? other : ""),
        .path = e->path,
        .where = subject->definition->range,
        .cell = e->cell,
        .subject = subject_name(arena, e),
        .this_sql = e->sql,
        .twin = {.readers = -1},
    };
    return f;
}

void check_say(struct arena *arena, const struct check_input *in, struct findings *out, struct finding *f) {
    if (f->severity == SEV_OFF || repo_settings_ignores(in->settings, f->path, rule_info(f->rule)->id)) return;
    findings_add(arena, out, f);
}

/* In this order: what another thing makes needless is not scolded for its cost. */
static const check_family families[] = {check_duplicate, check_metric, check_cost, check_looks};

const struct err *check_run(struct arena *arena, const struct check_input *in, struct findings *out) {
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) TRY(families[i](arena, in, out));
    return NULL;
}
