/* check_skew.c - joins by a key of which one value has most of the rows, as the statistics in the catalog say: one task gets them all. */
#include "look.h"

#include "spark_limits.h"
#include "trace.h"

#define SHARE_MIN  0.2 /* of the rows in one value: five times what each of 25 even tasks would get */
#define KEYS_MAX   32
#define SMALL_SIDE (256 * MB) /* may be broadcast: then no rows move by the key */

/* The share of rows that one value (or none at all) has, when the table is known to be large; 0 when not. */
static const struct err *share_of(struct look *look, const struct plan_column *c, double *share, bool *nulls) {
    *share = 0;
    for (size_t k = 0; k < look->in->catalog_count; k++) {
        struct dataset *d;
        TRY(catalog_dataset(look->arena, look->in->catalogs[k], c->rel->name, &d));
        for (size_t i = 0; d && d->bytes >= DRIVER_MAX && i < d->column_count; i++) {
            const struct column_stats *s = d->columns[i].stats;
            if (!s || !str_ieq(str_of(d->columns[i].name), str_of(c->name))) continue;
            *nulls = s->nulls > s->top;
            *share = *nulls ? s->nulls : s->top;
            return NULL;
        }
    }
    return NULL;
}

/* Bytes of the table; -1 when not known. */
static const struct err *bytes_of(struct look *look, const struct plan_column *c, int64_t *out) {
    *out = -1;
    for (size_t k = 0; c && k < look->in->catalog_count && *out < 0; k++) {
        struct dataset *d;
        TRY(catalog_dataset(look->arena, look->in->catalogs[k], c->rel->name, &d));
        if (d) *out = d->bytes;
    }
    return NULL;
}

struct skew {
    const struct rel *join;
    const struct scalar *keys[KEYS_MAX];
    size_t n;
};

/* Columns of `a = b` conditions. With two of them the rows are spread by both: then nothing is said. */
static void keys_collect(struct skew *s, const struct scalar *e) {
    if (!e || s->n + 2 > KEYS_MAX) return;
    for (size_t i = 0; e->op == SC_AND && i < e->n; i++) keys_collect(s, e->args[i]);
    bool pair = (e->op == SC_EQ || e->op == SC_SAME) && e->n == 2 && e->args[0]->op == SC_COLUMN && e->args[1]->op == SC_COLUMN;
    if (pair) s->keys[s->n++] = e->args[0], s->keys[s->n++] = e->args[1];
}

static bool speaks_of(const struct plan *plan, const struct scalar *e, const struct plan_column *c, int depth) {
    if (!e || depth > LOOK_DEPTH_MAX) return false;
    if (e->op == SC_COLUMN && trace_source(plan, e->column) == c) return true;
    for (size_t i = 0; i < e->n; i++) {
        if (speaks_of(plan, e->args[i], c, depth + 1)) return true;
    }
    return false;
}

/* Do the rows of the table come up to here as they are? Groups have one row for each value, and a condition on the key may leave that value out. */
static bool comes_up(const struct plan *plan, const struct rel *rel, const struct plan_column *c, int depth) {
    if (!rel || depth > LOOK_DEPTH_MAX) return false;
    if (rel == c->rel) return true;
    bool keeps = rel->kind == REL_PROJECT || rel->kind == REL_WINDOW || rel->kind == REL_FILTER || rel->kind == REL_JOIN;
    if (!keeps || (rel->kind == REL_FILTER && speaks_of(plan, rel->condition, c, 0))) return false;
    return comes_up(plan, rel->left, c, depth + 1) || comes_up(plan, rel->right, c, depth + 1);
}

static const struct err *skew_say(struct look *look, const struct rel *join, const struct scalar *key, const struct scalar *partner) {
    const struct plan_column *c = trace_source(look->plan, key->column);
    double share;
    int64_t other;
    bool nulls = false;
    if (!c || (!comes_up(look->plan, join->left, c, 0) && !comes_up(look->plan, join->right, c, 0))) return NULL;
    TRY(share_of(look, c, &share, &nulls));
    /* NULL finds no partner: an inner join leaves those rows out before they move. */
    if (share < SHARE_MIN || (nulls && join->join == RELJOIN_INNER)) return NULL;
    TRY(bytes_of(look, trace_source(look->plan, partner->column), &other));
    if (other >= 0 && other < SMALL_SIDE) return NULL;
    struct finding *f = look_finding(look, RULE_SPARK_SKEW, arena_printf(look->arena, "%s.%s", c->rel->name, c->name), join->range);
    f->dataset = c->rel->name;
    if (other < 0 && f->severity > SEV_NOTE) f->severity = SEV_NOTE; /* it may be small */
    f->text = arena_printf(look->arena, "%s joins by %s of %s, and %.0f %% of its rows have %s there: one task gets them all.", f->subject, c->name,
                           c->rel->name, share * 100, nulls ? "NULL" : "the same value");
    f->next_step = nulls ? "leave rows without a key out of the join, and add them afterwards" : "join that value by itself, or salt the key";
    look_say(look, f);
    return NULL;
}

static const struct err *joins_walk(struct look *look, const struct rel *rel, int depth) {
    struct skew s = {.join = rel};
    if (!rel || depth > LOOK_DEPTH_MAX) return NULL;
    if (rel->kind == REL_JOIN) keys_collect(&s, rel->condition);
    for (size_t i = 0; s.n == 2 && i < s.n; i++) TRY(skew_say(look, rel, s.keys[i], s.keys[1 - i]));
    TRY(joins_walk(look, rel->left, depth + 1));
    return joins_walk(look, rel->right, depth + 1);
}

static const struct err *skew_look(struct look *look) {
    enum dialect dialect = look->subject->entry.dialect;
    bool spark = dialect == DIALECT_DATABRICKS || dialect == DIALECT_SPARK;
    return spark && look->plan && look->plan->root ? joins_walk(look, look->plan->root, 0) : NULL;
}

const struct look_rule skew_looks[] = {
    {.rule = RULE_SPARK_SKEW, .subject = skew_look},
    LOOKS_END,
};
