/* dbt_repair.h - pieces of SQL that only a run knows, given the form that their place in the text needs.
 * Layer: read. May use: base, sql. */
#ifndef DBT_REPAIR_H
#define DBT_REPAIR_H

#include "arena.h"
#include "dialect.h"
#include "text.h"

/* What stands for a piece that is only known when it runs. */
enum stand_in {
    STAND_CALL,    /* an expression: name(columns) */
    STAND_NAME,    /* a bare name: after AS, or a part of a longer name */
    STAND_NOTHING, /* a clause, or further items of a list, that may be left out */
    STAND_QUERY,   /* a whole query: SELECT * FROM name() */
    STAND_WITH,    /* the head of a WITH list */
};

struct repair_piece {
    struct str name; /* of the macro or variable: "dbt_audit" */
    uint32_t line;   /* 0-based line of the text */
    enum stand_in as;
};

struct repair {
    struct str text; /* with as many lines as before */
    struct repair_piece *pieces;
    size_t count;
    enum dialect dialect; /* that reads it */
};

#define REPAIR_TEXT_MAX ((size_t)256 << 10) /* a longer text is left as it is */

/* Finds forms for the unknown pieces (jinja_NAME_HASH(..) as jv_str prints them) with which the text is one query. False: there are none, or it holds
 * no such piece. `others`: dialects besides `dialect` may be tried. Bounded: a few hundred parses at most. */
bool dbt_repair(struct arena *arena, struct str text, enum dialect dialect, bool others, struct repair *out);

#endif
