/* sql_printer.h - what the printer's files share. Not for others: see sql_print.h.
 * Layer: sql. May use: base. */
#ifndef SQL_PRINTER_H
#define SQL_PRINTER_H

#include "sql_print.h"

void print_text(struct buf *out, const char *before, struct str s); /* any bytes, NUL too */
void print_exprs(struct buf *out, struct sql_expr *const *list, uint32_t count, enum dialect d);
void print_items(struct buf *out, const struct sql_item *items, uint32_t count, enum dialect d, const char *between);
void print_idents(struct buf *out, const struct sql_ident *list, uint32_t count, enum dialect d); /* (a, b) */
void print_orders(struct buf *out, const struct sql_order *order, uint32_t count, enum dialect d);
void print_window(struct buf *out, const struct sql_window *w, enum dialect d);
void print_call(struct buf *out, const struct sql_expr *e, enum dialect d);
void print_column_rest(struct buf *out, const struct sql_column *c, enum dialect d); /* its type and all after it */
void print_columns(struct buf *out, const struct sql_column *list, uint32_t count, enum dialect d);
/* A query without a line break at its end, its lines indented one step deeper than the line it stands in. */
void print_query_inline(struct buf *out, const struct sql_query *q, enum dialect d);
void print_properties(struct buf *out, const struct sql_property *list, uint32_t count, enum dialect d);
void print_ctes(struct buf *out, const struct sql_cte *ctes, uint32_t count, bool recursive, enum dialect d);
void print_from(struct buf *out, const struct sql_from *f, enum dialect d);
void print_statement(struct buf *out, const struct sql_statement *s, enum dialect d);
#endif
