/* eval_func.h - the scalar functions whose meaning the evaluator knows exactly, and what differs between dialects.
 * Layer: plan. May use: base, eval_value. */
#ifndef EVAL_FUNC_H
#define EVAL_FUNC_H

#include "eval_value.h"

/* Where NULL sorts when the query does not say. */
enum null_order { NULLS_ARE_SMALL, NULLS_ARE_LARGE, NULLS_COME_LAST };

/* What one dialect means where dialects differ. */
struct eval_rules {
    bool divides_whole;      /* 7 / 2 = 3 */
    bool zero_division_null; /* 1 / 0 is NULL, not an error */
    bool concat_skips_null;  /* CONCAT('a', NULL) = 'a' */
    bool greatest_skips_null;
    bool cast_rounds; /* CAST(1.5 AS INT) = 2 */
    bool like_folds_case;
    bool like_backslash;     /* backslash escapes without an ESCAPE clause */
    bool average_whole;      /* AVG of integers is an integer */
    bool date_minus_is_days; /* DATE - DATE is a number */
    enum null_order nulls;
};

/* How a run ended: as meant, with an error that the engine would raise (or an answer that depends on ties), or at something
 * whose meaning is not known here. */
enum eval_state { EVAL_FINE, EVAL_FAULT, EVAL_UNKNOWN };

/* What every evaluation step may use and set; `why` is a constant or belongs to `arena`. */
struct eval_run {
    struct arena *arena;
    struct eval_rules rules;
    enum eval_state state;
    const char *why;
    size_t steps, max_steps;  /* rows made so far, and the most allowed */
    const struct bag *tables; /* by the index that a scan names */
    struct bag **cache;       /* by rel number: results that do not depend on an outer row */
};

/* Record the first trouble; both return false so that callers can `return eval_fault(...)`. */
bool eval_fault(struct eval_run *run, const char *why);
bool eval_unknown(struct eval_run *run, const char *why);

/* One function; out is not set when false comes back, and run says why. */
typedef bool (*eval_func)(struct eval_run *run, const struct value *args, size_t n, struct value *out);

/* A function of `n` arguments by its lower-case name, NULL when it is not known. `is_strict`: NULL when any argument is. */
eval_func func_find(const char *name, size_t n, bool *is_strict);

/* + - * / % || by their sign; `div` is whole division. NULL when not known. All are strict. */
eval_func func_operator(const char *sign);

/* x LIKE pattern ESCAPE escape (0: none), % and _ and, with `folds`, letters of either case (ASCII). */
bool text_like(struct str x, struct str pattern, char escape, bool folds);

enum date_unit {
    UNIT_NONE,
    UNIT_MICROSECOND,
    UNIT_MILLISECOND,
    UNIT_SECOND,
    UNIT_MINUTE,
    UNIT_HOUR,
    UNIT_DAY,
    UNIT_WEEK,
    UNIT_MONTH,
    UNIT_QUARTER,
    UNIT_YEAR,
    UNIT_DOW,
    UNIT_DOY,
    UNIT_EPOCH,
    UNIT_ISODOW
};
/* "month", "MONTHS", "mm" ...; UNIT_NONE when it is none. */
enum date_unit date_unit_of(struct str name);
/* The start of the unit that v (date or time) is in; weeks start on Monday. */
bool date_truncate(struct value v, enum date_unit unit, struct value *out);
/* The field of a date or time as an integer (seconds as a fraction when there are any). */
bool date_field(struct value v, enum date_unit unit, struct value *out);
/* v plus `count` units; a month's end is kept inside the month. */
bool date_shift(struct value v, enum date_unit unit, int64_t count, struct value *out);
/* v + interval * sign. */
bool date_add_interval(struct value v, struct value interval, int sign, struct value *out);
/* "1 day", "2" with a unit, "1 month 3 days". */
bool interval_read(struct str text, enum date_unit unit, struct value *out);

/* Functions of text, of dates and of sketches, by name: what func_find looks through. */
eval_func func_sketch_find(const char *name, size_t n, bool *is_strict);
eval_func func_text_find(const char *name, size_t n, bool *is_strict);
eval_func func_date_find(const char *name, size_t n, bool *is_strict);

/* A row of a table of functions; ends with a NULL name. */
struct func_row {
    const char *name;
    size_t least, most;
    bool is_strict;
    eval_func call;
};
eval_func func_in(const struct func_row *rows, const char *name, size_t n, bool *is_strict);
#endif
