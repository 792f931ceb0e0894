/* bind_select.c - one SELECT: FROM, WHERE, grouping, HAVING, windows, QUALIFY, the select list, DISTINCT, and the ORDER BY over it. */
#include "bind_core.h"

#include "sql_walk.h"

#define OUTPUTS_MAX 20000

struct output {
    const char *name;
    const struct scalar *expr;
};
struct select_state {
    struct binder *b;
    struct scope *scope;
    const struct sql_query *query;
    const struct sql_select *select;
    VEC(struct output) outputs;
    struct rel *rel;
    bool open;
    bool *met; /* by place in the star's REPLACE list: a column had that name */
};

static bool ident_listed(const struct sql_ident *list, uint32_t n, const char *name) {
    for (uint32_t i = 0; i < n; i++)
        if (str_iis(list[i].text, name)) return true;
    return false;
}

static void output_add(struct select_state *s, const char *name, const struct scalar *expr) {
    if (s->outputs.n >= OUTPUTS_MAX) {
        bind_refuse(s->b, s->query->range, "more than %d columns", OUTPUTS_MAX);
        return;
    }
    *vec_add(s->b->arena, &s->outputs) = (struct output){name, expr};
    if (strcmp(name, "*") == 0) s->open = true;
}

/* withColumn makes rows too: explode. */
static const struct scalar *replaced_bind(struct select_state *s, const struct sql_item *item) {
    if (!bind_generator(s->b, item->expr)) return bind_expr(s->b, s->scope, item->expr);
    const char *name = bind_lower(s->b, item->alias.text);
    return scalar_column(s->b, generator_add(s->b, s->scope, item->expr, &name, 1)[0], item->range);
}

/* LIKE of a column's name: % any, _ one; a pattern of other signs is refused before. */
static bool name_like(const char *name, const char *pattern) {
    const char *again = NULL, *from = NULL;
    while (*name) {
        if (*pattern == '%') again = ++pattern, from = name;
        else if (*pattern && (*pattern == '_' || *pattern == *name)) pattern++, name++;
        else if (!again) return false;
        else pattern = again, name = ++from;
    }
    while (*pattern == '%') pattern++;
    return !*pattern;
}

/* * ILIKE '%id%' over known columns; LIKE with its case is refused, as names are kept without. */
static bool star_takes(struct select_state *s, const struct sql_star *star, const char *name) {
    if (!star || !star->like) return true;
    return name_like(name, bind_lower(s->b, star->like->name)) != star->like_not;
}

static void star_like_check(struct select_state *s, const struct sql_expr *expr) {
    const struct sql_star *star = expr->star;
    if (!star || !star->like) return;
    bool plain = star->like->kind == EX_LITERAL && star->like->op == LIT_STRING && !star->like_case && !star->like_similar &&
                 !(star->like->flags & SQL_TEMPLATED) && !memchr(star->like->name.p ? star->like->name.p : "", '\\', star->like->name.n);
    bool open = s->scope->merged.n > 0;
    for (size_t i = 0; i < s->scope->sources.n; i++) open |= s->scope->sources.at[i].star >= 0;
    if (!plain || open || star->path) bind_refuse(s->b, expr->range, "* ILIKE");
}

static void star_one(struct select_state *s, const struct sql_star *star, const char *name, const struct scalar *expr) {
    if (!star_takes(s, star, name)) return;
    if (star && ident_listed(star->except, star->except_count, name)) return;
    for (uint32_t i = 0; star && i < star->replace_count; i++)
        if (str_iis(star->replace[i].alias.text, name)) expr = replaced_bind(s, &star->replace[i]), s->met[i] = true;
    for (uint32_t i = 0; star && i < star->rename_count; i++)
        if (str_iis(star->rename[i].from.text, name)) name = bind_lower(s->b, star->rename[i].to.text);
    output_add(s, name, expr);
}

/* Is the column of USING one of this source's? */
static bool is_merged_into(const struct scope_source *source, const struct merged *merged) {
    for (size_t i = 0; i < source->offers.n; i++)
        for (size_t k = 0; k < merged->members.n; k++)
            if (source->offers.at[i].column == merged->members.at[k]) return true;
    return false;
}

/* The star of a relation of unknown columns, less or with the columns that EXCEPT and REPLACE name. */
static void star_open(struct select_state *s, const struct sql_star *star, struct scope_source *source, int column, bool all) {
    static const struct sql_star plain = {0};
    struct binder *b = s->b;
    uint32_t replaced = star && !star->adds ? star->replace_count : 0;
    bool changed = star && (star->except_count || replaced || star->rename_count);
    for (size_t i = 0; all && i < s->scope->merged.n; i++) changed |= is_merged_into(source, &s->scope->merged.at[i]);
    if (!star) star = &plain;
    if (!changed) {
        output_add(s, "*", scalar_column(b, column, s->query->range));
        return;
    }
    struct scalar *call = scalar_new(b, SC_CALL, 1 + replaced, s->query->range);
    const struct scalar **args = (const struct scalar **)call->args;
    args[0] = scalar_column(b, column, s->query->range);
    struct buf name = buf_new(b->arena);
    buf_text(&name, "star");
    for (uint32_t i = 0; i < star->except_count; i++) buf_printf(&name, " -%s", bind_lower(b, star->except[i].text));
    for (size_t i = 0; all && i < s->scope->merged.n; i++)
        if (is_merged_into(source, &s->scope->merged.at[i])) buf_printf(&name, " -%s", s->scope->merged.at[i].name); /* stands once in front */
    for (uint32_t i = 0; i < star->rename_count; i++)
        buf_printf(&name, " %s>%s", bind_lower(b, star->rename[i].from.text), bind_lower(b, star->rename[i].to.text));
    for (uint32_t i = 0; i < replaced; i++) {
        buf_printf(&name, " =%s", bind_lower(b, star->replace[i].alias.text));
        args[1 + i] = bind_expr(b, s->scope, star->replace[i].expr);
    }
    call->name = buf_str(&name);
    scalar_finish(b, call);
    call->type = (struct type){TYPE_OTHER, 0, 0};
    call->nullable = true;
    output_add(s, "*", call);
}

static bool is_merged_member(const struct scope *scope, int column) {
    for (size_t i = 0; i < scope->merged.n; i++)
        for (size_t j = 0; j < scope->merged.at[i].members.n; j++)
            if (scope->merged.at[i].members.at[j] == column) return true;
    return false;
}

static void star_source(struct select_state *s, const struct sql_star *star, struct scope_source *source, bool all) {
    bool open = source->star >= 0;
    size_t n = open ? source->outputs.n : source->offers.n;
    for (size_t i = 0; i < n; i++) {
        struct offer offer = open ? source->outputs.at[i] : source->offers.at[i];
        if (strcmp(offer.name, "*") == 0) star_open(s, star, source, offer.column, all);
        else if (!all || !is_merged_member(s->scope, offer.column)) star_one(s, star, offer.name, scalar_column(s->b, offer.column, s->query->range));
    }
}

/* x.* of a struct x: a row that goes by its fields. */
static void star_fields(struct select_state *s, const struct sql_expr *expr) {
    struct binder *b = s->b;
    const struct sql_star *star = expr->star;
    struct scalar *row = scalar_new(b, SC_CALL, 1, expr->range);
    if (star->except_count || star->replace_count || star->rename_count) bind_refuse(b, expr->range, "fields of a struct but for some");
    ((const struct scalar **)row->args)[0] = bind_name(b, s->scope, star->path);
    row->name = "fields";
    scalar_finish(b, row);
    row->type = (struct type){TYPE_OTHER, 0, 0};
    row->nullable = true;
    output_add(s, "*", row);
}

/* REPLACE OR ADD: what no column is called. */
static void star_added(struct select_state *s, const struct sql_star *star) {
    for (uint32_t i = 0; star && star->adds && i < star->replace_count; i++)
        if (!s->met[i]) output_add(s, bind_lower(s->b, star->replace[i].alias.text), replaced_bind(s, &star->replace[i]));
}

static void star_bind(struct select_state *s, const struct sql_expr *expr) {
    const struct sql_star *star = expr->star;
    s->met = star && star->replace_count ? arena_array(s->b->arena, star->replace_count, sizeof *s->met) : NULL;
    star_like_check(s, expr);
    if (star && star->path) {
        struct scope_source *source = NULL;
        for (struct scope *level = s->scope; level && !source; level = level->outer)
            source = scope_source_find(level, star->path, star->path->part_count);
        if (source) star_source(s, star, source, false);
        else star_fields(s, expr);
        star_added(s, star);
        return;
    }
    for (size_t i = 0; i < s->scope->merged.n; i++)
        if (s->scope->merged.at[i].hidden)
            bind_refuse(s->b, expr->range, "* over USING (%s) of several tables of unknown columns", s->scope->merged.at[i].name);
    for (size_t i = 0; i < s->scope->merged.n; i++) star_one(s, star, s->scope->merged.at[i].name, s->scope->merged.at[i].expr);
    for (size_t i = 0; i < s->scope->sources.n; i++) star_source(s, star, &s->scope->sources.at[i], true);
    star_added(s, star);
}

static bool is_cast(enum dialect dialect, const struct sql_expr *e) {
    return (e->kind == EX_CAST && e->arg_count > 0) || (e->kind == EX_CALL && e->arg_count == 1 && cast_word(dialect, e->name));
}

/* The name that a dialect gives to an item without alias: of a cast, of a call. NULL: one that no query names. */
static const char *implied_name(struct binder *b, const struct sql_expr *e) {
    bool postgres = b->dialect == DIALECT_POSTGRES || b->dialect == DIALECT_REDSHIFT;
    bool spark = b->dialect == DIALECT_DATABRICKS || b->dialect == DIALECT_SPARK;
    if (!postgres && !spark) return NULL;
    while (is_cast(b->dialect, e)) e = e->args[0];
    if (e->kind == EX_NAME && e->path && e->path->part_count) return bind_lower(b, e->path->parts[e->path->part_count - 1].text);
    if (postgres && e->kind == EX_CALL) return bind_lower(b, e->name);
    if (postgres && e->kind == EX_CASE) return "case";
    if (postgres && e->kind == EX_EXISTS) return "exists";
    return NULL;
}

static const char *item_name(struct binder *b, const struct sql_item *item, size_t ordinal) {
    if (item->alias.text.n) return bind_lower(b, item->alias.text);
    const struct sql_expr *e = item->expr;
    if (e->kind == EX_NAME && e->path && e->path->part_count) return bind_lower(b, e->path->parts[e->path->part_count - 1].text);
    if (e->kind == EX_FIELD && e->path && e->path->part_count) return bind_lower(b, e->path->parts[0].text);
    const char *implied = implied_name(b, e);
    if (implied) return implied;
    return arena_printf(b->arena, "_c%zu", ordinal);
}

const int *generator_add(struct binder *b, struct scope *scope, const struct sql_expr *expr, const char *const *names, size_t n) {
    size_t before = scope->generators.n;
    struct rel *rel = rel_new(b, REL_OPAQUE, expr->range);
    rel->name = bind_generator(b, expr);
    rel->call = bind_plain_call(b, scope, expr);
    if (scope->generators.n != before) bind_refuse(b, expr->range, "%s(..) over rows that another function makes", rel->name);
    int *columns = arena_array(b->arena, n, sizeof *columns);
    for (size_t i = 0; i < n; i++) {
        bool star = strcmp(names[i], "*") == 0;
        columns[i] = column_new(b, names[i], (struct type){star ? TYPE_OTHER : TYPE_UNKNOWN, 0, 0}, true, rel);
        b->columns.at[columns[i]].ordinal = i;
    }
    rel->columns = columns;
    rel->n_columns = n;
    *vec_add(b->arena, &scope->generators) = rel;
    return columns;
}

#define GENERATED_MAX 64

/* The names of its columns where the item gives none. */
static size_t generated_names(struct binder *b, const struct sql_expr *expr, const char *function, const char **names) {
    size_t n = 0;
    bool tuple = strcmp(function, "json_tuple") == 0;
    if (tuple)
        for (uint32_t i = 1; i < expr->arg_count && n < GENERATED_MAX; i++, n++) names[n] = arena_printf(b->arena, "c%zu", n);
    if (text_starts(function, "posexplode")) names[n++] = "pos";
    if (strstr(function, "explode")) names[n++] = "col";
    if (n == 0 && (b->dialect == DIALECT_POSTGRES || b->dialect == DIALECT_REDSHIFT)) names[n++] = function;
    if (n == 0) names[n++] = "*";
    return n;
}

/* SELECT explode(x) AS c: rows made beside those of FROM. */
static bool generator_bind(struct select_state *s, const struct sql_item *item) {
    struct binder *b = s->b;
    const char *function = bind_generator(b, item->expr), *names[GENERATED_MAX];
    if (!function) return false;
    size_t n = 0;
    for (uint32_t i = 0; i < item->alias_count && n < GENERATED_MAX; i++) names[n++] = bind_lower(b, item->aliases[i].text);
    if (n == 0 && item->alias.text.n) names[n++] = bind_lower(b, item->alias.text);
    if (n == 0) n = generated_names(b, item->expr, function, names);
    const int *columns = generator_add(b, s->scope, item->expr, names, n);
    for (size_t i = 0; i < n; i++) output_add(s, names[i], scalar_column(b, columns[i], item->range));
    return true;
}

/* snowflake and clickhouse: WHERE sees the aliases of the select list, where no column has the name. */
const struct scalar *alias_ahead(struct binder *b, struct scope *scope, const char *name) {
    const struct sql_select *q = scope->select;
    if (!q || scope->ahead) return NULL;
    for (uint32_t i = 0; i < q->item_count; i++) {
        const struct sql_item *item = &q->items[i];
        if (!item->alias.text.n || !str_iis(item->alias.text, name) || bind_has_aggregate(b, item->expr)) continue;
        scope->ahead = true;
        const struct scalar *e = bind_expr(b, scope, item->expr);
        scope->ahead = false;
        return e;
    }
    return NULL;
}

static void items_bind(struct select_state *s) {
    struct binder *b = s->b;
    bool lateral = b->dialect == DIALECT_DATABRICKS || b->dialect == DIALECT_SPARK || b->dialect == DIALECT_SNOWFLAKE ||
                   b->dialect == DIALECT_REDSHIFT || b->dialect == DIALECT_DUCKDB || b->dialect == DIALECT_CLICKHOUSE;
    s->scope->clause = CLAUSE_SELECT;
    s->scope->aliases_visible = lateral;
    for (uint32_t i = 0; i < s->select->item_count; i++) {
        const struct sql_item *item = &s->select->items[i];
        if (item->expr->kind == EX_STAR) {
            star_bind(s, item->expr);
            continue;
        }
        if (generator_bind(s, item)) continue;
        if (item->alias_count) bind_refuse(b, item->range, "several names for one expression");
        const struct scalar *expr = bind_expr(b, s->scope, item->expr);
        output_add(s, item_name(b, item, s->outputs.n), expr);
        if (item->alias.text.n)
            *vec_add(b->arena, &s->scope->aliases) = (struct item_alias){bind_lower(b, item->alias.text), expr, bind_has_aggregate(b, item->expr)};
    }
    s->scope->aliases_visible = false;
}

/* GROUP BY 2, GROUP BY alias, GROUP BY expression. */
static const struct scalar *key_of(struct select_state *s, const struct sql_expr *expr) {
    if (bind_has_generator(s->b, expr)) bind_refuse(s->b, expr->range, "GROUP BY over rows that a function makes");
    return bind_expr(s->b, s->scope, expr);
}

struct uncovered {
    const struct sql_group *group;
    struct str alias; /* a key of this name is no other key */
    size_t names;
};

static bool uncovered_count(void *ctx, struct sql_expr *expr) {
    struct uncovered *u = ctx;
    if (expr->kind != EX_NAME) return true;
    bool is_key = false;
    for (uint32_t i = 0; u->group && i < u->group->item_count && !is_key; i++)
        is_key = u->group->items[i]->kind == EX_NAME && str_ieq(u->group->items[i]->name, expr->name) && !str_ieq(expr->name, u->alias);
    u->names += !is_key;
    return true;
}

/* select a as b .. group by b, a: over tables whose columns are not known b may be a column, too, where all that `item` reads is a key without it. */
static void alias_suppose(struct select_state *s, const struct sql_item *item) {
    bool open = false;
    for (size_t k = 0; k < s->scope->sources.n; k++) open |= s->scope->sources.at[k].star >= 0;
    if (!open) return;
    struct uncovered u = {.group = s->select->group, .alias = item->alias.text};
    sql_walk_expr(&(struct sql_visitor){.ctx = &u, .expr = uncovered_count}, item->expr);
    if (u.names == 0) bind_suppose(s->b, "GROUP BY %s means the select list's, the tables have no such column", bind_lower(s->b, item->alias.text));
}

static const struct scalar *key_bind(struct select_state *s, const struct sql_expr *expr) {
    struct binder *b = s->b;
    if (expr->kind == EX_LITERAL && expr->op == LIT_NUMBER) {
        char *digits = str_dup(b->arena, expr->name);
        unsigned at = 0;
        if (sscanf(digits, "%u", &at) == 1 && at >= 1 && at <= s->select->item_count) {
            const struct sql_expr *item = s->select->items[at - 1].expr;
            bool before_star = false;
            for (unsigned i = 0; i < at; i++) before_star |= s->select->items[i].expr->kind == EX_STAR;
            if (!before_star) return key_of(s, item);
        }
        bind_refuse(b, expr->range, "GROUP BY %s", digits);
        return scalar_null(b);
    }
    if (expr->kind == EX_NAME && expr->path->part_count == 1) {
        for (uint32_t i = 0; i < s->select->item_count; i++) {
            const struct sql_item *item = &s->select->items[i];
            if (!item->alias.text.n || !str_ieq(item->alias.text, expr->path->parts[0].text) || bind_has_aggregate(b, item->expr)) continue;
            bool known = false;
            for (size_t k = 0; k < s->scope->sources.n; k++)
                for (size_t j = 0; j < s->scope->sources.at[k].offers.n; j++)
                    known |= str_iis(item->alias.text, s->scope->sources.at[k].offers.at[j].name);
            if (!known) return alias_suppose(s, item), key_of(s, item->expr);
        }
    }
    return key_of(s, expr);
}

static size_t key_add(struct select_state *s, const struct scalar *expr) {
    struct binder *b = s->b;
    for (size_t i = 0; i < s->scope->keys.n; i++)
        if (scalar_equal(s->scope->keys.at[i].expr, expr)) return i;
    int column = expr->op == SC_COLUMN ? expr->column : column_new(b, "key", expr->type, expr->nullable, NULL);
    *vec_add(b->arena, &s->scope->keys) = (struct column_def){column, expr};
    return s->scope->keys.n - 1;
}

typedef VEC(uint64_t) sets;

/* GROUP BY window(ts, ..) is called window afterwards. */
static void key_name(struct select_state *s, const struct sql_expr *expr, size_t at) {
    bool spark = s->b->dialect == DIALECT_DATABRICKS || s->b->dialect == DIALECT_SPARK;
    bool window = expr->kind == EX_CALL && (str_iis(expr->name, "window") || str_iis(expr->name, "session_window"));
    if (!spark || !window) return;
    const struct scalar *key = s->scope->keys.at[at].expr;
    *vec_add(s->b->arena, &s->scope->aliases) = (struct item_alias){bind_lower(s->b, expr->name), key, false};
}

static uint64_t key_bits(struct select_state *s, const struct sql_expr *expr) {
    uint64_t bits = 0;
    if (expr->kind == EX_TUPLE) {
        for (uint32_t i = 0; i < expr->arg_count; i++) bits |= key_bits(s, expr->args[i]);
        return bits;
    }
    size_t at = key_add(s, key_bind(s, expr));
    key_name(s, expr, at);
    if (at >= 64) bind_refuse(s->b, expr->range, "more than 64 grouping keys");
    return at < 64 ? (uint64_t)1 << at : 0;
}

#define SETS_MAX 256

static void sets_cross(struct select_state *s, sets *all, const uint64_t *with, size_t n) {
    sets out = {0};
    for (size_t i = 0; i < all->n && out.n < SETS_MAX; i++)
        for (size_t j = 0; j < n && out.n < SETS_MAX; j++) *vec_add(s->b->arena, &out) = all->at[i] | with[j];
    if (out.n >= SETS_MAX) bind_refuse(s->b, s->query->range, "too many grouping sets");
    *all = out;
}

static void grouping_sets(struct select_state *s, const struct sql_expr *expr, sets *out) {
    uint64_t parts[16], bits = 0;
    uint32_t n = expr->arg_count;
    if (n > 12 && expr->op != OP_SETS) {
        bind_refuse(s->b, expr->range, "too many grouping sets");
        return;
    }
    if (expr->op == OP_SETS) {
        for (uint32_t i = 0; i < n; i++) {
            if (expr->args[i]->kind == EX_GROUPING) grouping_sets(s, expr->args[i], out);
            else *vec_add(s->b->arena, out) = key_bits(s, expr->args[i]);
        }
        return;
    }
    for (uint32_t i = 0; i < n; i++) parts[i] = key_bits(s, expr->args[i]);
    if (expr->op == OP_ROLLUP) {
        *vec_add(s->b->arena, out) = 0;
        for (uint32_t i = 0; i < n; i++) *vec_add(s->b->arena, out) = bits |= parts[i];
        return;
    }
    for (uint32_t mask = 0; mask < 1u << n; mask++) {
        bits = 0;
        for (uint32_t i = 0; i < n; i++)
            if (mask >> i & 1) bits |= parts[i];
        *vec_add(s->b->arena, out) = bits;
    }
}

/* GROUP BY ALL: every item without an aggregate. */
static void group_all(struct select_state *s) {
    for (uint32_t i = 0; i < s->select->item_count; i++) {
        if (s->select->items[i].expr->kind == EX_STAR) bind_refuse(s->b, s->query->range, "GROUP BY ALL over *");
        else if (!bind_has_aggregate(s->b, s->select->items[i].expr)) key_add(s, key_of(s, s->select->items[i].expr));
    }
}

static void group_bind(struct select_state *s, sets *out) {
    const struct sql_group *group = s->select->group;
    bool several = false;
    *vec_add(s->b->arena, out) = 0;
    if (group->distinct || group->with_totals) bind_refuse(s->b, s->query->range, "GROUP BY of this form");
    if (group->all && !group->item_count) group_all(s);
    struct sql_expr whole = {
        .kind = EX_GROUPING, .op = group->with_rollup ? OP_ROLLUP : OP_CUBE, .args = group->items, .arg_count = group->item_count};
    if (group->with_rollup || group->with_cube || group->sets) {
        sets own = {0};
        for (uint32_t i = 0; i < group->item_count; i++) (void)key_bits(s, group->items[i]);
        grouping_sets(s, group->sets ? group->sets : &whole, &own);
        sets_cross(s, out, own.at, own.n);
        several = true;
    } else
        for (uint32_t i = 0; i < group->item_count; i++) {
            const struct sql_expr *item = group->items[i];
            sets own = {0};
            if (item->kind == EX_GROUPING) grouping_sets(s, item, &own);
            else *vec_add(s->b->arena, &own) = key_bits(s, item);
            several |= item->kind == EX_GROUPING;
            sets_cross(s, out, own.at, own.n);
        }
    if (!several) out->n = 0;
}

struct rewrite {
    struct select_state *s;
    bool grouped;
};

static bool column_is_input(const struct select_state *s, int column) {
    for (size_t i = 0; i < s->scope->keys.n; i++)
        if (s->scope->keys.at[i].column == column) return false;
    const struct binder *b = s->b;
    for (size_t i = 0; i < s->scope->sources.n; i++) {
        const struct scope_source *source = &s->scope->sources.at[i];
        for (size_t j = 0; j < source->stars.n; j++)
            if (source->stars.at[j] == column) return true;
        for (size_t j = 0; j < source->offers.n; j++)
            if (source->offers.at[j].column == column) return true;
    }
    (void)b;
    return false;
}

static bool groups_by(const struct select_state *s, int column) {
    for (size_t i = 0; i < s->scope->keys.n; i++)
        if (s->scope->keys.at[i].expr->op == SC_COLUMN && s->scope->keys.at[i].expr->column == column) return true;
    return false;
}

/* MySQL and SQLite take any column outside GROUP BY, PostgreSQL one of a table whose key is grouped by; elsewhere it is an error. */
static bool bare_allowed(const struct select_state *s, const struct scalar *e) {
    const struct rel *scan = s->b->columns.at[e->column].rel;
    if (s->b->dialect == DIALECT_MYSQL || s->b->dialect == DIALECT_SQLITE) return true;
    if (s->b->dialect != DIALECT_POSTGRES || !scan || scan->kind != REL_SCAN || !scan->table) return false;
    for (size_t k = 0; k < scan->table->keys.n; k++) {
        const struct schema_key *key = &scan->table->keys.at[k];
        size_t found = 0;
        for (size_t i = 0; i < key->n; i++)
            for (size_t c = 0; c < scan->n_columns; c++) found += scan->ordinals[c] == (int)key->columns[i] && groups_by(s, scan->columns[c]);
        if (found == key->n) return true;
    }
    return false;
}

/* A column outside GROUP BY: any of the group's values (MySQL, SQLite); the one value when the keys determine it. */
static const struct scalar *bare_column(struct select_state *s, const struct scalar *e) {
    struct binder *b = s->b;
    if (!bare_allowed(s, e)) bind_refuse(b, e->range, "\"%s\" outside of GROUP BY and of aggregates", b->columns.at[e->column].name);
    for (size_t i = 0; i < s->scope->aggs.n; i++) {
        const struct scalar *agg = s->scope->aggs.at[i].expr;
        if (strcmp(agg->name ? agg->name : "", "bare") == 0 && agg->args[0]->column == e->column)
            return scalar_column(b, s->scope->aggs.at[i].column, e->range);
    }
    struct scalar *agg = scalar_new(b, SC_AGG, 1, e->range);
    ((const struct scalar **)agg->args)[0] = e;
    agg->name = "bare";
    agg->type = e->type;
    agg->nullable = true;
    agg->is_volatile = true;
    int column = column_new(b, b->columns.at[e->column].name, e->type, true, NULL);
    *vec_add(b->arena, &s->scope->aggs) = (struct column_def){column, agg};
    return scalar_column(b, column, e->range);
}

/* After grouping: keys become the aggregate's outputs. */
static const struct scalar *rewrite_scalar(struct select_state *s, const struct scalar *e) {
    for (size_t i = 0; i < s->scope->keys.n; i++)
        if (scalar_equal(s->scope->keys.at[i].expr, e)) return scalar_column(s->b, s->scope->keys.at[i].column, e->range);
    if (e->op == SC_COLUMN) return column_is_input(s, e->column) ? bare_column(s, e) : e;
    bool leaf = e->n == 0 && !e->window && !e->filter && !e->n_order;
    if (leaf) return e;
    struct scalar *copy = arena_new(s->b->arena, struct scalar);
    *copy = *e;
    const struct scalar **args = arena_array(s->b->arena, e->n ? e->n : 1, sizeof *args);
    for (size_t i = 0; i < e->n; i++) args[i] = rewrite_scalar(s, e->args[i]);
    copy->args = args;
    if (e->filter) copy->filter = rewrite_scalar(s, e->filter);
    if (e->window) {
        struct window_spec *w = arena_new(s->b->arena, struct window_spec);
        *w = *e->window;
        const struct scalar **partition = arena_array(s->b->arena, w->n_partition + 1, sizeof *partition);
        struct sort_key *order = arena_array(s->b->arena, w->n_order + 1, sizeof *order);
        for (size_t i = 0; i < w->n_partition; i++) partition[i] = rewrite_scalar(s, w->partition[i]);
        for (size_t i = 0; i < w->n_order; i++)
            order[i] = (struct sort_key){rewrite_scalar(s, w->order[i].expr), w->order[i].descending, w->order[i].nulls_first};
        w->partition = partition;
        w->order = order;
        copy->window = w;
    }
    return copy;
}

static void defs_own(struct binder *b, const struct rel *rel, const struct column_def *defs, size_t n, size_t first) {
    for (size_t i = 0; i < n; i++)
        if (!b->columns.at[defs[i].column].rel) b->columns.at[defs[i].column].rel = rel, b->columns.at[defs[i].column].ordinal = first + i;
}

static void aggregate_make(struct select_state *s, const sets *grouping) {
    struct binder *b = s->b;
    struct rel *agg = rel_new(b, REL_AGG, s->select->range);
    agg->left = s->rel;
    agg->keys = s->scope->keys.at;
    agg->n_keys = s->scope->keys.n;
    agg->defs = s->scope->aggs.at;
    agg->n_defs = s->scope->aggs.n;
    agg->sets = grouping->at;
    agg->n_sets = grouping->n;
    defs_own(b, agg, agg->keys, agg->n_keys, 0);
    defs_own(b, agg, agg->defs, agg->n_defs, agg->n_keys);
    for (size_t i = 0; grouping->n && i < agg->n_keys; i++) b->columns.at[agg->keys[i].column].nullable = true;
    s->rel = agg;
}

static void windows_make(struct select_state *s) {
    if (s->scope->windows.n == 0) return;
    struct rel *window = rel_new(s->b, REL_WINDOW, s->select->range);
    window->left = s->rel;
    window->defs = s->scope->windows.at;
    window->n_defs = s->scope->windows.n;
    defs_own(s->b, window, window->defs, window->n_defs, 0);
    s->rel = window;
}

/* Several at once go on side by side in postgres, the shorter ones filled with NULL. */
static struct rel *generators_zip(struct select_state *s) {
    struct binder *b = s->b;
    size_t n = s->scope->generators.n, width = 0;
    struct rel *all = rel_new(b, REL_OPAQUE, s->select->range);
    struct scalar *calls = scalar_new(b, SC_CALL, n, s->select->range);
    int *columns = arena_array(b->arena, n * GENERATED_MAX, sizeof *columns);
    for (size_t i = 0; i < n; i++) {
        const struct rel *one = s->scope->generators.at[i];
        ((const struct scalar **)calls->args)[i] = one->call;
        for (size_t k = 0; k < one->n_columns; k++) {
            b->columns.at[one->columns[k]].rel = all;
            b->columns.at[one->columns[k]].ordinal = width;
            columns[width++] = one->columns[k];
        }
    }
    calls->name = "side_by_side";
    scalar_finish(b, calls);
    all->name = "side_by_side";
    all->call = calls;
    all->columns = columns;
    all->n_columns = width;
    return all;
}

/* Rows are made after grouping and windows, before DISTINCT and ORDER BY. */
static void generators_make(struct select_state *s) {
    struct binder *b = s->b;
    size_t n = s->scope->generators.n;
    if (n == 0) return;
    bool postgres = b->dialect == DIALECT_POSTGRES || b->dialect == DIALECT_REDSHIFT;
    if (s->scope->windows.n && !postgres) bind_refuse(b, s->select->range, "a function that makes rows beside window functions");
    for (size_t i = 0; i < n && s->scope->has_group; i++) s->scope->generators.at[i]->call = rewrite_scalar(s, s->scope->generators.at[i]->call);
    if (n > 1 && !postgres) bind_refuse(b, s->select->range, "several functions that make rows in one select list");
    s->rel = rel_join(b, s->rel, n > 1 ? generators_zip(s) : s->scope->generators.at[0], RELJOIN_INNER, NULL);
    s->rel->lateral = true;
}

static void closed_world(struct select_state *s) {
    const struct sql_select *q = s->select;
    if (q->as_type.n) bind_refuse(s->b, q->range, "SELECT AS a type");
    if (q->into_text.n) bind_refuse(s->b, q->range, "SELECT INTO variables");
    if (str_starts(q->modifiers, "WITH")) bind_refuse(s->b, q->range, "%.*s", STR_ARG(q->modifiers));
    if (q->connect || q->start) bind_refuse(s->b, q->range, "CONNECT BY");
    if (q->transform.n) bind_refuse(s->b, q->range, "TRANSFORM");
}

/* Aliases are visible in GROUP BY, HAVING, QUALIFY and ORDER BY. */
static void grouped_bind(struct select_state *s, const struct scalar **having, const struct scalar **qualify) {
    struct binder *b = s->b;
    const struct sql_select *q = s->select;
    bool aggregated = q->group != NULL || (q->having && bind_has_aggregate(s->b, q->having));
    for (uint32_t i = 0; i < q->item_count; i++) aggregated |= bind_has_aggregate(s->b, q->items[i].expr);
    for (uint32_t i = 0; i < s->query->order_count; i++) aggregated |= bind_has_aggregate(s->b, s->query->order[i].expr);
    sets grouping = {0};
    s->scope->has_group = aggregated;
    if (q->group) group_bind(s, &grouping);
    items_bind(s);
    s->scope->clause = CLAUSE_SELECT;
    s->scope->aliases_visible = true;
    *having = q->having ? bind_expr(b, s->scope, q->having) : NULL;
    *qualify = q->qualify ? bind_expr(b, s->scope, q->qualify) : NULL;
    if (s->scope->windows.n && q->having && !aggregated) bind_refuse(b, q->range, "HAVING over windows");
    if (!aggregated && !s->scope->aggs.n) return;
    for (size_t i = 0; i < s->outputs.n; i++) s->outputs.at[i].expr = rewrite_scalar(s, s->outputs.at[i].expr);
    for (size_t i = 0; i < s->scope->aliases.n; i++) s->scope->aliases.at[i].expr = rewrite_scalar(s, s->scope->aliases.at[i].expr);
    if (*having) *having = rewrite_scalar(s, *having);
    if (*qualify) *qualify = rewrite_scalar(s, *qualify);
    for (size_t i = 0; i < s->scope->windows.n; i++) s->scope->windows.at[i].expr = rewrite_scalar(s, s->scope->windows.at[i].expr);
    aggregate_make(s, &grouping);
}

/* An item of ORDER BY: an ordinal, an output's name, or an expression over what the select list sees. */
static const struct scalar *order_item(struct select_state *s, const struct sql_expr *expr, size_t *output) {
    struct binder *b = s->b;
    unsigned at = 0;
    *output = SIZE_MAX;
    if (expr->kind == EX_LITERAL && expr->op == LIT_NUMBER && sscanf(str_dup(b->arena, expr->name), "%u", &at) == 1 && at >= 1 &&
        at <= s->outputs.n) {
        if (s->open) bind_refuse(b, expr->range, "ORDER BY %u over *", at);
        *output = at - 1;
        return s->outputs.at[at - 1].expr;
    }
    if (expr->kind == EX_NAME && expr->path->part_count == 1)
        for (size_t i = 0; i < s->outputs.n; i++)
            if (str_iis(expr->path->parts[0].text, s->outputs.at[i].name)) {
                *output = i;
                return s->outputs.at[i].expr;
            }
    s->scope->aliases_visible = true;
    const struct scalar *e = bind_expr(b, s->scope, expr);
    if (s->scope->has_group) e = rewrite_scalar(s, e);
    for (size_t i = 0; i < s->outputs.n; i++)
        if (scalar_equal(s->outputs.at[i].expr, e)) *output = i;
    return e;
}

static bool wants_order(const struct sql_query *query) {
    bool picks = query->select && (query->select->top || query->select->distinct == DISTINCT_ON);
    return query->order_count && (query->limit || query->offset || picks);
}

/* Keys of the ORDER BY that matter (there is a LIMIT); further columns to compute are appended to the outputs. */
static struct sort_key *order_bind(struct select_state *s, size_t *places) {
    const struct sql_query *q = s->query;
    bool low = dialect_traits(s->b->dialect)->nulls_low;
    struct sort_key *keys = arena_array(s->b->arena, q->order_count + 1, sizeof *keys);
    for (uint32_t i = 0; i < q->order_count; i++) {
        const struct sql_order *o = &q->order[i];
        bool descending = o->direction == ORDER_DESC;
        if (!o->expr || o->direction == ORDER_USING || o->fill.n) bind_refuse(s->b, q->range, "an ORDER BY of an unknown form");
        keys[i] = (struct sort_key){o->expr ? order_item(s, o->expr, &places[i]) : scalar_null(s->b), descending,
                                    o->nulls == NULLS_UNSAID ? low != descending : o->nulls == NULLS_FIRST};
    }
    return keys;
}

static struct bound select_finish(struct select_state *s, const struct sort_key *order, const size_t *places, size_t n_order) {
    struct binder *b = s->b;
    size_t n = s->outputs.n, hidden = 0;
    struct column_def *defs = arena_array(b->arena, n + n_order + 1, sizeof *defs);
    const char **names = arena_array(b->arena, n + 1, sizeof *names);
    for (size_t i = 0; i < n; i++) {
        const struct scalar *e = s->outputs.at[i].expr;
        defs[i] = (struct column_def){column_new(b, s->outputs.at[i].name, e->type, e->nullable, NULL), e};
        names[i] = s->outputs.at[i].name;
    }
    if (s->select->as_value && n == 1) names[0] = "*", s->open = true; /* the row is the value: its columns are those of the struct */
    struct sort_key *keys = arena_array(b->arena, n_order + 1, sizeof *keys);
    for (size_t i = 0; i < n_order; i++) {
        size_t at = places[i];
        if (at == SIZE_MAX) {
            at = n + hidden++;
            defs[at] = (struct column_def){column_new(b, "order", order[i].expr->type, order[i].expr->nullable, NULL), order[i].expr};
        }
        keys[i] = order[i];
        keys[i].expr = scalar_column(b, defs[at].column, order[i].expr->range);
    }
    struct rel *rel = rel_project(b, s->rel, defs, n + hidden, s->select->range);
    if (s->select->distinct == DISTINCT_ROWS) {
        if (hidden) bind_refuse(b, s->select->range, "DISTINCT ordered by what is not selected");
        struct rel *distinct = rel_new(b, REL_DISTINCT, s->select->range);
        distinct->left = rel;
        rel = distinct;
    }
    int *columns = arena_array(b->arena, n + 1, sizeof *columns);
    for (size_t i = 0; i < n; i++) columns[i] = defs[i].column;
    rel->columns = columns;
    rel->n_columns = n;
    if (s->query->limit || s->query->offset || s->select->top) {
        struct rel *sort = rel_new(b, REL_SORT, s->query->range);
        sort->left = rel;
        sort->order = keys;
        sort->n_order = n_order;
        const struct sql_expr *limit = s->select->top ? s->select->top->count : s->query->limit;
        sort->limit = limit ? bind_expr(b, s->scope, limit) : NULL;
        sort->offset = s->query->offset ? bind_expr(b, s->scope, s->query->offset) : NULL;
        sort->with_ties = s->query->limit_ties || (s->select->top && s->select->top->ties);
        sort->percent = s->query->limit_percent || (s->select->top && s->select->top->percent);
        rel = sort;
        rel->columns = columns;
        rel->n_columns = n;
    }
    if (hidden) {
        struct column_def *cut = arena_array(b->arena, n + 1, sizeof *cut);
        int *outs = arena_array(b->arena, n + 1, sizeof *outs);
        for (size_t i = 0; i < n; i++) {
            outs[i] = column_new(b, names[i], b->columns.at[columns[i]].type, b->columns.at[columns[i]].nullable, NULL);
            cut[i] = (struct column_def){outs[i], scalar_column(b, columns[i], s->select->range)};
        }
        rel = rel_project(b, rel, cut, n, s->select->range);
        rel->columns = outs;
        rel->n_columns = n;
    }
    return (struct bound){rel, n, names, s->open};
}

/* DISTINCT ON (k) .. ORDER BY k, o: of the rows of one k the first by the order. */
static void distinct_on(struct select_state *s, const struct sort_key *order, size_t n_order) {
    struct binder *b = s->b;
    const struct sql_select *q = s->select;
    if (q->distinct != DISTINCT_ON) return;
    struct window_spec *spec = arena_new(b->arena, struct window_spec);
    const struct scalar **partition = arena_array(b->arena, q->distinct_count + 1, sizeof *partition);
    size_t output;
    for (uint32_t i = 0; i < q->distinct_count; i++) partition[i] = order_item(s, q->distinct_on[i], &output);
    *spec = (struct window_spec){.n_partition = q->distinct_count, .partition = partition, .n_order = n_order, .order = order};
    struct scalar *number = scalar_new(b, SC_CALL, 0, q->range), *e = scalar_new(b, SC_WINDOW, 1, q->range);
    number->name = "row_number";
    number->type = (struct type){TYPE_INT, 64, 0};
    ((const struct scalar **)e->args)[0] = number;
    e->window = spec;
    scalar_finish(b, e);
    e->type = number->type;
    e->nullable = false;
    struct column_def *def = arena_new(b->arena, struct column_def);
    *def = (struct column_def){column_new(b, "row_number", e->type, false, NULL), e};
    struct rel *window = rel_new(b, REL_WINDOW, q->range);
    window->left = s->rel;
    window->defs = def;
    window->n_defs = 1;
    defs_own(b, window, def, 1, 0);
    const struct scalar *one = scalar_literal(b, (struct literal){.kind = VALUE_INT, .i = 1}, (struct type){TYPE_INT, 32, 0});
    s->rel = rel_filter(b, window, scalar_of(b, SC_EQ, scalar_column(b, def->column, q->range), one, q->range));
}

struct bound bind_select(struct binder *b, struct scope *scope, const struct sql_query *query) {
    struct select_state s = {.b = b, .scope = scope, .query = query, .select = query->select};
    const struct sql_select *q = query->select;
    scope->select = q;
    scope->level = ++b->next_level;
    scope->clause = CLAUSE_INPUT;
    if (q->from) s.rel = bind_from(b, scope, q->from);
    else {
        s.rel = rel_new(b, REL_VALUES, q->range);
        s.rel->n_rows = 1;
    }
    closed_world(&s);
    if (q->prewhere) s.rel = rel_filter(b, s.rel, bind_expr(b, scope, q->prewhere));
    if (q->where) {
        scope->aliases_visible = scope->aliases_ahead = b->dialect == DIALECT_SNOWFLAKE || b->dialect == DIALECT_CLICKHOUSE;
        s.rel = rel_filter(b, s.rel, bind_expr(b, scope, q->where));
        scope->aliases_visible = scope->aliases_ahead = false;
    }
    const struct scalar *having = NULL, *qualify = NULL;
    grouped_bind(&s, &having, &qualify);
    size_t n_order = wants_order(query) ? query->order_count : 0;
    size_t *places = arena_array(b->arena, n_order + 1, sizeof *places);
    size_t windows = scope->windows.n;
    const struct sort_key *order = n_order ? order_bind(&s, places) : NULL;
    if (s.rel->kind == REL_AGG) {
        s.rel->defs = scope->aggs.at; /* HAVING, ORDER BY may have added some */
        s.rel->n_defs = scope->aggs.n;
        defs_own(b, s.rel, s.rel->defs, s.rel->n_defs, s.rel->n_keys);
    }
    for (size_t i = windows; scope->has_group && i < scope->windows.n; i++) scope->windows.at[i].expr = rewrite_scalar(&s, scope->windows.at[i].expr);
    if (having) s.rel = rel_filter(b, s.rel, having);
    windows_make(&s);
    generators_make(&s);
    if (qualify) s.rel = rel_filter(b, s.rel, qualify);
    distinct_on(&s, order, n_order);
    return select_finish(&s, order, places, n_order);
}
