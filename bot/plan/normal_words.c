/* normal_words.c - expressions and sub-queries of a normal form as people write SQL. */
#include "normal_words.h"

#include "normal_core.h"

#include <time.h>

#define WORDS_DEPTH_MAX 60
#define WORDS_WORK_MAX  20000          /* expressions of one text */
#define BRANCHES_TOLD   3              /* of a union, where they give a column another meaning each */
#define WORDS_MAX       ((size_t)4096) /* nobody reads on */

struct source_name {
    const struct source *table;
    const char *name;
};

struct source_names {
    struct arena *arena;
    const struct normal *normal;
    VEC(struct source_name) of;
    bool bare;
    size_t work;                /* expressions written for the text in hand */
    struct source_names *other; /* of the form that this one is compared with; NULL: none */
    const int *to_other;
};

struct writing {
    struct buf b;
    struct source_names *names;
    int depth; /* in a form that does not prove, columns may be defined by each other */
    bool fully;
};

/* How tightly an operator binds: what binds less than its surroundings stands in brackets. */
enum binding { BIND_OR, BIND_AND, BIND_NOT, BIND_COMPARE, BIND_CONCAT, BIND_ADD, BIND_MUL, BIND_ONE };

static void expr_words(struct writing *w, nexpr e, enum binding least);
static void block_words(struct writing *w, const struct block *b, const char *list);

/* ---- names ---- */

bool source_names_bare(struct source_names *names, bool bare) {
    bool was = names->bare;
    names->bare = bare;
    return was;
}

static bool is_taken(const struct source_names *names, const char *name) {
    for (size_t i = 0; i < names->of.n; i++)
        if (strcmp(names->of.at[i].name, name) == 0) return true;
    return false;
}

/* "orders" of lake.silver.orders, and of one at a point in time. */
static const char *last_part(struct arena *arena, const char *name) {
    const char *end = strstr(name, " {");
    struct str plain = {name, end ? (size_t)(end - name) : strlen(name)};
    for (size_t i = plain.n; i > 0; i--)
        if (plain.p[i - 1] == '.') return str_dup(arena, (struct str){plain.p + i, plain.n - i});
    return str_dup(arena, plain);
}

/* What the table's partner in the other form is called; NULL: it has none. */
static const char *partner_name(struct source_names *names, const struct source *table) {
    for (size_t i = 0; names->other && i < table->n_columns; i++) {
        int column = names->to_other[table->columns[i]];
        const struct source *s = column >= 0 ? names->other->normal->column_source[column] : NULL;
        if (s && s->kind == SRC_TABLE) return source_names_of(names->other, s);
    }
    return NULL;
}

const char *source_names_of(struct source_names *names, const struct source *table) {
    for (size_t i = 0; i < names->of.n; i++)
        if (names->of.at[i].table == table) return names->of.at[i].name;
    const char *base = last_part(names->arena, table->name ? table->name : "rows"), *name = partner_name(names, table);
    if (!name || is_taken(names, name)) name = base;
    for (size_t k = 2; is_taken(names, name); k++) name = arena_printf(names->arena, "%s_%zu", base, k);
    *vec_add(names->arena, &names->of) = (struct source_name){table, name};
    return name;
}

size_t source_names_mark(const struct source_names *names) { return names->of.n; }

void source_names_back(struct source_names *names, size_t mark) { names->of.n = mark; }

static void block_name(struct source_names *names, const struct block *b, int depth) {
    for (size_t i = 0; i < b->n_sources && depth < WORDS_DEPTH_MAX; i++) {
        const struct source *s = b->sources[i];
        if (s->kind == SRC_TABLE) source_names_of(names, s);
        if (s->block) block_name(names, s->block, depth + 1);
        for (size_t k = 0; k < s->n_branches; k++) block_name(names, s->branches[k], depth + 1);
    }
    for (size_t i = 0; i < b->n_items; i++) block_name(names, b->items[i].block, depth + 1);
}

struct source_names *source_names_new(struct arena *arena, const struct normal *normal, bool bare) {
    struct source_names *names = arena_new(arena, struct source_names);
    *names = (struct source_names){.arena = arena, .normal = normal, .bare = bare};
    if (normal->root) block_name(names, normal->root, 0);
    return names;
}

struct source_names *source_names_like(struct source_names *other, const struct normal *normal, const int *to_other) {
    struct source_names *names = arena_new(other->arena, struct source_names);
    *names = (struct source_names){.arena = other->arena, .normal = normal, .bare = other->bare, .other = other, .to_other = to_other};
    return names;
}

/* ---- columns ---- */

static void output_words(struct writing *w, const struct block *b, size_t at, enum binding least) {
    if (b && at < b->outs.n) expr_words(w, b->outs.at[at], least);
    else buf_printf(&w->b, "column %zu", at + 1);
}

/* A full join's columns are those of its left side, then those of its right side; a union's are those of one branch or another. */
static void branch_words(struct writing *w, const struct source *s, size_t at, enum binding least) {
    size_t left = s->branches[0]->outs.n, said = 0;
    if (s->kind == SRC_FULL) {
        output_words(w, s->branches[at >= left], at >= left ? at - left : at, least);
        return;
    }
    const char *told[BRANCHES_TOLD];
    for (size_t i = 0; i < s->n_branches; i++) {
        struct writing one = *w;
        one.b = buf_new(w->names->arena);
        output_words(&one, s->branches[i], at, least);
        bool known = false;
        for (size_t k = 0; k < said; k++) known |= strcmp(told[k], buf_str(&one.b)) == 0;
        if (known) continue;
        if (said == BRANCHES_TOLD) {
            buf_text(&w->b, " ..");
            return;
        }
        told[said] = buf_str(&one.b);
        buf_printf(&w->b, "%s%s", said ? " or " : "", told[said]);
        said++;
    }
}

/* A column of a sub-query is what the sub-query computes. */
static void column_words(struct writing *w, nexpr e, enum binding least) {
    const struct normal *normal = w->names->normal;
    const struct source *s = (size_t)e->column < normal->n_columns ? normal->column_source[e->column] : NULL;
    if (!s) {
        buf_text(&w->b, "a column");
        return;
    }
    size_t at = 0, ordinal = normal->state->columns.at[e->column].ordinal;
    while (at < s->n_columns && s->columns[at] != e->column) at++;
    const char *name = normal->state->columns.at[e->column].name;
    if (s->kind == SRC_TABLE) {
        bool named = name && *name && strcmp(name, "*") != 0;
        if (!w->names->bare || !named) buf_printf(&w->b, "%s.", source_names_of(w->names, s));
        if (name && *name) buf_text(&w->b, name);
        else buf_printf(&w->b, "column %zu", ordinal + 1);
    } else if (s->kind == SRC_AGG || s->kind == SRC_WINDOW) {
        bool key = at < s->keys.n;
        if (at < s->keys.n + s->aggs.n) expr_words(w, key ? s->keys.at[at] : s->aggs.at[at - s->keys.n], least);
    } else if (s->block) output_words(w, s->block, ordinal, least);
    else if (s->n_branches && s->kind != SRC_OPAQUE) branch_words(w, s, ordinal, least);
    else buf_text(&w->b, name && *name ? name : "a column");
}

/* ---- literals ---- */

static void time_words(struct writing *w, int64_t seconds, const char *format) {
    time_t t = (time_t)seconds;
    struct tm tm;
    char text[40] = "";
    if (gmtime_r(&t, &tm)) strftime(text, sizeof text, format, &tm);
    buf_text(&w->b, text);
}

static void interval_words(struct writing *w, const struct literal *lit) {
    static const struct {
        int64_t micros;
        const char *unit;
    } units[] = {{86400000000, "DAY"}, {3600000000, "HOUR"}, {60000000, "MINUTE"}, {1000000, "SECOND"}, {1, "MICROSECOND"}};
    int64_t months = lit->scale, left = lit->i;
    if (months % 12 == 0 && months) buf_printf(&w->b, "INTERVAL %lld YEAR", (long long)(months / 12));
    else if (months) buf_printf(&w->b, "INTERVAL %lld MONTH", (long long)months);
    if (months && !left) return;
    if (months) buf_text(&w->b, " + ");
    size_t u = 0;
    while (u < 4 && left % units[u].micros) u++;
    buf_printf(&w->b, "INTERVAL %lld %s", (long long)(left / units[u].micros), units[u].unit);
}

static void decimal_words(struct writing *w, const struct literal *lit) {
    char digits[64];
    int64_t v = lit->i < 0 ? -lit->i : lit->i;
    snprintf(digits, sizeof digits, "%0*lld", lit->scale % 20 + 1, (long long)v);
    size_t n = strlen(digits), cut = n - (size_t)(lit->scale % 20);
    buf_printf(&w->b, "%s%.*s%s%s", lit->i < 0 ? "-" : "", (int)cut, digits, lit->scale ? "." : "", digits + cut);
}

static void literal_words(struct writing *w, const struct literal *lit) {
    bool plain = lit->kind == VALUE_DECIMAL && !lit->s.n && lit->scale >= 0 && lit->scale < 19 && lit->i != INT64_MIN;
    switch (lit->kind) {
    case VALUE_DATE:
        buf_text(&w->b, "DATE '");
        time_words(w, lit->i * 86400, "%Y-%m-%d'");
        return;
    case VALUE_TIMESTAMP:
        buf_text(&w->b, "TIMESTAMP '");
        time_words(w, lit->i / 1000000 - (lit->i % 1000000 < 0), "%Y-%m-%d %H:%M:%S'");
        return;
    case VALUE_INTERVAL:
        interval_words(w, lit);
        return;
    default:
        if (plain) decimal_words(w, lit);
        else literal_text(&w->b, lit);
    }
}

/* ---- conditions ---- */

static bool is_constant(nexpr e) {
    if (e->op == SC_COLUMN || e->block || e->rel || e->op == SC_MATCHED) return false;
    for (size_t i = 0; i < e->n; i++)
        if (!is_constant(e->args[i])) return false;
    return true;
}

static const char *compare_word(enum scalar_op op, bool turned) {
    static const char *const words[] = {
        [SC_EQ] = "=", [SC_NE] = "<>", [SC_LT] = "<", [SC_LE] = "<=", [SC_GT] = ">", [SC_GE] = ">=", [SC_SAME] = "IS NOT DISTINCT FROM"};
    static const enum scalar_op other[] = {
        [SC_EQ] = SC_EQ, [SC_NE] = SC_NE, [SC_LT] = SC_GT, [SC_LE] = SC_GE, [SC_GT] = SC_LT, [SC_GE] = SC_LE, [SC_SAME] = SC_SAME};
    return words[turned ? other[op] : op];
}

/* `10 < x` as `x > 10`. */
static void compare_words(struct writing *w, nexpr e) {
    bool turned = is_constant(e->args[0]) && !is_constant(e->args[1]);
    expr_words(w, e->args[turned], BIND_CONCAT);
    buf_printf(&w->b, " %s ", compare_word(e->op, turned));
    expr_words(w, e->args[!turned], BIND_CONCAT);
}

static bool equals_constant(nexpr e, nexpr *x, nexpr *value) {
    if (e->op != SC_EQ) return false;
    size_t at = is_constant(e->args[0]) ? 0 : 1;
    *value = e->args[at];
    *x = e->args[1 - at];
    return is_constant(*value);
}

static void list_words(struct writing *w, const nexpr *list, size_t n, const char *between, enum binding least) {
    for (size_t i = 0; i < n; i++) {
        if (i) buf_text(&w->b, between);
        expr_words(w, list[i], least);
    }
}

/* `x = 1 OR x = 2` as `x IN (1, 2)`. */
static bool is_list(nexpr e) {
    nexpr x = NULL, value, other;
    if (e->op != SC_OR) return false;
    for (size_t i = 0; i < e->n; i++, x = other)
        if (!equals_constant(e->args[i], &other, &value) || (x && other != x)) return false;
    return true;
}

static void or_words(struct writing *w, nexpr e) {
    nexpr x, value;
    if (!is_list(e)) {
        list_words(w, e->args, e->n, " OR ", BIND_NOT);
        return;
    }
    equals_constant(e->args[0], &x, &value);
    expr_words(w, x, BIND_CONCAT);
    for (size_t i = 0; i < e->n; i++) {
        equals_constant(e->args[i], &x, &value);
        buf_text(&w->b, i ? ", " : " IN (");
        expr_words(w, value, BIND_OR);
    }
    buf_char(&w->b, ')');
}

static void not_words(struct writing *w, nexpr a) {
    if (a->op == SC_IS_NULL) {
        expr_words(w, a->args[0], BIND_CONCAT);
        buf_text(&w->b, " IS NOT NULL");
        return;
    }
    if (a->op == SC_SAME || a->op == SC_LIKE) {
        expr_words(w, a->args[0], BIND_CONCAT);
        buf_printf(&w->b, " %s ", a->op == SC_SAME ? "IS DISTINCT FROM" : "NOT LIKE");
        expr_words(w, a->args[1], BIND_CONCAT);
        return;
    }
    buf_text(&w->b, "NOT ");
    expr_words(w, a, BIND_COMPARE);
}

/* What an outer join shows is NULL where nothing matched: that goes without saying. */
static bool is_extended(nexpr e) {
    nexpr otherwise = e->args[e->n - 1];
    bool null = otherwise->op == SC_LITERAL && otherwise->lit.kind == VALUE_NULL;
    return e->n == 3 && e->args[0]->op == SC_MATCHED && null && !is_constant(e->args[1]);
}

static void case_words(struct writing *w, nexpr e) {
    buf_text(&w->b, "CASE");
    for (size_t i = 0; i + 1 < e->n; i += 2) {
        buf_text(&w->b, " WHEN ");
        expr_words(w, e->args[i], BIND_OR);
        buf_text(&w->b, " THEN ");
        expr_words(w, e->args[i + 1], BIND_OR);
    }
    nexpr otherwise = e->args[e->n - 1];
    if (otherwise->op != SC_LITERAL || otherwise->lit.kind != VALUE_NULL) {
        buf_text(&w->b, " ELSE ");
        expr_words(w, otherwise, BIND_OR);
    }
    buf_text(&w->b, " END");
}

/* ---- calls ---- */

static void order_words(struct writing *w, const struct sort_key *order, size_t n) {
    for (size_t i = 0; i < n; i++) {
        buf_text(&w->b, i ? ", " : "ORDER BY ");
        expr_words(w, order[i].expr, BIND_OR);
        if (order[i].descending) buf_text(&w->b, " DESC");
        if (w->fully) buf_text(&w->b, order[i].nulls_first ? " NULLS FIRST" : " NULLS LAST");
    }
}

/* "star -a b>c =d" (see star_open of bind_select.c): all columns but for some. */
static void star_words(struct writing *w, nexpr e) {
    struct str rest = str_of(e->name + strlen("star")), word;
    size_t replaced = 0;
    expr_words(w, e->args[0], BIND_ONE);
    while (str_split(&rest, ' ', &word)) {
        struct str name = {word.p + 1, word.n - 1};
        if (word.n < 2) continue;
        if (word.p[0] == '-') buf_printf(&w->b, " without %.*s", STR_ARG(name));
        else if (word.p[0] == '=' && ++replaced < e->n) {
            buf_printf(&w->b, " with %.*s = ", STR_ARG(name));
            expr_words(w, e->args[replaced], BIND_CONCAT);
        } else {
            const char *to = memchr(word.p, '>', word.n);
            if (to) buf_printf(&w->b, " with %.*s as %.*s", (int)(to - word.p), word.p, (int)(word.n - (size_t)(to + 1 - word.p)), to + 1);
        }
    }
}

/* The names that only binding gives; false: it is a function like any other. */
static bool special_words(struct writing *w, nexpr e) {
    const char *name = e->name ? e->name : "?";
    if (text_starts(name, "rows:") && e->n % 2 == 0) {
        int op = name[5] - '0';
        for (const char *p = name + 6; *p; p++) op = op * 10 + (*p - '0');
        buf_char(&w->b, '(');
        list_words(w, e->args, e->n / 2, ", ", BIND_OR);
        buf_printf(&w->b, ") %s (", op >= SC_EQ && op <= SC_SAME ? compare_word((enum scalar_op)op, false) : "?");
        list_words(w, e->args + e->n / 2, e->n / 2, ", ", BIND_OR);
        buf_char(&w->b, ')');
    } else if (text_starts(name, "star ")) star_words(w, e);
    else if (text_starts(name, "renamed ") && e->n) expr_words(w, e->args[0], BIND_ONE);
    else if (strcmp(name, "fields") == 0 && e->n) {
        expr_words(w, e->args[0], BIND_ONE);
        buf_text(&w->b, ".*");
    } else if (text_starts(name, "lambda:") && e->n) {
        buf_text(&w->b, "x -> ");
        expr_words(w, e->args[0], BIND_OR);
    } else if (text_starts(name, "number:")) buf_text(&w->b, name + strlen("number:"));
    else if (text_starts(name, "literal:") && e->n) {
        buf_printf(&w->b, "%s ", name + strlen("literal:"));
        expr_words(w, e->args[0], BIND_ONE);
    } else if (text_starts(name, "interval:")) {
        buf_text(&w->b, "INTERVAL ");
        list_words(w, e->args, e->n, " ", BIND_ONE);
        buf_printf(&w->b, " %s", name + strlen("interval:"));
    } else if (e->n == 0 && e->op != SC_AGG && strchr(name, ' ')) buf_text(&w->b, name);
    else return false;
    return true;
}

/* What a function is called: without what binding hangs onto its name ("substring::from:for"). */
static struct str call_name(nexpr e) {
    const char *name = e->name ? e->name : "?";
    if (strcmp(name, "bare") == 0 || strcmp(name, "the") == 0) return str_of("any_value"); /* a column that is no key */
    if (strcmp(name, "$sum0") == 0) return str_of("sum");
    if (text_starts(name, "pivot:")) name += strlen("pivot:");
    const char *end = strchr(name, ':');
    return (struct str){name, end && end > name ? (size_t)(end - name) : strlen(name)};
}

static void call_words(struct writing *w, nexpr e) {
    static const char *const nulls[] = {":ignore_nulls", " IGNORE NULLS", ":respect_nulls", " RESPECT NULLS"};
    if (special_words(w, e)) return;
    struct str name = call_name(e);
    buf_printf(&w->b, "%.*s(%s", STR_ARG(name), e->distinct ? "DISTINCT " : "");
    if (e->op == SC_AGG && e->n == 0) buf_char(&w->b, '*');
    list_words(w, e->args, e->n, ", ", BIND_OR);
    if (e->n_order) buf_char(&w->b, ' ');
    order_words(w, e->order, e->n_order);
    buf_char(&w->b, ')');
    for (size_t i = 0; i < 4 && e->name; i += 2)
        if (text_ends(e->name, nulls[i])) buf_text(&w->b, nulls[i + 1]);
    if (!e->filter) return;
    buf_text(&w->b, " FILTER (WHERE ");
    expr_words(w, e->filter, BIND_OR);
    buf_char(&w->b, ')');
}

static void edge_words(struct writing *w, enum edge_kind kind, nexpr by) {
    static const char *const words[] = {[EDGE_UNBOUNDED_PRECEDING] = "UNBOUNDED PRECEDING",
                                        [EDGE_PRECEDING] = " PRECEDING",
                                        [EDGE_CURRENT] = "CURRENT ROW",
                                        [EDGE_FOLLOWING] = " FOLLOWING",
                                        [EDGE_UNBOUNDED_FOLLOWING] = "UNBOUNDED FOLLOWING"};
    if (by) expr_words(w, by, BIND_ADD);
    buf_text(&w->b, words[kind]);
}

static void window_words(struct writing *w, nexpr e) {
    static const char *const units[] = {[WINDOW_ROWS] = " ROWS", [WINDOW_RANGE] = " RANGE", [WINDOW_GROUPS] = " GROUPS"};
    const struct window_spec *spec = e->window;
    expr_words(w, e->args[0], BIND_ONE);
    buf_text(&w->b, " OVER (");
    if (spec->n_partition) buf_text(&w->b, "PARTITION BY ");
    list_words(w, spec->partition, spec->n_partition, ", ", BIND_OR);
    if (spec->n_partition && spec->n_order) buf_char(&w->b, ' ');
    order_words(w, spec->order, spec->n_order);
    if (spec->unit != WINDOW_NONE) {
        buf_printf(&w->b, "%s BETWEEN ", units[spec->unit]);
        edge_words(w, spec->start, spec->start_by);
        buf_text(&w->b, " AND ");
        edge_words(w, spec->end, spec->end_by);
    }
    if (spec->exclude) buf_printf(&w->b, " EXCLUDE %s", spec->exclude);
    buf_char(&w->b, ')');
}

/* ---- sub-queries ---- */

static void limit_words(struct writing *w, const struct source *limit) {
    size_t before = w->b.n;
    order_words(w, limit->order, limit->n_order);
    if (limit->limit) {
        buf_text(&w->b, w->b.n > before ? " LIMIT " : "LIMIT ");
        expr_words(w, limit->limit, BIND_OR);
    }
    if (limit->offset) {
        buf_text(&w->b, w->b.n > before ? " OFFSET " : "OFFSET ");
        expr_words(w, limit->offset, BIND_OR);
    }
}

/* The SELECT list of a sub-query. */
static const char *made_words(struct writing *w, const struct source *s) {
    struct writing list = *w;
    list.b = buf_new(w->names->arena);
    if (s->kind != SRC_AGG) return "*";
    list_words(&list, s->keys.at, s->keys.n, ", ", BIND_OR);
    if (s->keys.n && s->aggs.n) buf_text(&list.b, ", ");
    list_words(&list, s->aggs.at, s->aggs.n, ", ", BIND_OR);
    return buf_str(&list.b);
}

static void from_words(struct writing *w, const struct source *s) {
    static const char *const setops[] = {" UNION ALL ", " INTERSECT ", " EXCEPT "};
    if (s->kind == SRC_TABLE) {
        const char *name = source_names_of(w->names, s);
        buf_text(&w->b, s->name);
        if (!w->names->bare && strcmp(name, last_part(w->names->arena, s->name)) != 0) buf_printf(&w->b, " AS %s", name);
        return;
    }
    if (s->n_branches == 0 && !s->block) {
        buf_text(&w->b, s->kind == SRC_VALUES ? "a list of values" : s->name ? s->name : "a table function");
        return;
    }
    buf_char(&w->b, '(');
    if (s->block) block_words(w, s->block, made_words(w, s));
    if (s->kind == SRC_AGG && s->keys.n) buf_text(&w->b, " GROUP BY ");
    if (s->kind == SRC_AGG) list_words(w, s->keys.at, s->keys.n, ", ", BIND_OR);
    if (s->kind == SRC_LIMIT) {
        buf_char(&w->b, ' ');
        limit_words(w, s);
    }
    for (size_t i = 0; i < s->n_branches; i++) {
        if (i) buf_text(&w->b, s->kind == SRC_FULL ? " FULL JOIN " : setops[s->setop]);
        block_words(w, s->branches[i], "*");
    }
    buf_char(&w->b, ')');
}

/* SELECT and what comes before WHERE; `list`: in the place of the outputs, NULL: they are told. */
static void block_words(struct writing *w, const struct block *b, const char *list) {
    if (++w->depth >= WORDS_DEPTH_MAX || w->b.n > WORDS_MAX) {
        buf_text(&w->b, "..");
        w->depth--;
        return;
    }
    buf_text(&w->b, "SELECT ");
    if (list) buf_text(&w->b, list);
    else list_words(w, b->outs.at, b->outs.n, ", ", BIND_OR);
    for (size_t i = 0; i < b->n_sources; i++) {
        buf_text(&w->b, i ? ", " : " FROM ");
        from_words(w, b->sources[i]);
    }
    for (size_t i = 0; i < b->n_items; i++) {
        const struct block *item = b->items[i].block;
        buf_text(&w->b, " LEFT JOIN ");
        for (size_t k = 0; k < item->n_sources; k++) {
            if (k) buf_text(&w->b, ", ");
            from_words(w, item->sources[k]);
        }
        buf_text(&w->b, " ON ");
        list_words(w, item->preds.at, item->preds.n, " AND ", BIND_NOT);
        if (!item->preds.n) buf_text(&w->b, "TRUE");
    }
    if (b->preds.n) buf_text(&w->b, " WHERE ");
    list_words(w, b->preds.at, b->preds.n, " AND ", BIND_NOT);
    w->depth--;
}

/* Columns stand with their tables: those of the query around it may have the same names. */
static void query_words(struct writing *w, nexpr e, const char *word, const char *list) {
    bool bare = w->names->bare;
    size_t mark = source_names_mark(w->names);
    buf_text(&w->b, word);
    if (!e->block) {
        buf_text(&w->b, "(a sub-query)");
        return;
    }
    w->names->bare = false;
    buf_char(&w->b, '(');
    block_words(w, e->block, list);
    buf_char(&w->b, ')');
    w->names->bare = bare;
    source_names_back(w->names, mark);
}

/* ---- all of it ---- */

static enum binding binding_of(nexpr e) {
    if (is_list(e)) return BIND_COMPARE;
    if (e->op == SC_CASE && is_extended(e)) return binding_of(e->args[1]);
    switch (e->op) {
    case SC_OR:
        return BIND_OR;
    case SC_AND:
        return BIND_AND;
    case SC_NOT:
        return e->args[0]->op == SC_IS_NULL || e->args[0]->op == SC_SAME || e->args[0]->op == SC_LIKE ? BIND_COMPARE : BIND_NOT;
    case SC_ADD:
    case SC_SUB:
        return BIND_ADD;
    case SC_MUL:
    case SC_DIV:
    case SC_IDIV:
    case SC_MOD:
        return BIND_MUL;
    case SC_CONCAT:
        return BIND_CONCAT;
    case SC_EQ:
    case SC_NE:
    case SC_LT:
    case SC_LE:
    case SC_GT:
    case SC_GE:
    case SC_SAME:
    case SC_IS_NULL:
    case SC_IS_TRUE:
    case SC_LIKE:
    case SC_IN:
    case SC_IN_QUERY:
    case SC_ANY:
    case SC_ALL:
        return BIND_COMPARE;
    default:
        return BIND_ONE;
    }
}

/* a - (b - c): the right side of what does not commute binds one tighter. */
static void infix_words(struct writing *w, nexpr e) {
    static const char *const words[] = {
        [SC_ADD] = "+", [SC_SUB] = "-", [SC_MUL] = "*", [SC_DIV] = "/", [SC_IDIV] = "DIV", [SC_MOD] = "%", [SC_CONCAT] = "||"};
    bool commutes = e->op == SC_ADD || e->op == SC_MUL || e->op == SC_CONCAT;
    enum binding own = binding_of(e);
    for (size_t i = 0; i < e->n; i++) {
        if (i) buf_printf(&w->b, " %s ", words[e->op]);
        expr_words(w, e->args[i], i && !commutes ? own + 1 : own);
    }
}

static void in_words(struct writing *w, nexpr e) {
    expr_words(w, e->args[0], BIND_CONCAT);
    buf_text(&w->b, " IN (");
    list_words(w, e->args + 1, e->n - 1u, ", ", BIND_OR);
    buf_char(&w->b, ')');
}

static void suffix_words(struct writing *w, nexpr e, enum binding least, const char *suffix) {
    expr_words(w, e->args[0], least);
    buf_text(&w->b, suffix);
}

/* A field, or what stands for one: a column of a table whose columns are not known, by its place or by the name that the first branch gives it. */
static void field_words(struct writing *w, nexpr e) {
    nexpr of = e->args[0];
    const struct source *s = of->op == SC_COLUMN ? w->names->normal->column_source[of->column] : NULL;
    bool table = s && s->kind == SRC_TABLE, place = text_starts(e->name, "place "), first = text_starts(e->name, "first:");
    if (place) buf_printf(&w->b, "column %s of ", e->name + strlen("place "));
    if (first) buf_printf(&w->b, "column in the place of %s of ", e->name + strlen("first:"));
    bool named = !place && !first;
    if (table && (!named || !w->names->bare)) buf_text(&w->b, source_names_of(w->names, s));
    else if (!table) expr_words(w, of, BIND_ONE);
    if (named) buf_printf(&w->b, "%s%s", table && w->names->bare ? "" : ".", e->name);
}

static void cast_words(struct writing *w, nexpr e) {
    buf_printf(&w->b, "%s(", e->name && text_starts(e->name, "try") ? "TRY_CAST" : "CAST");
    suffix_words(w, e, BIND_OR, " AS ");
    buf_printf(&w->b, "%s)", e->type.kind == TYPE_INT && e->type.precision == 64 ? "bigint" : type_name(e->type));
}

static void like_words(struct writing *w, nexpr e) {
    struct buf upper = buf_new(w->names->arena);
    for (const char *p = e->name ? e->name : "like"; *p; p++) buf_char(&upper, (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p));
    expr_words(w, e->args[0], BIND_CONCAT);
    buf_printf(&w->b, " %s ", buf_str(&upper));
    expr_words(w, e->args[1], BIND_CONCAT);
}

/* Sub-queries and what else has a form of its own; false: it is none of them. */
static bool other_words(struct writing *w, nexpr e) {
    switch (e->op) {
    case SC_EXISTS:
        query_words(w, e, "EXISTS ", "1");
        return true;
    case SC_IN_QUERY:
    case SC_ANY:
    case SC_ALL:
        list_words(w, e->args, e->n, ", ", BIND_CONCAT);
        if (e->op != SC_IN_QUERY) buf_printf(&w->b, " %s", e->name ? e->name : "=");
        query_words(w, e, e->op == SC_IN_QUERY ? " IN " : e->op == SC_ANY ? " ANY " : " ALL ", NULL);
        return true;
    case SC_SUBQUERY:
        query_words(w, e, "", NULL);
        return true;
    case SC_TUPLE:
        buf_char(&w->b, '(');
        list_words(w, e->args, e->n, ", ", BIND_OR);
        buf_char(&w->b, ')');
        return true;
    case SC_MATCHED:
        buf_text(&w->b, "the LEFT JOIN found a row");
        return true;
    case SC_AMBIGUOUS:
    case SC_PARAM:
        buf_text(&w->b, e->name && text_starts(e->name, "lambda:") ? "x" : e->name ? e->name : "?");
        return true;
    case SC_NEG:
        buf_char(&w->b, '-');
        suffix_words(w, e, BIND_ONE, "");
        return true;
    default:
        return false;
    }
}

static void node_words(struct writing *w, nexpr e, enum binding least) {
    switch (e->op) {
    case SC_COLUMN:
        column_words(w, e, least);
        return;
    case SC_LITERAL:
        literal_words(w, &e->lit);
        return;
    case SC_AND:
        list_words(w, e->args, e->n, " AND ", BIND_NOT);
        return;
    case SC_OR:
        or_words(w, e);
        return;
    case SC_NOT:
        not_words(w, e->args[0]);
        return;
    case SC_IS_NULL:
        suffix_words(w, e, BIND_CONCAT, " IS NULL");
        return;
    case SC_IS_TRUE:
        suffix_words(w, e, BIND_ONE, " IS TRUE");
        return;
    case SC_CASE:
        if (is_extended(e)) node_words(w, e->args[1], least);
        else case_words(w, e);
        return;
    case SC_WINDOW:
        window_words(w, e);
        return;
    case SC_LIKE:
        like_words(w, e);
        return;
    case SC_IN:
        in_words(w, e);
        return;
    case SC_CAST:
        cast_words(w, e);
        return;
    case SC_FIELD:
        field_words(w, e);
        return;
    case SC_COALESCE:
        buf_text(&w->b, "COALESCE(");
        list_words(w, e->args, e->n, ", ", BIND_OR);
        buf_char(&w->b, ')');
        return;
    default:
        break;
    }
    if (e->op >= SC_EQ && e->op <= SC_SAME) compare_words(w, e);
    else if (binding_of(e) >= BIND_CONCAT && binding_of(e) <= BIND_MUL) infix_words(w, e);
    else if (!other_words(w, e)) call_words(w, e);
}

static void expr_words(struct writing *w, nexpr e, enum binding least) {
    if (w->depth >= WORDS_DEPTH_MAX || w->b.n > WORDS_MAX || ++w->names->work > WORDS_WORK_MAX) {
        buf_text(&w->b, "..");
        return;
    }
    w->depth++;
    bool brackets = e->op != SC_COLUMN && binding_of(e) < least; /* what a column stands for has its own */
    if (brackets) buf_char(&w->b, '(');
    node_words(w, e, least);
    if (brackets) buf_char(&w->b, ')');
    w->depth--;
}

static struct writing writing_new(struct source_names *names) {
    names->work = 0;
    return (struct writing){.b = buf_new(names->arena), .names = names};
}

const char *words_of_expr(struct source_names *names, nexpr expr) {
    struct writing w = writing_new(names);
    expr_words(&w, expr, BIND_OR);
    return buf_str(&w.b);
}

const char *words_of_expr_fully(struct source_names *names, nexpr expr) {
    struct writing w = writing_new(names);
    w.fully = true;
    expr_words(&w, expr, BIND_OR);
    return buf_str(&w.b);
}

const char *words_of_limit(struct source_names *names, const struct source *limit) {
    struct writing w = writing_new(names);
    limit_words(&w, limit);
    return buf_str(&w.b);
}
