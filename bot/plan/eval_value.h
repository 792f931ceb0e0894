/* eval_value.h - one SQL value with exact meaning: NULL, truth, exact numbers as fractions, text, dates, times, intervals.
 * Layer: plan. May use: base. */
#ifndef EVAL_VALUE_H
#define EVAL_VALUE_H

#include "arena.h"
#include "text.h"

#include <stdbool.h>
#include <stdint.h>

enum cell_kind {
    CELL_NULL,
    CELL_BOOL,
    CELL_INT,      /* i */
    CELL_EXACT,    /* num/den in lowest terms, den > 1: decimals, and doubles that are fractions */
    CELL_REAL,     /* r: only what roots, logarithms and their like give */
    CELL_TEXT,     /* text */
    CELL_DATE,     /* i: days since 1970-01-01 */
    CELL_TIME,     /* i: microseconds since 1970-01-01 00:00, no zone */
    CELL_CLOCK,    /* i: microseconds since midnight */
    CELL_INTERVAL, /* months, and i: microseconds */
};

/* A plain record; text belongs to the arena of the run. */
struct value {
    enum cell_kind kind;
    int months;
    union {
        int64_t i;
        double r;
        struct str text;
        struct {
            int64_t num, den;
        } exact;
    };
};

struct value value_null(void);
struct value value_bool(bool truth);
struct value value_int(int64_t i);
struct value value_real(double r);
struct value value_text(struct str text);
struct value value_of_kind(enum cell_kind kind, int64_t i);
/* num/den in lowest terms: an integer when it is whole, a real when it does not fit 64 bits. den != 0. */
struct value value_fraction(__int128 num, __int128 den);

bool value_is_number(struct value v);
double value_as_real(struct value v);
/* Numerator and denominator of an integer, truth or fraction. */
void value_parts(struct value v, int64_t *num, int64_t *den);

/* a + b and its kin over numbers; false when the result does not fit. Division of any two numbers is exact; b must not be zero. */
bool value_add(struct value a, struct value b, struct value *out);
bool value_subtract(struct value a, struct value b, struct value *out);
bool value_multiply(struct value a, struct value b, struct value *out);
bool value_divide(struct value a, struct value b, struct value *out);
/* The whole part, towards zero / to minus infinity, of a number. */
bool value_truncate(struct value a, struct value *out);
bool value_floor(struct value a, struct value *out);
/* To `places` digits after the point (negative: before it), halves away from zero. */
bool value_round(struct value a, int places, struct value *out);

/* A total order for sorting and grouping: NULL first, NULL equals NULL, numbers by size, then by kind. Never fails. */
int value_order(struct value a, struct value b);
/* Is it the same value for a bag: value_order() == 0, reals within one part in 1e9. */
bool value_same(struct value a, struct value b);

/* Reads "12", "-1.50", "1e3"; false when it is no number. */
bool value_read_number(struct str text, struct value *out);
/* Reads "2020-01-31", false when it is no date of the calendar. */
bool value_read_date(struct str text, struct value *out);
/* Reads "2020-01-31 12:34:56.789" or a bare date. */
bool value_read_time(struct str text, struct value *out);

/* Days since 1970-01-01 of a date of the Gregorian calendar, and back. */
int64_t date_days(int year, int month, int day);
void date_parts(int64_t days, int *year, int *month, int *day);
int date_month_length(int year, int month);

/* As SQL text would show it: 'a', 12, 0.25, NULL, DATE '2020-01-31'. */
void value_print(struct buf *out, struct value v);

/* One table of values: `count` rows of `width` values each, row after row. */
struct bag {
    size_t width, count, cap;
    struct value *at;
};
/* Adds an empty row to the bag and returns its first value; valid until the next one is added. */
struct value *bag_add(struct arena *arena, struct bag *bag);
/* The same rows the same number of times, in any order, columns by position. Sorts copies in `arena`. */
bool bag_same(struct arena *arena, const struct bag *a, const struct bag *b);
/* <0, 0, >0 by value_order, column by column. */
int row_order(const struct value *a, const struct value *b, size_t width);
/* One line per row: "(1, 'x', NULL)"; at most `max` rows, then a count of those left out. */
void bag_print(struct buf *out, const struct bag *bag, size_t max);
#endif
