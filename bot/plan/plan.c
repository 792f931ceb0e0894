/* plan.c - facts about scalars, and plans as text. */
#include "plan.h"

static const char *const STRICT_CALLS[] = {
    "abs",       "ascii",     "ceil",   "ceiling", "char_length", "date_add", "date_format", "date_sub",   "date_trunc", "datediff", "day",
    "dayofweek", "dayofyear", "exp",    "floor",   "hour",        "initcap",  "instr",       "left",       "length",     "lower",    "lpad",
    "ltrim",     "md5",       "minute", "month",   "power",       "pow",      "quarter",     "replace",    "reverse",    "right",    "round",
    "rpad",      "rtrim",     "second", "sha1",    "sha2",        "sign",     "strpos",      "substr",     "substring",  "to_date",  "trim",
    "upper",     "week",      "year",   "extract", "date",        "trunc",    "last_day",    "add_months",
};

bool scalar_order_holds(enum scalar_op op, int order) {
    switch (op) {
    case SC_EQ:
        return order == 0;
    case SC_NE:
        return order != 0;
    case SC_LT:
        return order < 0;
    case SC_LE:
        return order <= 0;
    case SC_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

const char *scan_table_name(const struct rel *scan) {
    return scan->table && strlen(scan->table->name) >= strlen(scan->name) ? scan->table->name : scan->name;
}

bool plan_strict(const struct scalar *expr) {
    switch (expr->op) {
    case SC_EQ:
    case SC_NE:
    case SC_LT:
    case SC_LE:
    case SC_GT:
    case SC_GE:
    case SC_ADD:
    case SC_SUB:
    case SC_MUL:
    case SC_DIV:
    case SC_IDIV:
    case SC_MOD:
    case SC_NEG:
    case SC_NOT:
    case SC_CONCAT:
    case SC_LIKE:
    case SC_CAST:
        return true;
    case SC_CALL:
        for (size_t i = 0; i < sizeof STRICT_CALLS / sizeof *STRICT_CALLS; i++)
            if (strcmp(STRICT_CALLS[i], expr->name) == 0) return true;
        return false;
    default:
        return false;
    }
}

bool plan_int_division(enum dialect dialect) { return !dialect_traits(dialect)->div_is_float; }

static const char *op_word(enum scalar_op op) {
    static const char *const words[] = {
        [SC_AND] = "and",
        [SC_OR] = "or",
        [SC_EQ] = "=",
        [SC_NE] = "<>",
        [SC_LT] = "<",
        [SC_LE] = "<=",
        [SC_GT] = ">",
        [SC_GE] = ">=",
        [SC_SAME] = "is not distinct from",
        [SC_ADD] = "+",
        [SC_SUB] = "-",
        [SC_MUL] = "*",
        [SC_DIV] = "/",
        [SC_IDIV] = "div",
        [SC_MOD] = "%",
        [SC_CONCAT] = "||",
        [SC_NOT] = "not",
        [SC_IS_NULL] = "is_null",
        [SC_IS_TRUE] = "is_true",
        [SC_NEG] = "neg",
        [SC_CASE] = "case",
        [SC_COALESCE] = "coalesce",
        [SC_IN] = "in",
        [SC_FIELD] = "field",
        [SC_TUPLE] = "tuple",
        [SC_EXISTS] = "exists",
        [SC_IN_QUERY] = "in_query",
        [SC_SUBQUERY] = "subquery",
        [SC_ANY] = "any",
        [SC_ALL] = "all",
        [SC_WINDOW] = "window",
        [SC_GROUPING] = "grouping",
        [SC_AMBIGUOUS] = "ambiguous",
        [SC_MATCHED] = "matched",
        [SC_OPAQUE] = "opaque",
    };
    return (size_t)op < sizeof words / sizeof *words && words[op] ? words[op] : "?";
}

void literal_text(struct buf *b, const struct literal *lit) {
    switch (lit->kind) {
    case VALUE_NULL:
        buf_text(b, "NULL");
        break;
    case VALUE_BOOL:
        buf_text(b, lit->i ? "TRUE" : "FALSE");
        break;
    case VALUE_INT:
        if (lit->s.n) buf_slice(b, lit->s);
        else buf_printf(b, "%lld", (long long)lit->i);
        break;
    case VALUE_DECIMAL:
        if (lit->s.n) buf_slice(b, lit->s);
        else buf_printf(b, "%llde-%d", (long long)lit->i, lit->scale);
        break;
    case VALUE_FLOAT:
        buf_printf(b, "%.17g", lit->r);
        break;
    case VALUE_TEXT:
        buf_printf(b, "'%.*s'", STR_ARG(lit->s));
        break;
    case VALUE_DATE:
        buf_printf(b, "date#%lld", (long long)lit->i);
        break;
    case VALUE_TIMESTAMP:
        buf_printf(b, "timestamp#%lld", (long long)lit->i);
        break;
    case VALUE_INTERVAL:
        buf_printf(b, "interval#%d#%lld", lit->scale, (long long)lit->i);
        break;
    }
}

static void rel_text(struct buf *b, const struct plan *plan, const struct rel *rel, int depth);

static void scalar_write(struct buf *b, const struct plan *plan, const struct scalar *e, int depth) {
    if (!e) {
        buf_text(b, "-");
        return;
    }
    if (e->op == SC_COLUMN) {
        buf_printf(b, "%s#%d", (size_t)e->column < plan->n_columns ? plan->columns[e->column].name : "?", e->column);
        return;
    }
    if (e->op == SC_LITERAL) {
        literal_text(b, &e->lit);
        return;
    }
    buf_text(b, e->op == SC_CALL || e->op == SC_AGG || e->op == SC_CAST || e->op == SC_LIKE || e->op == SC_PARAM ? (e->name ? e->name : "?")
                                                                                                                 : op_word(e->op));
    if ((e->op == SC_FIELD || e->op == SC_AMBIGUOUS || e->op == SC_ANY || e->op == SC_ALL || e->op == SC_OPAQUE) && e->name)
        buf_printf(b, ":%s", e->name);
    buf_text(b, e->distinct ? "(distinct " : "(");
    for (size_t i = 0; i < e->n; i++) {
        if (i) buf_text(b, ", ");
        scalar_write(b, plan, e->args[i], depth);
    }
    if (e->op == SC_CAST) buf_printf(b, " as %s", type_name(e->type));
    if (e->filter) {
        buf_text(b, " filter ");
        scalar_write(b, plan, e->filter, depth);
    }
    if (e->window) {
        buf_text(b, " over partition");
        for (size_t i = 0; i < e->window->n_partition; i++) {
            buf_char(b, ' ');
            scalar_write(b, plan, e->window->partition[i], depth);
        }
        buf_text(b, " order");
        for (size_t i = 0; i < e->window->n_order; i++) {
            buf_char(b, ' ');
            scalar_write(b, plan, e->window->order[i].expr, depth);
        }
    }
    buf_char(b, ')');
    if (e->rel) {
        buf_text(b, " {\n");
        rel_text(b, plan, e->rel, depth + 2);
        buf_printf(b, "%*s}", depth * 2, "");
    }
}

static void rel_head(struct buf *b, const struct plan *plan, const struct rel *rel, int depth) {
    static const char *const kinds[] = {"scan", "values", "project", "filter", "join", "agg", "window", "sort", "setop", "distinct", "opaque"};
    static const char *const joins[] = {"inner", "left", "full"};
    static const char *const setops[] = {"union", "intersect", "except"};
    buf_printf(b, "%*s%s", depth * 2, "", kinds[rel->kind]);
    if (rel->name) buf_printf(b, " %s", rel->name);
    if (rel->version) buf_printf(b, " {%s}", rel->version);
    if (rel->kind == REL_JOIN) buf_printf(b, " %s%s", joins[rel->join], rel->lateral ? " lateral" : "");
    if (rel->kind == REL_SETOP) buf_printf(b, " %s%s", setops[rel->setop], rel->all ? " all" : "");
    buf_text(b, " [");
    for (size_t i = 0; i < rel->n_columns; i++) buf_printf(b, i ? " %d" : "%d", rel->columns[i]);
    buf_char(b, ']');
    for (size_t i = 0; i < rel->n_keys; i++) {
        buf_printf(b, " key #%d=", rel->keys[i].column);
        scalar_write(b, plan, rel->keys[i].expr, depth);
    }
    for (size_t i = 0; i < rel->n_defs; i++) {
        buf_printf(b, " #%d=", rel->defs[i].column);
        scalar_write(b, plan, rel->defs[i].expr, depth);
    }
    for (size_t i = 0; i < rel->n_rows * rel->n_columns; i++) {
        buf_char(b, ' ');
        scalar_write(b, plan, rel->rows[i], depth);
    }
}

static void rel_text(struct buf *b, const struct plan *plan, const struct rel *rel, int depth) {
    if (!rel) return;
    rel_head(b, plan, rel, depth);
    if (rel->condition) {
        buf_text(b, " on ");
        scalar_write(b, plan, rel->condition, depth);
    }
    for (size_t i = 0; i < rel->n_order; i++) {
        buf_text(b, rel->order[i].descending ? " desc " : " asc ");
        scalar_write(b, plan, rel->order[i].expr, depth);
    }
    if (rel->limit) {
        buf_text(b, " limit ");
        scalar_write(b, plan, rel->limit, depth);
    }
    if (rel->offset) {
        buf_text(b, " offset ");
        scalar_write(b, plan, rel->offset, depth);
    }
    if (rel->call) {
        buf_char(b, ' ');
        scalar_write(b, plan, rel->call, depth);
    }
    buf_char(b, '\n');
    rel_text(b, plan, rel->left, depth + 1);
    rel_text(b, plan, rel->right, depth + 1);
    for (size_t i = 0; i < rel->n_inputs; i++) rel_text(b, plan, rel->inputs[i], depth + 1);
}

char *plan_text(struct arena *arena, const struct plan *plan) {
    struct buf b = buf_new(arena);
    if (plan->reason) buf_printf(&b, "not provable: %s\n", plan->reason);
    rel_text(&b, plan, plan->root, 0);
    return (char *)buf_str(&b);
}

char *scalar_text(struct arena *arena, const struct plan *plan, const struct scalar *expr) {
    struct buf b = buf_new(arena);
    scalar_write(&b, plan, expr, 0);
    return (char *)buf_str(&b);
}
