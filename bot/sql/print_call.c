/* print_call.c - calls, windows, orders and columns as text. */
#include "sql_printer.h"

void print_text(struct buf *out, const char *before, struct str s) {
    buf_text(out, before);
    buf_slice(out, s);
}

void print_orders(struct buf *out, const struct sql_order *order, uint32_t count, enum dialect d) {
    for (uint32_t i = 0; i < count; i++) {
        const struct sql_order *o = &order[i];
        if (i) buf_text(out, ", ");
        if (o->expr) sql_print_expr(out, o->expr, d);
        else buf_text(out, "ALL");
        if (o->direction == ORDER_ASC) buf_text(out, " ASC");
        if (o->direction == ORDER_DESC) buf_text(out, " DESC");
        if (o->direction == ORDER_USING) print_text(out, " USING ", o->using_op);
        if (o->nulls == NULLS_FIRST) buf_text(out, " NULLS FIRST");
        if (o->nulls == NULLS_LAST) buf_text(out, " NULLS LAST");
        if (o->fill.n) print_text(out, " ", o->fill);
    }
}

static void bound(struct buf *out, enum sql_bound kind, const struct sql_expr *expr, enum dialect d) {
    if (expr) {
        bool bare = expr->kind == EX_LITERAL || expr->kind == EX_INTERVAL || expr->kind == EX_NAME || expr->kind == EX_CALL || expr->kind == EX_PARAM;
        if (!bare) buf_char(out, '(');
        sql_print_expr(out, expr, d);
        buf_text(out, bare ? " " : ") ");
    }
    switch (kind) {
    case BOUND_UNBOUNDED_PRECEDING:
        buf_text(out, "UNBOUNDED PRECEDING");
        return;
    case BOUND_UNBOUNDED_FOLLOWING:
        buf_text(out, "UNBOUNDED FOLLOWING");
        return;
    case BOUND_CURRENT:
        buf_text(out, "CURRENT ROW");
        return;
    case BOUND_PRECEDING:
        buf_text(out, "PRECEDING");
        return;
    case BOUND_FOLLOWING:
        buf_text(out, "FOLLOWING");
        return;
    case BOUND_NONE:
        return;
    }
}

static void frame(struct buf *out, const struct sql_window *w, enum dialect d) {
    static const char *const units[] = {"", "ROWS ", "RANGE ", "GROUPS "};
    static const char *const excludes[] = {"", " EXCLUDE NO OTHERS", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES"};
    buf_text(out, units[w->unit]);
    if (w->end != BOUND_NONE) buf_text(out, "BETWEEN ");
    bound(out, w->start, w->start_expr, d);
    if (w->end != BOUND_NONE) {
        buf_text(out, " AND ");
        bound(out, w->end, w->end_expr, d);
    }
    buf_text(out, excludes[w->exclude]);
}

void print_window(struct buf *out, const struct sql_window *w, enum dialect d) {
    if (w->is_reference) {
        sql_print_ident(out, &w->base, d);
        return;
    }
    const char *gap = "";
    buf_char(out, '(');
    if (w->base.text.n) {
        sql_print_ident(out, &w->base, d);
        gap = " ";
    }
    if (w->partition_count) {
        buf_printf(out, "%sPARTITION BY ", gap);
        print_exprs(out, w->partition, w->partition_count, d);
        gap = " ";
    }
    if (w->order_count) {
        buf_printf(out, "%sORDER BY ", gap);
        print_orders(out, w->order, w->order_count, d);
        gap = " ";
    }
    if (w->unit != FRAME_NONE) {
        buf_text(out, gap);
        frame(out, w, d);
    }
    buf_char(out, ')');
}

static void arguments(struct buf *out, const struct sql_expr *e, const struct sql_call *c, enum dialect d) {
    if (e->flags & SQL_DISTINCT) buf_text(out, "DISTINCT ");
    if (e->flags & SQL_ALL_ROWS) buf_text(out, "ALL ");
    for (uint32_t i = 0; i < e->arg_count; i++) {
        struct str before = c && c->before ? c->before[i] : (struct str){NULL, 0};
        bool leading = before.n && i == 0;
        bool key = (str_iis(before, "key") || str_iis(before, "model")) && i > 0;
        if (key) buf_text(out, ", ");
        else if (before.n && !leading) buf_char(out, ' ');
        else if (i) buf_text(out, ", ");
        if (before.n) {
            buf_slice(out, before);
            buf_char(out, ' ');
        }
        sql_print_expr(out, e->args[i], d);
    }
}

static void inner_clauses(struct buf *out, const struct sql_expr *e, const struct sql_call *c, enum dialect d) {
    if (e->flags & SQL_NULLS_INSIDE) buf_text(out, e->flags & SQL_IGNORE_NULLS ? " IGNORE NULLS" : " RESPECT NULLS");
    if (!c) return;
    if (c->having) {
        print_text(out, " HAVING ", c->having_word), buf_char(out, ' ');
        sql_print_expr(out, c->having, d);
    }
    if (c->order_count) {
        buf_text(out, " ORDER BY ");
        print_orders(out, c->order, c->order_count, d);
    }
    if (c->separator) {
        buf_text(out, " SEPARATOR ");
        sql_print_expr(out, c->separator, d);
    }
    if (c->limit) {
        buf_text(out, " LIMIT ");
        sql_print_expr(out, c->limit, d);
    }
    if (c->filter && d == DIALECT_BIGQUERY) {
        buf_text(out, " WHERE ");
        sql_print_expr(out, c->filter, d);
    }
    if (c->tail.n) print_text(out, " ", c->tail);
}

static void after_clauses(struct buf *out, const struct sql_expr *e, const struct sql_call *c, enum dialect d) {
    if (c && c->within_count) {
        buf_text(out, " WITHIN GROUP (ORDER BY ");
        print_orders(out, c->within, c->within_count, d);
        buf_char(out, ')');
    }
    if (c && c->filter && d != DIALECT_BIGQUERY) {
        buf_text(out, " FILTER (WHERE ");
        sql_print_expr(out, c->filter, d);
        buf_char(out, ')');
    }
    if (c && c->after.n) print_text(out, " ", c->after);
    if (!(e->flags & SQL_NULLS_INSIDE)) {
        if (e->flags & SQL_IGNORE_NULLS) buf_text(out, " IGNORE NULLS");
        if (e->flags & SQL_RESPECT_NULLS) buf_text(out, " RESPECT NULLS");
    }
    if (!c || !c->over) return;
    buf_text(out, " OVER ");
    print_window(out, c->over, d);
}

static void table_argument(struct buf *out, const struct sql_expr *e, enum dialect d) {
    const struct sql_call *c = e->call;
    if (e->arg_count) {
        sql_print_expr(out, e->args[0], d);
    } else {
        buf_text(out, e->flags & SQL_WORD ? "TABLE(" : e->flags & SQL_NO_PARENS ? "" : "TABLE ");
        sql_print_name(out, c->path, d);
        if (e->flags & SQL_WORD) buf_char(out, ')');
    }
    if (c->tail.n) print_text(out, " ", c->tail);
    if (c->partition_count) {
        buf_text(out, " PARTITION BY (");
        print_exprs(out, c->partition, c->partition_count, d);
        buf_char(out, ')');
    }
    if (c->after.n) print_text(out, " ", c->after);
    if (c->order_count) {
        buf_text(out, " ORDER BY ");
        print_orders(out, c->order, c->order_count, d);
    }
}

void print_call(struct buf *out, const struct sql_expr *e, enum dialect d) {
    const struct sql_call *c = e->call;
    if (e->kind == EX_TABLE_ARG) {
        table_argument(out, e, d);
        return;
    }
    if (e->flags & SQL_ODBC) buf_text(out, "{fn ");
    if (c && c->path) {
        sql_print_name(out, c->path, d);
    } else {
        struct sql_ident name = {.text = e->name, .quoted = (e->flags & SQL_QUOTED) != 0};
        sql_print_ident(out, &name, d);
    }
    if (e->flags & SQL_NO_PARENS) {
        if (e->arg_count) {
            buf_char(out, ' ');
            sql_print_expr(out, e->args[0], d);
        }
        if (c && c->after.n) print_text(out, " ", c->after);
    } else {
        if (c && c->parameter_count) {
            buf_char(out, '(');
            print_exprs(out, c->parameters, c->parameter_count, d);
            buf_char(out, ')');
        }
        buf_char(out, '(');
        arguments(out, e, c, d);
        inner_clauses(out, e, c, d);
        buf_char(out, ')');
        after_clauses(out, e, c, d);
    }
    if (e->flags & SQL_ODBC) buf_char(out, '}');
}

/* ---------------------------------------------------------------- columns, properties */

void print_column_rest(struct buf *out, const struct sql_column *c, enum dialect d) {
    if (c->type) sql_print_type(out, c->type, d);
    if (c->flags & SQL_COLUMN_NOT_NULL) buf_text(out, " NOT NULL");
    if (c->flags & SQL_COLUMN_NULL) buf_text(out, " NULL");
    if (c->default_value) {
        buf_text(out, " DEFAULT ");
        sql_print_expr(out, c->default_value, d);
    }
    if (c->comment.p) {
        buf_text(out, " COMMENT ");
        sql_print_string(out, c->comment, d);
    }
    if (c->tail.n) print_text(out, " ", c->tail);
}

void print_columns(struct buf *out, const struct sql_column *list, uint32_t count, enum dialect d) {
    buf_char(out, '(');
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_text(out, ", ");
        sql_print_ident(out, &list[i].name, d);
        if (list[i].type) buf_char(out, ' ');
        print_column_rest(out, &list[i], d);
    }
    buf_char(out, ')');
}

void print_properties(struct buf *out, const struct sql_property *list, uint32_t count, enum dialect d) {
    buf_char(out, '(');
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_text(out, ", ");
        sql_print_string(out, list[i].key, d);
        if (list[i].value || list[i].text.n) buf_text(out, " = ");
        if (list[i].value) sql_print_expr(out, list[i].value, d);
        else buf_slice(out, list[i].text);
    }
    buf_char(out, ')');
}
