/* sql_parse.h - SQL text into trees. What cannot be read is data (errors, statements that are not understood), never a failure.
 * Layer: sql. May use: base.
 * Linear in the length of the text; no recursion deeper than SQL_NEST_MAX; any bytes are fine. */
#ifndef SQL_PARSE_H
#define SQL_PARSE_H

#include "arena.h"
#include "sql_ast.h"

#define SQL_GUESS_MAX (1u << 20) /* bytes of a text for which other dialects are tried */

/* Where a text stands in its file, so that ranges name the file's lines. All zero: the text is the file. */
struct sql_origin {
    uint32_t offset;    /* added to byte offsets */
    int line;           /* line of the text's first byte, 0 means 1 */
    int column;         /* column of the text's first byte, 0 means 1 */
    const int *lines;   /* or: file line of each line of the text (line_count of them), for cells whose lines carry prefixes */
    const int *columns; /* with lines: the column where each line's text starts (1 means at the margin); may be NULL */
    size_t line_count;
};

/* Parses all statements of `text`. The script lives as long as the arena and the text. */
void sql_parse_script(struct arena *arena, struct str text, enum dialect dialect, struct sql_script **out);

/* The same for a part of a file. `origin` may be NULL. */
void sql_parse_part(struct arena *arena, struct str text, enum dialect dialect, const struct sql_origin *origin, struct sql_script **out);

/* Parses with `dialect`; when a statement is not understood, tries the others and takes the one that understands all of the text
 * (script->dialect says which); when none or more than one does, the first answer stands. */
void sql_parse_guess(struct arena *arena, struct str text, enum dialect dialect, const struct sql_origin *origin, struct sql_script **out);

/* Parses exactly one query, or one expression, such as the text of F.expr("a + 1"). NULL: it is none, and `*error` (when not NULL) says why. */
struct sql_query *sql_parse_query(struct arena *arena, struct str text, enum dialect dialect, struct sql_error *error);
struct sql_expr *sql_parse_expr(struct arena *arena, struct str text, enum dialect dialect, struct sql_error *error);
/* A select item, "a + 1 AS b"; a type, "array<int>"; a name, "a.b.`c d`"; column list "a INT, b STRING" (spark schemas). */
struct sql_item *sql_parse_item(struct arena *arena, struct str text, enum dialect dialect, struct sql_error *error);
struct sql_type *sql_parse_type(struct arena *arena, struct str text, enum dialect dialect, struct sql_error *error);
struct sql_name *sql_parse_name(struct arena *arena, struct str text, enum dialect dialect, struct sql_error *error);
struct sql_column *sql_parse_columns(struct arena *arena, struct str text, enum dialect dialect, uint32_t *count, struct sql_error *error);
#endif
