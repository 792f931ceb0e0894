/* flow_scan.c - what a scan reads: needed columns, partitions that predicates leave, rows. */
#include "flow.h"

#include "sql_parse.h"

#include <math.h>
#include <stdlib.h>
#include <strings.h>

#define SCANS_MAX   2000
#define TESTS_MAX   64
#define LATER_LEAST 0.1 /* batches with any row left are gone through */

/* ---- needed columns ---- */

static void need_scalar(struct walk *w, const struct scalar *e, int depth) {
    if (!e || depth > 200) return;
    if (e->op == SC_FIELD && need_field(w, e)) return;
    if (e->op == SC_COLUMN) need_whole(w, e->column);
    for (size_t i = 0; i < e->n; i++) need_scalar(w, e->args[i], depth + 1);
    if (e->filter) need_scalar(w, e->filter, depth + 1);
    for (size_t i = 0; i < e->n_order; i++) need_scalar(w, e->order[i].expr, depth + 1);
    for (size_t i = 0; e->window && i < e->window->n_partition; i++) need_scalar(w, e->window->partition[i], depth + 1);
    for (size_t i = 0; e->window && i < e->window->n_order; i++) need_scalar(w, e->window->order[i].expr, depth + 1);
    if (!e->rel) return;
    for (size_t i = 0; e->op != SC_EXISTS && i < e->rel->n_columns; i++) need_whole(w, e->rel->columns[i]);
    flow_needed(w, e->rel);
}

static void need_all(struct walk *w, const struct rel *rel) {
    for (size_t i = 0; i < rel->n_columns; i++) need_whole(w, rel->columns[i]);
}

/* Which columns of the branches of a set operation are needed: those above it, or all where rows are compared whole. */
static void need_setop(struct walk *w, const struct rel *rel) {
    bool whole = !rel->all || rel->setop != RELSET_UNION;
    const struct rel *const branches[] = {rel->left, rel->right};
    for (size_t b = 0; b < 2; b++) {
        for (size_t i = 0; branches[b] && i < branches[b]->n_columns && i < rel->n_columns; i++) {
            if (whole || w->needed[rel->columns[i]]) need_whole(w, branches[b]->columns[i]);
        }
    }
}

void flow_needed(struct walk *w, const struct rel *rel) {
    if (!rel || ++w->depth > 500) {
        w->depth -= rel != NULL;
        return;
    }
    if (rel->condition) need_scalar(w, rel->condition, 0);
    if (rel->call) need_scalar(w, rel->call, 0);
    for (size_t i = 0; i < rel->n_keys; i++) need_scalar(w, rel->keys[i].expr, 0);
    for (size_t i = 0; i < rel->n_defs; i++) {
        if (!w->needed[rel->defs[i].column] || need_passed(w, rel->defs[i].column, rel->defs[i].expr)) continue;
        need_scalar(w, rel->defs[i].expr, 0);
    }
    for (size_t i = 0; i < rel->n_order; i++) need_scalar(w, rel->order[i].expr, 0);
    if (rel->kind == REL_SETOP) need_setop(w, rel);
    if (rel->kind == REL_DISTINCT && rel->left) need_all(w, rel->left);
    for (size_t i = 0; rel->kind == REL_OPAQUE && i < rel->n_inputs; i++) need_all(w, rel->inputs[i]);
    flow_needed(w, rel->left);
    flow_needed(w, rel->right);
    for (size_t i = 0; i < rel->n_inputs; i++) flow_needed(w, rel->inputs[i]);
    w->depth--;
}

/* ---- one table ---- */

static const struct column_fact *fact_find(const struct dataset *d, const char *name) {
    for (size_t i = 0; d && name && i < d->column_count; i++) {
        if (str_ieq(str_of(d->columns[i].name), str_of(name))) return &d->columns[i];
    }
    return NULL;
}

static const struct err *dataset_find(struct walk *w, const char *name, struct dataset **out) {
    *out = NULL;
    for (size_t i = 0; i < w->catalog_count; i++) {
        struct dataset *d;
        TRY(catalog_dataset(w->arena, w->catalogs[i], name, &d));
        if (d && (!*out || ((*out)->bytes < 0 && (*out)->rows < 0 && (d->bytes >= 0 || d->rows >= 0)))) *out = d;
    }
    return NULL;
}

static struct type column_type(const struct column_fact *fact, struct type bound, enum dialect dialect) {
    return bound.kind == TYPE_UNKNOWN && fact && fact->type ? type_parse(str_of(fact->type), dialect) : bound;
}

static double fact_width(struct walk *w, const struct column_fact *fact, struct type bound) {
    if (fact && fact->stats && fact->stats->width >= 0) return fact->stats->width;
    double nested = fact && fact->type ? nested_width(w, fact->type) : -1;
    return nested >= 0 ? nested : flow_type_width(column_type(fact, bound, w->plan->dialect));
}

/* Bytes of a row as stored, by its columns; 0 when they are not all known. */
static double row_width(struct walk *w, const struct dataset *d) {
    double width = 0;
    for (size_t i = 0; d->columns_complete && i < d->column_count; i++) width += fact_width(w, &d->columns[i], (struct type){.kind = TYPE_UNKNOWN});
    return width;
}

/* Are most of its columns' widths measured? */
static bool is_measured(const struct dataset *d) {
    size_t n = 0;
    for (size_t i = 0; i < d->column_count; i++) n += d->columns[i].stats && d->columns[i].stats->width >= 0;
    return n && n * 2 >= d->column_count;
}

static bool key_alone(const struct rel *rel, int ordinal) {
    for (size_t i = 0; rel->table && ordinal >= 0 && i < rel->table->keys.n; i++) {
        const struct schema_key *key = &rel->table->keys.at[i];
        if (key->n == 1 && key->columns[0] == (size_t)ordinal) return true;
    }
    return false;
}

static void column_set(struct walk *w, const struct rel *rel, size_t i, const struct dataset *d, double rows) {
    int number = rel->columns[i];
    const struct plan_column *column = &w->plan->columns[number];
    const struct column_fact *fact = fact_find(d, column->name);
    const struct column_stats *s = fact ? fact->stats : NULL;
    struct column_flow c = {.made = true, .domain = -1, .now = -1, .nulls = column->nullable ? -1 : 0, .top = -1, .base_rows = rows, .scan = rel};
    c.width = fact_width(w, fact, column->type) * (fact && fact->type ? nested_share(w, number, fact->type) : 1);
    c.ordered = d && d->cluster_count && column->name && str_ieq(str_of(d->cluster_by[0]), str_of(column->name));
    if (s) {
        c.domain = c.now = s->distinct >= 0 ? fmax(1, fmin(s->distinct, fmax(rows, 1))) : -1;
        if (s->nulls >= 0) c.nulls = s->nulls;
        c.top = s->top;
        c.ranged = flow_number(s->low, &c.low) && flow_number(s->high, &c.high) && c.low <= c.high;
    }
    if (c.now < 0 && rel->ordinals && key_alone(rel, rel->ordinals[i])) c.domain = c.now = fmax(rows, 1);
    w->columns[number] = c;
}

static double needed_share(struct walk *w, const struct rel *rel, const struct dataset *d, double whole) {
    double needed = 0;
    for (size_t i = 0; i < rel->n_columns; i++) {
        if (w->plan->columns[rel->columns[i]].star) return 1;
        if (w->needed[rel->columns[i]]) needed += w->columns[rel->columns[i]].width;
    }
    return whole > 0 ? fmin(1, fmax(needed, 1) / whole) : 1;
}

/* ---- partitions ---- */

enum speaks { SPEAKS_OF_IT, SPEAKS_OF_OTHERS, SPEAKS_OF_NOTHING };

static enum speaks speaks_of(const struct walk *w, const struct scalar *e, const struct rel *rel, const char *column) {
    const struct scalar *expr;
    if (e->rel) return SPEAKS_OF_OTHERS;
    if (e->op == SC_COLUMN) {
        int base = flow_column_base(w, e, &expr);
        if (base < 0) return expr ? speaks_of(w, expr, rel, column) : SPEAKS_OF_OTHERS;
        const struct plan_column *c = &w->plan->columns[base];
        return c->rel == rel && c->name && str_ieq(str_of(c->name), str_of(column)) ? SPEAKS_OF_IT : SPEAKS_OF_OTHERS;
    }
    enum speaks all = SPEAKS_OF_NOTHING;
    for (size_t i = 0; i < e->n; i++) {
        enum speaks one = speaks_of(w, e->args[i], rel, column);
        if (one == SPEAKS_OF_OTHERS) return one;
        if (one == SPEAKS_OF_IT) all = one;
    }
    return all;
}

/* What the table is cut or ordered by: `text` as its DDL has it, DATE(ts), and the column in it. */
struct cut {
    const char *text, *column;
    bool ordered; /* files ordered by it, not partitions of it */
};

/* The first column of an expression: TIMESTAMP_TRUNC(ts, DAY) has a unit after it. NULL when there is none. */
static const struct sql_expr *first_name(const struct sql_expr *e, int depth) {
    const struct sql_expr *found = NULL;
    if (!e || depth > 20 || e->kind == EX_NAME) return e && e->kind == EX_NAME ? e : NULL;
    for (uint32_t i = 0; i < e->arg_count && !found; i++) found = first_name(e->args[i], depth + 1);
    return found;
}

/* A hash of the column says nothing of ranges: then the text stands for itself, and fits no column. */
static struct cut cut_of(struct walk *w, const char *text, bool ordered) {
    struct cut c = {.text = text, .column = text, .ordered = ordered};
    if (!strchr(text, '(') || strncasecmp(text, "bucket", 6) == 0) return c;
    const struct sql_expr *name = first_name(sql_parse_expr(w->arena, str_of(text), w->plan->dialect, NULL), 0);
    if (name) c.column = str_dup(w->arena, name->name);
    return c;
}

/* Which functions around a partition column leave partitions to be skipped? Engines that know the values of each partition put them into any
 * predicate: https://spark.apache.org/docs/latest/sql-data-sources-parquet.html#partition-discovery,
 * https://trino.io/docs/current/connector/hive.html. BigQuery looks through those that keep the order:
 * https://cloud.google.com/bigquery/docs/querying-partitioned-tables. A table cut by the function itself is asked by it. */
static bool prunes_by(enum dialect dialect, const struct cut *cut, const char *function) {
    static const char *const names[] = {"date", "date_trunc", "timestamp_trunc", "datetime_trunc", "timestamp", "datetime"};
    bool values = dialect == DIALECT_DATABRICKS || dialect == DIALECT_SPARK || dialect == DIALECT_TRINO || dialect == DIALECT_DUCKDB;
    if (!function || (values && !cut->ordered) || (cut->text != cut->column && strcasestr(cut->text, function))) return true;
    for (size_t i = 0; dialect == DIALECT_BIGQUERY && i < sizeof names / sizeof *names; i++) {
        if (str_iis(str_of(function), names[i])) return true;
    }
    return false;
}

/* extract(year FROM event_date) = 2026: the engine sees no bound on event_date. The function's name, NULL when none is in the way. */
static const char *function_around(const struct scalar *e, enum dialect dialect, const struct cut *cut) {
    if (e->op == SC_CALL && !prunes_by(dialect, cut, e->name)) return e->name;
    for (size_t i = 0; i < e->n; i++) {
        const struct scalar *arg = e->args[i];
        if (arg->op == SC_CALL && !flow_is_constant(arg) && !prunes_by(dialect, cut, arg->name)) return arg->name;
    }
    return NULL;
}

static double pruned_share(struct walk *w, const struct rel *rel, const struct predicates *list, const struct dataset *d, const struct cut *cut,
                           struct work_scan *scan) {
    struct predicates own = {0};
    for (size_t i = 0; i < list->n; i++) {
        const struct scalar *e = list->at[i];
        if (speaks_of(w, e, rel, cut->column) != SPEAKS_OF_IT) continue;
        const char *function = function_around(e, w->plan->dialect, cut);
        if (!function) *vec_add(w->arena, &own) = e;
        else if (!cut->ordered) scan->function = function, scan->partition = cut->column;
    }
    if (!own.n) return 1;
    size_t n = rel->n_columns;
    struct column_flow *kept = arena_array(w->arena, n + 1, sizeof *kept); /* the whole list narrows them later */
    for (size_t i = 0; i < n; i++) kept[i] = w->columns[rel->columns[i]];
    double share = flow_select(w, &own, scan->table_rows);
    const struct column_fact *fact = fact_find(d, cut->column);
    scan->partition_measured = (!scan->pruned || scan->partition_measured) && fact && fact->stats && fact->stats->distinct > 0;
    for (size_t i = 0; i < n; i++) w->columns[rel->columns[i]] = kept[i];
    scan->pruned = true;
    return share;
}

static void partitions_prune(struct walk *w, const struct rel *rel, const struct predicates *list, const struct dataset *d, struct work_scan *scan) {
    double share = 1;
    for (size_t i = 0; i < d->partition_count; i++) {
        struct cut cut = cut_of(w, d->partition_by[i], false);
        if (i == 0) scan->partition = cut.column;
        share *= pruned_share(w, rel, list, d, &cut, scan);
    }
    for (size_t i = 0; i < d->cluster_count && i < 4; i++) {
        /* Files ordered by a column: those at the edges hold other values too, and later columns are ordered within earlier ones only. */
        struct cut cut = cut_of(w, d->cluster_by[i], true);
        double ordered = pruned_share(w, rel, list, d, &cut, scan);
        share *= i == 0 ? fmin(1, 2 * ordered + 0.01) : sqrt(ordered);
    }
    if (scan->pruned) scan->function = NULL;
    scan->partition_share = fmax(share, SEL_LEAST);
}

/* ---- the scan ---- */

static void scan_size(struct walk *w, const struct rel *rel, const struct dataset *d, struct work_scan *scan) {
    double width = d ? row_width(w, d) : 0;
    scan->known = d && (d->bytes >= 0 || d->rows >= 0);
    if (!scan->known) return;
    scan->table_rows = (double)d->rows;
    scan->table_bytes = (double)d->bytes;
    if (d->rows < 0) {
        scan->table_rows = fmax(1, scan->table_bytes * 2 / (width > 0 ? width : 100)); /* stored packed to half its size */
        flow_default(w, 0.7, "rows of tables without a count are taken from their bytes");
    }
    if (d->bytes < 0) {
        scan->table_bytes = scan->table_rows * (width > 0 ? width : 100) / 2;
        flow_default(w, 0.7, "bytes of tables without a size are taken from their rows and columns");
    }
    scan->origin = d->origin;
    scan->age = d->age;
}

struct test {
    double cost, share;
};

/* What takes most rows for its cost is asked first. */
static int test_order(const void *left, const void *right) {
    const struct test *a = left, *b = right;
    double x = a->cost / fmax(1 - a->share, SEL_LEAST), y = b->cost / fmax(1 - b->share, SEL_LEAST);
    return (x > y) - (x < y);
}

/* Nanoseconds a row of all predicates: each is asked of what the ones before it left, in the order of Hellerstein and Stonebraker, "Predicate
 * migration" (1993). */
static double tests_cost(struct walk *w, const struct rel *rel, const struct predicates *list, double rows) {
    struct test tests[TESTS_MAX];
    struct column_flow *kept = arena_array(w->arena, rel->n_columns + 1, sizeof *kept);
    size_t n = list->n < TESTS_MAX ? list->n : TESTS_MAX;
    double cost = 0, left = 1;
    for (size_t i = 0; i < rel->n_columns; i++) kept[i] = w->columns[rel->columns[i]];
    w->mute_defaults++;
    for (size_t k = 0; k < n; k++) {
        struct predicates one = {0};
        *vec_add(w->arena, &one) = list->at[k];
        tests[k] = (struct test){flow_scalar_cost(w, list->at[k]), flow_select(w, &one, rows)};
        for (size_t i = 0; i < rel->n_columns; i++) w->columns[rel->columns[i]] = kept[i];
    }
    w->mute_defaults--;
    qsort(tests, n, sizeof *tests, test_order);
    for (size_t k = 0; k < n; k++) {
        cost += left * tests[k].cost;
        left *= fmax(tests[k].share, LATER_LEAST);
    }
    return cost;
}

const struct err *flow_scan(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    struct dataset *d;
    struct work_scan scan = {.dataset = rel->name, .column_share = 1, .partition_share = 1};
    TRY(dataset_find(w, rel->name, &d));
    scan_size(w, rel, d, &scan);
    for (size_t i = 0; i < rel->n_columns; i++) column_set(w, rel, i, d, scan.table_rows);
    double width = d ? row_width(w, d) : 0;
    scan.widths_known = width > 0;
    scan.widths_measured = width > 0 && is_measured(d);
    scan.partitioned = d && d->partition_count > 0;
    if (d) partitions_prune(w, rel, list, d, &scan);
    if (width > 0) scan.column_share = needed_share(w, rel, d, width);
    if (scan.known && width <= 0) flow_default(w, 0.5, "tables whose columns are not known are taken to be read whole");
    double test = tests_cost(w, rel, list, scan.table_rows), share = flow_select(w, list, scan.table_rows);
    flow_columns_keep(w, rel, scan.table_rows, share);
    scan.rows = scan.table_rows * scan.partition_share;
    scan.bytes = scan.table_bytes * scan.column_share * scan.partition_share;
    *out = flow_shape(w, rel, fmax(scan.table_rows * share, scan.known ? 1 : 0));
    /* Columns of predicates are read whole, the others where they hold. */
    double handed = (list->n ? scan.rows : 0) + out->rows * fmax(1, out->values), read = scan.bytes * NS_SCAN_BYTE + handed * NS_SCAN_VALUE;
    double first = (list->n ? 2.0 : 1.0) / fmax(list->n ? 2 : 1, out->values); /* a predicate's column and a join's key */
    flow_step(w, arena_printf(w->arena, "scan %s", rel->name), scan.rows, out->rows, scan.bytes, read * first + scan.rows * test);
    out->late = read * (1 - first);
    if (w->mute || w->scans.n >= SCANS_MAX) return NULL;
    *vec_add(w->arena, &w->scans) = scan;
    w->out->read_bytes += scan.bytes;
    w->out->read_rows += scan.rows;
    if (!scan.known && !text_list_has(&w->out->missing, rel->name)) text_list_add(w->arena, &w->out->missing, rel->name);
    return NULL;
}
