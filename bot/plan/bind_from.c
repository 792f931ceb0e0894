/* bind_from.c - what stands in FROM: tables, sub-queries, joins, and relations computed from the row beside them. */
#include "bind_core.h"
#include "sql_print.h"

static struct scope_source *source_add(struct binder *b, struct scope *scope, struct rel *rel, struct sql_ident alias) {
    struct scope_source *source = vec_add(b->arena, &scope->sources);
    *source = (struct scope_source){.rel = rel, .star = -1, .alias = alias.text.n ? bind_lower(b, alias.text) : NULL};
    return source;
}

void source_star_add(struct binder *b, struct scope_source *source, int star) {
    if (source->stars.n == 0) source->star = star;
    *vec_add(b->arena, &source->stars) = star;
}

/* Outputs in order, stars and names. */
static void outputs_set(struct binder *b, struct scope_source *source, const char *const *names, const int *columns, size_t n) {
    source->outputs.n = 0;
    for (size_t i = 0; i < n; i++) *vec_add(b->arena, &source->outputs) = (struct offer){names[i], columns[i]};
}

static void offer_add(struct binder *b, struct scope_source *source, const char *name, int column) {
    *vec_add(b->arena, &source->offers) = (struct offer){name, column};
}

/* t AS a (x, y) of a table of unknown columns: x is its first. */
static void places_name(struct binder *b, struct scope_source *source, const struct sql_from *from) {
    size_t n = from->column_count;
    struct column_def *defs = arena_array(b->arena, n + 1, sizeof *defs);
    source->outputs.n = 0;
    for (size_t i = 0; i < n; i++) {
        struct scalar *field = scalar_new(b, SC_FIELD, 1, from->range);
        ((const struct scalar **)field->args)[0] = scalar_column(b, source->star, from->range);
        field->name = arena_printf(b->arena, "place %zu", i + 1);
        field->nullable = true;
        const char *name = bind_lower(b, from->columns[i].name.text);
        defs[i] = (struct column_def){column_new(b, name, field->type, true, NULL), field};
        offer_add(b, source, name, defs[i].column);
        *vec_add(b->arena, &source->outputs) = (struct offer){name, defs[i].column};
    }
    struct scalar *rest = scalar_new(b, SC_CALL, 1, from->range); /* under other names: not the star of the table itself */
    ((const struct scalar **)rest->args)[0] = scalar_column(b, source->star, from->range);
    rest->name = arena_printf(b->arena, "renamed %zu", n);
    rest->type = (struct type){TYPE_OTHER, 0, 0};
    rest->nullable = true;
    source->stars.n = 0;
    source_star_add(b, source, column_new(b, "*", rest->type, true, NULL));
    *vec_add(b->arena, &source->outputs) = (struct offer){"*", source->star};
    defs[n] = (struct column_def){source->star, rest};
    source->rel = rel_project(b, source->rel, defs, n + 1, from->range);
}

static void offers_rename(struct binder *b, struct scope_source *source, const struct sql_from *from) {
    if (from->column_count == 0) return;
    if (source->stars.n == 1 && source->offers.n == 0 && from->column_count <= BIND_SPREAD_MAX) {
        places_name(b, source, from);
        return;
    }
    if (source->star >= 0 || from->column_count > source->offers.n) {
        bind_refuse(b, from->range, "column aliases over a relation of unknown columns");
        return;
    }
    for (uint32_t i = 0; i < from->column_count; i++) source->offers.at[i].name = bind_lower(b, from->columns[i].name.text);
}

static void offers_bound(struct binder *b, struct scope_source *source, const struct bound *bound) {
    for (size_t i = 0; i < bound->n; i++) {
        if (strcmp(bound->names[i], "*") == 0) source_star_add(b, source, bound->rel->columns[i]);
        else offer_add(b, source, bound->names[i], bound->rel->columns[i]);
    }
    outputs_set(b, source, bound->names, bound->rel->columns, bound->n);
}

/* A name that only the run knows stands for one table: the same words for the same one, while the parameters are the same. */
static const char *table_name(struct binder *b, const struct sql_name *name) {
    struct buf text = buf_new(b->arena);
    if (name->dynamic) {
        bool fixed = name->dynamic->kind == EX_LITERAL && name->dynamic->op == LIT_STRING;
        if (!fixed) bind_suppose(b, "a table's name is computed when it runs");
        buf_text(&text, fixed ? bind_lower(b, name->dynamic->name)
                              : arena_printf(b->arena, "identifier(%s)", sql_expr_text(b->arena, name->dynamic, b->dialect)));
    }
    for (uint32_t i = 0; i < name->part_count; i++) {
        if (name->parts[i].templated) bind_suppose(b, "a table's name holds a parameter: %.*s", STR_ARG(name->parts[i].text));
        if (i || name->dynamic) buf_char(&text, '.');
        buf_text(&text, bind_lower(b, name->parts[i].text));
    }
    return buf_str(&text);
}

static void scan_columns(struct binder *b, struct rel *rel, struct scope_source *source) {
    size_t n = rel->table ? rel->table->columns.n : 0;
    bool open = !rel->table || !rel->table->complete;
    int *columns = arena_array(b->arena, n + 2, sizeof *columns), *ordinals = arena_array(b->arena, n + 2, sizeof *ordinals);
    for (size_t i = 0; i < n; i++) {
        const struct schema_column *column = &rel->table->columns.at[i];
        columns[i] = column_new(b, bind_lower(b, str_of(column->name)), column->type, !column->not_null, rel);
        b->columns.at[columns[i]].ordinal = i;
        ordinals[i] = (int)i;
        offer_add(b, source, b->columns.at[columns[i]].name, columns[i]);
    }
    if (open) {
        columns[n] = column_new(b, "*", (struct type){TYPE_OTHER, 0, 0}, true, rel);
        source_star_add(b, source, columns[n]);
        *vec_add(b->arena, &source->outputs) = (struct offer){"*", columns[n]}; /* it stands for the columns that are known, too */
        b->columns.at[columns[n]].ordinal = n;
        ordinals[n] = -1;
        n++;
    }
    rel->columns = columns;
    rel->ordinals = ordinals;
    rel->n_columns = n;
}

static const struct cte_frame *cte_find(const struct cte_frame *frames, const struct sql_name *name) {
    if (name->part_count != 1 || name->dynamic) return NULL;
    for (const struct cte_frame *f = frames; f; f = f->outer)
        if (str_ieq(f->cte->name.text, name->parts[0].text)) return f;
    return NULL;
}

static struct rel *cte_use(struct binder *b, struct scope *scope, const struct sql_from *from, const struct cte_frame *frame) {
    struct bound bound = bind_cte(b, scope, frame);
    struct sql_ident alias = from->alias.text.n ? from->alias : frame->cte->name;
    struct scope_source *source = source_add(b, scope, bound.rel, alias);
    offers_bound(b, source, &bound);
    offers_rename(b, source, from);
    return source->rel;
}

/* The words that make another relation of a table: time travel, options. */
static const char *version_text(struct binder *b, struct scope *scope, const struct sql_from *from) {
    struct buf text = buf_new(b->arena);
    if (from->travel) {
        buf_printf(&text, "%.*s", STR_ARG(from->travel->words));
        if (from->travel->expr) buf_printf(&text, " %s", sql_expr_text(b->arena, from->travel->expr, b->dialect));
        if (from->travel->upper) buf_printf(&text, " %s", sql_expr_text(b->arena, from->travel->upper, b->dialect));
        struct scope nothing = {.ctes = scope->ctes, .clause = CLAUSE_INPUT, .level = scope->level};
        const struct scalar *point = from->travel->expr ? bind_expr(b, &nothing, from->travel->expr) : NULL;
        if (point && point->is_volatile) bind_suppose(b, "time travel to a point that differs from run to run");
    }
    if (from->flags & (SQL_FROM_ONLY | SQL_FROM_FINAL | SQL_FROM_DESCENDANTS))
        buf_printf(&text, " only:%u", from->flags & (SQL_FROM_ONLY | SQL_FROM_FINAL | SQL_FROM_DESCENDANTS));
    if (from->flags & SQL_FROM_STREAM) buf_text(&text, " stream");
    for (uint32_t i = 0; i < from->option_count; i++) {
        const struct sql_property *o = &from->options[i];
        buf_printf(&text, " %s=%s%s", bind_lower(b, o->key), o->value ? sql_expr_text(b->arena, o->value, b->dialect) : "", bind_lower(b, o->text));
    }
    if (from->tail.n) buf_printf(&text, " %s", bind_lower(b, from->tail));
    return text.n ? buf_str(&text) : NULL;
}

/* A sample keeps each row by chance: a volatile filter, told by its words. */
struct rel *sampled(struct binder *b, const struct sql_sample *sample, struct rel *rel) {
    if (!sample) return rel;
    struct scalar *keeps = scalar_new(b, SC_CALL, 0, rel->range);
    struct buf words = buf_new(b->arena);
    static const char *const words_of[] = {"", "out of", "on", "seed"};
    const struct sql_expr *const numbers[] = {sample->size, sample->of, sample->on, sample->seed};
    buf_printf(&words, "%.*s%ssample", STR_ARG(sample->method), sample->method.n ? " " : "");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i]) buf_printf(&words, "%s%s %s", *words_of[i] ? " " : "", words_of[i], sql_expr_text(b->arena, numbers[i], b->dialect));
    buf_printf(&words, " %.*s", STR_ARG(sample->unit));
    keeps->name = str_lower(b->arena, str_of(buf_str(&words)));
    keeps->type = (struct type){TYPE_BOOL, 0, 0};
    keeps->is_volatile = b->plan->is_volatile = true;
    return rel_filter(b, rel, keeps);
}

static struct rel *opaque_new(struct binder *b, const char *name, const struct scalar *call, struct range range) {
    struct rel *rel = rel_new(b, REL_OPAQUE, range);
    rel->name = name;
    rel->call = call;
    rel->is_volatile = call && call->is_volatile;
    return rel;
}

static void opaque_columns(struct binder *b, struct rel *rel, struct scope_source *source, const char *const *names, size_t n) {
    int *columns = arena_array(b->arena, n + 1, sizeof *columns);
    for (size_t i = 0; i < n; i++) {
        columns[i] = column_new(b, names[i], (struct type){strcmp(names[i], "*") == 0 ? TYPE_OTHER : TYPE_UNKNOWN, 0, 0}, true, rel);
        b->columns.at[columns[i]].ordinal = i;
        if (strcmp(names[i], "*") == 0) source_star_add(b, source, columns[i]);
        else offer_add(b, source, names[i], columns[i]);
    }
    outputs_set(b, source, names, columns, n);
    rel->columns = columns;
    rel->n_columns = n;
}

/* FROM t, t.items AS x: the elements of an array column of a source to the left. */
static struct rel *array_source(struct binder *b, struct scope *scope, const struct sql_from *from) {
    struct scalar *call = scalar_new(b, SC_CALL, 1, from->range);
    ((const struct scalar **)call->args)[0] = bind_name(b, scope, from->name);
    call->name = "unnest";
    scalar_finish(b, call);
    struct rel *rel = opaque_new(b, "unnest:0", call, from->range);
    struct sql_ident alias = from->alias.text.n ? from->alias : from->name->parts[from->name->part_count - 1];
    struct scope_source *source = source_add(b, scope, rel, alias);
    source->value = true;
    const char *name = source->alias;
    opaque_columns(b, rel, source, &name, 1);
    return rel;
}

static struct rel *table_bind(struct binder *b, struct scope *scope, const struct sql_from *from) {
    const struct cte_frame *frame = cte_find(scope->ctes, from->name);
    if (frame) return cte_use(b, scope, from, frame);
    if (from->name->part_count >= 2 && scope_source_find(scope, from->name, 1)) return array_source(b, scope, from);
    struct rel *rel = rel_new(b, REL_SCAN, from->range);
    rel->name = table_name(b, from->name);
    rel->version = version_text(b, scope, from);
    rel->table = schema_find(b->schema, rel->name);
    bool cased = !rel->table && !from->name->dynamic && (b->dialect == DIALECT_BIGQUERY || b->dialect == DIALECT_MYSQL);
    if (cased) rel->name = sql_name_text(b->arena, from->name);
    const struct sql_ident *last = from->name->part_count ? &from->name->parts[from->name->part_count - 1] : NULL;
    if (last && !rel->table && ident_keeps_case(b, last))
        bind_suppose(b, "no other name differs from \"%.*s\" in its case alone", STR_ARG(last->text));
    *vec_add(b->arena, &b->tables) = str_lower(b->arena, str_of(rel->name));
    struct scope_source *source = source_add(b, scope, rel, from->alias);
    source->name = from->name;
    scan_columns(b, rel, source);
    offers_rename(b, source, from);
    return sampled(b, from->sample, source->rel);
}

/* FROM @stage/path (FILE_FORMAT => ..): a table that goes by its words. */
static struct rel *stage_bind(struct binder *b, struct scope *scope, const struct sql_from *from) {
    struct sql_from words = *from;
    words.alias = (struct sql_ident){0};
    words.column_count = 0;
    struct buf text = buf_new(b->arena);
    sql_print_from(&text, &words, b->dialect);
    struct rel *rel = rel_new(b, REL_SCAN, from->range);
    rel->name = buf_str(&text);
    *vec_add(b->arena, &b->tables) = rel->name;
    struct scope_source *source = source_add(b, scope, rel, from->alias);
    scan_columns(b, rel, source);
    offers_rename(b, source, from);
    return source->rel;
}

static struct rel *bound_source(struct binder *b, struct scope *scope, const struct sql_from *from, struct bound bound) {
    struct scope_source *source = source_add(b, scope, bound.rel, from->alias);
    offers_bound(b, source, &bound);
    offers_rename(b, source, from);
    return sampled(b, from->sample, source->rel);
}

static struct rel *query_source(struct binder *b, struct scope *scope, const struct sql_from *from, bool lateral) {
    /* A derived table sees the enclosing query, and what stands left of it only when LATERAL. */
    struct bound bound = bind_query(b, lateral ? scope : scope->outer, scope->ctes, from->query);
    struct scope_source *source = source_add(b, scope, bound.rel, from->alias);
    offers_bound(b, source, &bound);
    offers_rename(b, source, from);
    if (from->travel || from->tail.n) bind_refuse(b, from->range, "a clause of a derived table");
    return sampled(b, from->sample, source->rel);
}

/* A function that gives one column names it by the alias, or by itself. */
static size_t column_of_function(struct binder *b, const struct sql_from *from, const char *function, const char **names) {
    static const char *const plain[] = {"generate_series", "generate_subscripts", "unnest",           "regexp_split_to_table",
                                        "string_to_table", "json_object_keys",    "jsonb_object_keys"};
    static const char *const pairs[] = {"json_each", "jsonb_each", "json_each_text", "jsonb_each_text"};
    static const char *const values[] = {"json_array_elements", "jsonb_array_elements", "json_array_elements_text", "jsonb_array_elements_text"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(plain[i], function) == 0) return names[0] = from->alias.text.n ? bind_lower(b, from->alias.text) : function, 1;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (strcmp(pairs[i], function) == 0) return names[0] = "key", names[1] = "value", 2;
        if (strcmp(values[i], function) == 0) return names[0] = "value", 1;
    }
    return 0;
}

/* UNNEST(x) AS v [WITH OFFSET o], explode(x), flatten(..), and any other table function; the result may use what stands left of it. */
static struct rel *call_source(struct binder *b, struct scope *scope, const struct sql_from *from) {
    const struct sql_expr *call = from->call;
    if (!call || call->kind != EX_CALL || (from->flags & SQL_FROM_ROWS_FROM)) {
        bind_refuse(b, from->range, "a relation of this form");
        return opaque_new(b, "?", NULL, from->range);
    }
    const char *name = bind_lower(b, call->name);
    struct rel_list inputs = {0}, *outer = b->table_arguments;
    b->table_arguments = strcmp(name, "unnest") == 0 ? NULL : &inputs;
    const struct scalar *bound = bind_expr(b, scope, call);
    b->table_arguments = outer;
    struct rel *rel = opaque_new(b, arena_printf(b->arena, "%s:%u", name, from->flags & (SQL_FROM_ORDINALITY | SQL_FROM_OFFSET)), bound, from->range);
    rel->inputs = inputs.at;
    rel->n_inputs = inputs.n;
    struct scope_source *source = source_add(b, scope, rel, from->alias);
    const char *names[64];
    size_t n = 0;
    bool unnest = strcmp(name, "unnest") == 0, bigquery = b->dialect == DIALECT_BIGQUERY;
    for (uint32_t i = 0; i < from->column_count && n < 62; i++) names[n++] = bind_lower(b, from->columns[i].name.text);
    if (n == 0 && unnest && (bigquery || from->alias.text.n)) {
        names[n++] = source->alias ? source->alias : "*";
        source->value = source->alias != NULL;
    } else if (n == 0 && (b->dialect == DIALECT_POSTGRES || b->dialect == DIALECT_REDSHIFT)) n = column_of_function(b, from, name, names);
    if (n == 0) names[n++] = "*";
    if (from->flags & SQL_FROM_OFFSET) names[n++] = from->offset.text.n ? bind_lower(b, from->offset.text) : "offset";
    opaque_columns(b, rel, source, names, n);
    if (from->travel || from->tail.n) bind_refuse(b, from->range, "a clause of a table function");
    return sampled(b, from->sample, rel);
}

static struct rel *lateral_view(struct binder *b, struct scope *scope, const struct sql_from *from) {
    struct rel *left = bind_from(b, scope, from->left);
    const struct sql_expr *call = from->call;
    if (!call || call->kind != EX_CALL) {
        bind_refuse(b, from->range, "a LATERAL VIEW of this form");
        return left;
    }
    const char *name = bind_lower(b, call->name);
    struct rel *rel = opaque_new(b, name, bind_expr(b, scope, call), from->range);
    struct scope_source *source = source_add(b, scope, rel, from->alias);
    const char *names[64];
    size_t n = 0;
    for (uint32_t i = 0; i < from->column_count && n < 64; i++) names[n++] = bind_lower(b, from->columns[i].name.text);
    if (n == 0 && text_starts(name, "pos")) names[n++] = "pos";
    if (n <= 1 && from->column_count == 0 && (text_ends(name, "explode") || text_ends(name, "explode_outer"))) names[n++] = "col";
    if (n == 0) names[n++] = "*";
    opaque_columns(b, rel, source, names, n);
    struct rel *join = rel_join(b, left, rel, from->flags & SQL_FROM_OUTER ? RELJOIN_LEFT : RELJOIN_INNER, NULL);
    join->lateral = true;
    return join;
}

static bool is_lateral(const struct sql_from *from) { return from->kind == FROM_CALL || (from->flags & SQL_FROM_LATERAL); }

#define SIDE_SEVERAL (-2)

/* Columns of `name` among sources [from, to); adds the merged ones. -1: none; SIDE_SEVERAL: several that are known. */
static int side_column(struct binder *b, struct scope *scope, const char *name, size_t from, size_t to) {
    int found = -1;
    size_t open = 0, last = 0;
    for (size_t i = from; i < to; i++) {
        struct scope_source *source = &scope->sources.at[i];
        for (size_t j = 0; j < source->offers.n; j++)
            if (strcmp(source->offers.at[j].name, name) == 0) {
                bool merged = false;
                for (size_t m = 0; m < scope->merged.n; m++)
                    for (size_t k = 1; k < scope->merged.at[m].members.n; k++)
                        merged |= scope->merged.at[m].members.at[k] == source->offers.at[j].column;
                if (merged) continue;
                if (found >= 0) return SIDE_SEVERAL;
                found = source->offers.at[j].column;
            }
        if (source->star >= 0) open += source->stars.n, last = i;
    }
    if (found >= 0 || open != 1) return found;
    return source_column(b, &scope->sources.at[last], name);
}

/* One side's column of USING: a known one, else that of one of several open sources. */
static const struct scalar *side_scalar(struct binder *b, struct scope *scope, const char *name, size_t from, size_t to, int *column) {
    *column = side_column(b, scope, name, from, to);
    if (*column >= 0) return scalar_column(b, *column, (struct range){0});
    return *column == SIDE_SEVERAL ? NULL : side_ambiguous(b, scope, name, from, to);
}

static const struct scalar *merge_column(struct binder *b, struct scope *scope, const char *name, size_t middle, size_t start, enum sql_join kind) {
    int left, right;
    struct merged *merged = NULL;
    for (size_t i = 0; i < scope->merged.n; i++)
        if (strcmp(scope->merged.at[i].name, name) == 0) merged = &scope->merged.at[i];
    const struct scalar *l = side_scalar(b, scope, name, start, middle, &left);
    const struct scalar *r = side_scalar(b, scope, name, middle, scope->sources.n, &right);
    if (merged) l = merged->expr;
    if (!l || !r) {
        bind_refuse(b, (struct range){0}, "USING (%s): not one column on each side", name);
        return NULL;
    }
    if (!merged) {
        merged = vec_add(b->arena, &scope->merged);
        *merged = (struct merged){.name = name};
        if (left >= 0) *vec_add(b->arena, &merged->members) = left;
    }
    if (right >= 0) *vec_add(b->arena, &merged->members) = right;
    merged->hidden |= (left < 0 && l->op == SC_AMBIGUOUS) || right < 0;
    merged->expr = l;
    if (kind == JOIN_RIGHT) merged->expr = r;
    if (kind == JOIN_FULL) {
        struct scalar *both = scalar_new(b, SC_COALESCE, 2, (struct range){0});
        ((const struct scalar **)both->args)[0] = l;
        ((const struct scalar **)both->args)[1] = r;
        scalar_finish(b, both);
        merged->expr = both;
    }
    bool numbers = l->type.kind >= TYPE_INT && l->type.kind <= TYPE_FLOAT && r->type.kind >= TYPE_INT && r->type.kind <= TYPE_FLOAT;
    if (types_convert(l->type, r->type) || (numbers && l->type.kind != r->type.kind))
        bind_suppose(b, "a column of USING that has two types is that of the left side");
    return scalar_of(b, SC_EQ, l, r, (struct range){0});
}

/* Of tables of unknown columns: some condition on their rows. */
static const struct scalar *natural_opaque(struct binder *b, struct scope *scope, size_t start) {
    struct scalar *call = scalar_new(b, SC_CALL, scope->sources.n - start, (struct range){0});
    for (size_t i = start; i < scope->sources.n; i++) {
        const struct scope_source *s = &scope->sources.at[i];
        int column = s->star >= 0 ? s->star : s->offers.n ? s->offers.at[0].column : -1;
        ((const struct scalar **)call->args)[i - start] = column >= 0 ? scalar_column(b, column, (struct range){0}) : scalar_null(b);
    }
    call->name = "natural";
    call->type = (struct type){TYPE_BOOL, 0, 0};
    call->nullable = true;
    return call;
}

static const struct scalar *natural_condition(struct binder *b, struct scope *scope, size_t start, size_t middle, enum sql_join kind) {
    const struct scalar *all = NULL;
    bind_suppose(b, "NATURAL JOIN: what it joins on changes with the tables' columns");
    for (size_t i = start; i < scope->sources.n; i++)
        if (scope->sources.at[i].star >= 0) return natural_opaque(b, scope, start);
    for (size_t i = start; i < middle; i++)
        for (size_t j = 0; j < scope->sources.at[i].offers.n; j++) {
            const char *name = scope->sources.at[i].offers.at[j].name;
            bool seen = false;
            for (size_t p = start; p < i && !seen; p++)
                for (size_t q = 0; q < scope->sources.at[p].offers.n; q++) seen |= strcmp(scope->sources.at[p].offers.at[q].name, name) == 0;
            if (!seen && side_column(b, scope, name, middle, scope->sources.n) >= 0)
                all = scalar_and(b, all, merge_column(b, scope, name, middle, start, kind));
        }
    return all;
}

static const struct scalar *join_condition(struct binder *b, struct scope *scope, const struct sql_from *from, size_t start, size_t middle) {
    const struct scalar *all = NULL;
    if (from->flags & SQL_FROM_NATURAL) all = natural_condition(b, scope, start, middle, from->join);
    for (uint32_t i = 0; i < from->using_count; i++)
        all = scalar_and(b, all, merge_column(b, scope, bind_lower(b, from->using_columns[i].text), middle, start, from->join));
    if (from->on) all = scalar_and(b, all, bind_expr(b, scope, from->on));
    return all;
}

/* LEFT SEMI and LEFT ANTI: EXISTS over the right side; its columns are not seen afterwards. */
static struct rel *semi_join(struct binder *b, struct scope *scope, const struct sql_from *from, bool anti) {
    size_t start = scope->sources.n;
    struct rel *left = bind_from(b, scope, from->left);
    struct scope inner = {.outer = scope->outer, .ctes = scope->ctes, .clause = CLAUSE_INPUT, .level = scope->level};
    struct rel *right = bind_from(b, &inner, from->right);
    const struct scalar *condition = NULL;
    inner.outer = scope;
    for (uint32_t i = 0; i < from->using_count; i++) {
        const char *name = bind_lower(b, from->using_columns[i].text);
        int l = side_column(b, scope, name, start, scope->sources.n), r = side_column(b, &inner, name, 0, inner.sources.n);
        if (l < 0 || r < 0) bind_refuse(b, from->range, "USING (%s): not one column on each side", name);
        else
            condition =
                scalar_and(b, condition, scalar_of(b, SC_EQ, scalar_column(b, l, from->range), scalar_column(b, r, from->range), from->range));
    }
    if (from->on) condition = scalar_and(b, condition, bind_expr(b, &inner, from->on));
    if (from->flags & SQL_FROM_NATURAL) bind_refuse(b, from->range, "a NATURAL semi-join");
    struct scalar *exists = scalar_new(b, SC_EXISTS, 0, from->range);
    exists->rel = condition ? rel_filter(b, right, condition) : right;
    scalar_finish(b, exists);
    return rel_filter(b, left, anti ? scalar_not(b, exists) : exists);
}

static struct rel *join_bind(struct binder *b, struct scope *scope, const struct sql_from *from) {
    if (from->flags & (SQL_FROM_ASOF | SQL_FROM_GLOBAL) || from->match) bind_refuse(b, from->range, "a join of this kind");
    if (from->join == JOIN_LEFT_SEMI || from->join == JOIN_LEFT_ANTI) return semi_join(b, scope, from, from->join == JOIN_LEFT_ANTI);
    size_t start = scope->sources.n;
    struct rel *left = bind_from(b, scope, from->left);
    size_t middle = scope->sources.n;
    struct rel *right = bind_from(b, scope, from->right);
    const struct scalar *condition = join_condition(b, scope, from, start, middle);
    struct rel *join;
    switch (from->join) {
    case JOIN_COMMA:
    case JOIN_CROSS:
    case JOIN_INNER:
    case JOIN_STRAIGHT:
    case JOIN_CROSS_APPLY:
        join = rel_join(b, left, right, RELJOIN_INNER, condition);
        break;
    case JOIN_LEFT:
    case JOIN_OUTER_APPLY:
        join = rel_join(b, left, right, RELJOIN_LEFT, condition);
        break;
    case JOIN_RIGHT:
        join = rel_join(b, right, left, RELJOIN_LEFT, condition);
        break;
    case JOIN_FULL:
        join = rel_join(b, left, right, RELJOIN_FULL, condition);
        break;
    default:
        bind_refuse(b, from->range, "a join of this kind");
        join = rel_join(b, left, right, RELJOIN_INNER, condition);
    }
    join->lateral = is_lateral(from->right) || from->join == JOIN_CROSS_APPLY || from->join == JOIN_OUTER_APPLY;
    if (join->lateral && from->join == JOIN_RIGHT) bind_refuse(b, from->range, "a lateral RIGHT JOIN");
    return join;
}

static struct rel *unknown_source(struct binder *b, struct scope *scope, const struct sql_from *from, const char *what) {
    bind_refuse(b, from->range, "%s", what);
    struct rel *rel = opaque_new(b, what, NULL, from->range);
    if (from->left) {
        struct scope inner = {.outer = scope->outer, .ctes = scope->ctes, .clause = CLAUSE_INPUT, .level = scope->level};
        const struct rel **inputs = arena_array(b->arena, 1, sizeof *inputs);
        inputs[0] = bind_from(b, &inner, from->left);
        rel->inputs = inputs;
        rel->n_inputs = 1;
    }
    struct scope_source *source = source_add(b, scope, rel, from->alias);
    const char *star = "*";
    opaque_columns(b, rel, source, &star, 1);
    return rel;
}

/* (a JOIN b ON ..) AS x: one relation of all their columns; of two columns of one name x.name means neither. */
static struct rel *alias_over(struct binder *b, struct scope *scope, const struct sql_from *from) {
    struct scope inner = {.outer = scope->outer, .ctes = scope->ctes, .clause = CLAUSE_INPUT, .level = scope->level};
    struct rel *rel = bind_from(b, &inner, from->left);
    struct scope_source *source = source_add(b, scope, rel, from->alias);
    size_t open = 0;
    for (size_t i = 0; i < inner.sources.n; i++) {
        const struct scope_source *part = &inner.sources.at[i];
        for (size_t k = 0; k < part->offers.n; k++) offer_add(b, source, part->offers.at[k].name, part->offers.at[k].column);
        for (size_t k = 0; k < part->stars.n; k++) source_star_add(b, source, part->stars.at[k]), open++;
        source->outputs = part->outputs;
    }
    if ((open && inner.sources.n > 1) || inner.merged.n) bind_refuse(b, from->range, "an alias over a join of tables of unknown columns");
    size_t kept = 0;
    for (size_t i = 0; i < source->offers.n; i++) {
        size_t same = 0;
        for (size_t k = 0; k < source->offers.n; k++) same += strcmp(source->offers.at[k].name, source->offers.at[i].name) == 0;
        if (same == 1) source->offers.at[kept++] = source->offers.at[i];
    }
    if (kept != source->offers.n) bind_refuse(b, from->range, "an alias over a join of columns of one name");
    offers_rename(b, source, from);
    return source->rel;
}

struct rel *bind_from(struct binder *b, struct scope *scope, const struct sql_from *from) {
    if (++b->depth > BIND_DEPTH_MAX * 8) {
        b->depth--;
        return unknown_source(b, scope, &(struct sql_from){.range = from->range}, "FROM nests too deep");
    }
    struct rel *rel;
    switch (from->kind) {
    case FROM_TABLE:
        rel = table_bind(b, scope, from);
        break;
    case FROM_QUERY:
    case FROM_DUAL_VALUES:
        rel = query_source(b, scope, from, from->flags & SQL_FROM_LATERAL);
        break;
    case FROM_CALL:
        rel = call_source(b, scope, from);
        break;
    case FROM_JOIN:
        rel = join_bind(b, scope, from);
        break;
    case FROM_BRACKETS:
        rel = from->alias.text.n ? alias_over(b, scope, from) : bind_from(b, scope, from->left);
        rel = sampled(b, from->sample, rel);
        break;
    case FROM_LATERAL_VIEW:
        rel = lateral_view(b, scope, from);
        break;
    case FROM_PIVOT:
        rel = bound_source(b, scope, from, bind_pivot(b, scope, from));
        break;
    case FROM_UNPIVOT:
        rel = bound_source(b, scope, from, bind_unpivot(b, scope, from));
        break;
    case FROM_STAGE:
        rel = stage_bind(b, scope, from);
        break;
    case FROM_MATCH:
        rel = from->left ? bound_source(b, scope, from, bind_clause(b, scope, from)) : unknown_source(b, scope, from, "MATCH_RECOGNIZE");
        break;
    default:
        rel = unknown_source(b, scope, from, "a relation of this form");
        break;
    }
    b->depth--;
    return rel;
}
