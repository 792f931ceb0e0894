/* normal_text.c - the normal form as a small tree in words that a data engineer reads. */
#include "map.h"
#include "normal_core.h"

#include <time.h>

struct writer {
    struct buf b;
    const struct normal *normal;
    struct arena *arena;
    struct map *names; /* source id -> alias */
    int depth;         /* of expressions: in a form that does not prove, columns may be defined by each other */
};

#define TEXT_DEPTH_MAX 200
#define TEXT_MAX       ((size_t)1 << 20)

static void expr_write(struct writer *w, nexpr e);
static void block_write(struct writer *w, const struct block *b, int depth);

static const char *source_alias(struct writer *w, const struct source *s) {
    char key[24];
    snprintf(key, sizeof key, "%d", s->id);
    const char *known = map_get(w->names, str_of(key));
    if (known) return known;
    static const char *const kinds[] = {"table", "groups", "union", "top", "window", "full", "values", "rows"};
    const char *base = s->kind == SRC_TABLE ? s->name : kinds[s->kind];
    const char *dot = strrchr(base, '.');
    size_t same = 0;
    for (size_t i = 0; i < map_count(w->names); i++) same += text_starts(map_at(w->names, i).value, dot ? dot + 1 : base);
    char *name = same ? arena_printf(w->arena, "%s_%zu", dot ? dot + 1 : base, same + 1) : arena_strdup(w->arena, dot ? dot + 1 : base);
    map_put(w->names, str_of(key), name);
    return name;
}

static void column_write(struct writer *w, nexpr e) {
    const struct source *s = (size_t)e->column < w->normal->n_columns ? w->normal->column_source[e->column] : NULL;
    if (!s) {
        buf_printf(&w->b, "column%d", e->column);
        return;
    }
    size_t at = 0;
    while (at < s->n_columns && s->columns[at] != e->column) at++;
    const char *name = s->kind == SRC_TABLE ? w->normal->state->columns.at[e->column].name : NULL;
    if (s->kind == SRC_AGG && at < s->keys.n) {
        expr_write(w, s->keys.at[at]);
        return;
    }
    if ((s->kind == SRC_AGG || s->kind == SRC_WINDOW) && at < s->keys.n + s->aggs.n) {
        expr_write(w, at < s->keys.n ? s->keys.at[at] : s->aggs.at[at - s->keys.n]);
        return;
    }
    if (name) buf_printf(&w->b, "%s.%s", source_alias(w, s), name);
    else buf_printf(&w->b, "%s.%zu", source_alias(w, s), at + 1);
}

static void list_write(struct writer *w, const nexpr *list, size_t n, const char *between) {
    for (size_t i = 0; i < n; i++) {
        if (i) buf_text(&w->b, between);
        bool bracket = list[i]->op == SC_OR || (list[i]->op == SC_AND && strcmp(between, " AND ") != 0);
        if (bracket) buf_char(&w->b, '(');
        expr_write(w, list[i]);
        if (bracket) buf_char(&w->b, ')');
    }
}

static void literal_write(struct writer *w, nexpr e) {
    if (e->lit.kind == VALUE_DECIMAL && e->lit.scale > 0 && e->lit.scale < 19) {
        char digits[64];
        int64_t v = e->lit.i < 0 ? -e->lit.i : e->lit.i;
        snprintf(digits, sizeof digits, "%0*lld", e->lit.scale % 20 + 1, (long long)v); /* the bound is for compilers that do not see the one above */
        size_t n = strlen(digits), cut = n - (size_t)e->lit.scale;
        buf_printf(&w->b, "%s%.*s.%s", e->lit.i < 0 ? "-" : "", (int)cut, digits, digits + cut);
    } else if (e->lit.kind == VALUE_DECIMAL) buf_printf(&w->b, "%lld", (long long)e->lit.i);
    else if (e->lit.kind == VALUE_DATE) {
        time_t t = (time_t)(e->lit.i * 86400);
        struct tm tm;
        char text[32] = "";
        if (gmtime_r(&t, &tm)) strftime(text, sizeof text, "%Y-%m-%d", &tm);
        buf_printf(&w->b, "DATE '%s'", text);
    } else literal_text(&w->b, &e->lit);
}

static void infix_write(struct writer *w, nexpr e, const char *op) {
    for (size_t i = 0; i < e->n; i++) {
        if (i) buf_printf(&w->b, " %s ", op);
        bool bracket = e->args[i]->op >= SC_ADD && e->args[i]->op <= SC_MOD && e->op >= SC_ADD;
        if (bracket) buf_char(&w->b, '(');
        expr_write(w, e->args[i]);
        if (bracket) buf_char(&w->b, ')');
    }
}

static void call_write(struct writer *w, nexpr e, const char *name) {
    buf_printf(&w->b, "%s(%s", name, e->distinct ? "DISTINCT " : "");
    if (e->op == SC_AGG && e->n == 0) buf_char(&w->b, '*');
    list_write(w, e->args, e->n, ", ");
    buf_char(&w->b, ')');
}

static void not_write(struct writer *w, nexpr a) {
    if (a->op == SC_IS_NULL) {
        expr_write(w, a->args[0]);
        buf_text(&w->b, " IS NOT NULL");
        return;
    }
    buf_text(&w->b, "NOT ");
    expr_write(w, a);
}

static void case_write(struct writer *w, nexpr e) {
    buf_text(&w->b, "CASE");
    for (size_t i = 0; i + 1 < e->n; i += 2) {
        buf_text(&w->b, " WHEN ");
        expr_write(w, e->args[i]);
        buf_text(&w->b, " THEN ");
        expr_write(w, e->args[i + 1]);
    }
    buf_text(&w->b, " ELSE ");
    expr_write(w, e->args[e->n - 1]);
    buf_text(&w->b, " END");
}

static void window_write(struct writer *w, nexpr e) {
    expr_write(w, e->args[0]);
    buf_text(&w->b, " OVER (");
    if (e->window->n_partition) buf_text(&w->b, "PARTITION BY ");
    list_write(w, e->window->partition, e->window->n_partition, ", ");
    for (size_t i = 0; i < e->window->n_order; i++) {
        buf_text(&w->b, i ? ", " : e->window->n_partition ? " ORDER BY " : "ORDER BY ");
        expr_write(w, e->window->order[i].expr);
        if (e->window->order[i].descending) buf_text(&w->b, " DESC");
    }
    buf_char(&w->b, ')');
}

static void sub_write(struct writer *w, nexpr e, const char *word) {
    buf_printf(&w->b, "%s{", word);
    struct writer inner = *w;
    inner.b = buf_new(w->arena);
    block_write(&inner, e->block, 0);
    struct str text = str_trim((struct str){inner.b.p, inner.b.n});
    for (size_t i = 0; i < text.n; i++) buf_char(&w->b, text.p[i] == '\n' ? ';' : text.p[i]);
    buf_char(&w->b, '}');
}

static void node_write(struct writer *w, nexpr e) {
    static const char *const infix[] = {
        [SC_EQ] = "=",  [SC_NE] = "<>", [SC_LT] = "<",  [SC_LE] = "<=", [SC_GT] = ">",     [SC_GE] = ">=", [SC_SAME] = "IS NOT DISTINCT FROM",
        [SC_ADD] = "+", [SC_SUB] = "-", [SC_MUL] = "*", [SC_DIV] = "/", [SC_IDIV] = "DIV", [SC_MOD] = "%", [SC_CONCAT] = "||"};
    switch (e->op) {
    case SC_COLUMN:
        column_write(w, e);
        return;
    case SC_LITERAL:
        literal_write(w, e);
        return;
    case SC_AND:
        list_write(w, e->args, e->n, " AND ");
        return;
    case SC_OR:
        list_write(w, e->args, e->n, " OR ");
        return;
    case SC_NOT:
        not_write(w, e->args[0]);
        return;
    case SC_IS_NULL:
        expr_write(w, e->args[0]);
        buf_text(&w->b, " IS NULL");
        return;
    case SC_IS_TRUE:
        buf_char(&w->b, '(');
        expr_write(w, e->args[0]);
        buf_text(&w->b, ") IS TRUE");
        return;
    case SC_CASE:
        case_write(w, e);
        return;
    case SC_WINDOW:
        window_write(w, e);
        return;
    case SC_LIKE:
        expr_write(w, e->args[0]);
        buf_printf(&w->b, " %s ", e->name ? e->name : "like");
        expr_write(w, e->args[1]);
        return;
    case SC_CAST:
        buf_printf(&w->b, "%s(", e->name);
        expr_write(w, e->args[0]);
        buf_printf(&w->b, " AS %s)", e->type.kind == TYPE_INT && e->type.precision == 64 ? "bigint" : type_name(e->type));
        return;
    case SC_FIELD:
        expr_write(w, e->args[0]);
        buf_printf(&w->b, ".%s", e->name);
        return;
    case SC_EXISTS:
        sub_write(w, e, "EXISTS ");
        return;
    case SC_IN_QUERY:
        list_write(w, e->args, e->n, ", ");
        sub_write(w, e, " IN ");
        return;
    case SC_SUBQUERY:
        sub_write(w, e, "");
        return;
    case SC_COALESCE:
        call_write(w, e, "COALESCE");
        return;
    case SC_MATCHED:
        buf_printf(&w->b, "matched(%d)", e->column);
        return;
    case SC_AMBIGUOUS:
    case SC_PARAM:
        buf_text(&w->b, e->name);
        return;
    case SC_NEG:
        buf_char(&w->b, '-');
        expr_write(w, e->args[0]);
        return;
    default:
        break;
    }
    if ((size_t)e->op < sizeof infix / sizeof *infix && infix[e->op]) infix_write(w, e, infix[e->op]);
    else call_write(w, e, e->name ? e->name : "?");
}

static void expr_write(struct writer *w, nexpr e) {
    if (w->depth >= TEXT_DEPTH_MAX || w->b.n > TEXT_MAX) {
        buf_text(&w->b, "..");
        return;
    }
    w->depth++;
    node_write(w, e);
    w->depth--;
}

static void line(struct writer *w, int depth, const char *word) { buf_printf(&w->b, "%*s%s", depth * 2, "", word); }

static void source_write(struct writer *w, const struct source *s, int depth) {
    static const char *const setops[] = {"union all", "intersect all", "except all"};
    switch (s->kind) {
    case SRC_TABLE:
        line(w, depth, s->name);
        buf_printf(&w->b, " as %s\n", source_alias(w, s));
        return;
    case SRC_AGG:
        line(w, depth, s->aggs.n ? "aggregate" : "distinct");
        if (s->keys.n) buf_text(&w->b, s->aggs.n ? " by " : " ");
        list_write(w, s->keys.at, s->keys.n, ", ");
        if (s->aggs.n) buf_text(&w->b, ": ");
        list_write(w, s->aggs.at, s->aggs.n, ", ");
        break;
    case SRC_SETOP:
        line(w, depth, setops[s->setop]);
        break;
    case SRC_LIMIT:
        line(w, depth, "limit ");
        if (s->limit) expr_write(w, s->limit);
        for (size_t i = 0; i < s->n_order; i++) {
            buf_text(&w->b, i ? ", " : " by ");
            expr_write(w, s->order[i].expr);
            if (s->order[i].descending) buf_text(&w->b, " desc");
        }
        break;
    case SRC_WINDOW:
        line(w, depth, "window");
        break;
    case SRC_FULL:
        line(w, depth, "full join on ");
        list_write(w, s->on.at, s->on.n, " AND ");
        break;
    case SRC_VALUES:
        line(w, depth, "values");
        break;
    case SRC_OPAQUE:
        line(w, depth, s->name);
        if (s->aggs.n) buf_char(&w->b, ' ');
        list_write(w, s->aggs.at, s->aggs.n, ", ");
        break;
    }
    buf_printf(&w->b, " as %s\n", source_alias(w, s));
    if (s->block) {
        struct block inner = *s->block;
        if (s->kind == SRC_AGG || s->kind == SRC_WINDOW) inner.outs.n = 0;
        block_write(w, &inner, depth + 1);
    }
    for (size_t i = 0; i < s->n_branches; i++) block_write(w, s->branches[i], depth + 1);
}

static void block_write(struct writer *w, const struct block *b, int depth) {
    if (depth > 60) return;
    if (b->empty) line(w, depth, "no rows\n");
    if (b->outs.n) {
        line(w, depth, "select ");
        list_write(w, b->outs.at, b->outs.n, ", ");
        buf_char(&w->b, '\n');
    }
    for (size_t i = 0; i < b->n_sources; i++) source_write(w, b->sources[i], depth + 1);
    for (size_t i = 0; i < b->n_items; i++) {
        line(w, depth + 1, "left join\n");
        block_write(w, b->items[i].block, depth + 2);
    }
    for (size_t i = 0; i < b->preds.n; i++) {
        line(w, depth + 1, "where ");
        expr_write(w, b->preds.at[i]);
        buf_char(&w->b, '\n');
    }
}

char *normal_text(struct arena *arena, const struct normal *normal) {
    struct writer w = {.b = buf_new(arena), .normal = normal, .arena = arena, .names = map_new(arena)};
    if (normal->reason) buf_printf(&w.b, "not proving: %s\n", normal->reason);
    if (normal->root) block_write(&w, normal->root, 0);
    return (char *)buf_str(&w.b);
}

char *normal_expr_text(struct arena *arena, const struct normal *normal, nexpr expr) {
    struct writer w = {.b = buf_new(arena), .normal = normal, .arena = arena, .names = map_new(arena)};
    expr_write(&w, expr);
    return (char *)buf_str(&w.b);
}
