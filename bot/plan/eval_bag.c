/* eval_bag.c - a table of values: growing it, comparing it as a bag, showing it. */
#include "eval_value.h"

#include <stdlib.h>

struct value *bag_add(struct arena *arena, struct bag *bag) {
    size_t width = bag->width ? bag->width : 1;
    if (bag->count == bag->cap) {
        size_t cap = bag->cap ? bag->cap * 2 : 8;
        struct value *at = arena_array(arena, cap * width, sizeof *at);
        if (bag->count) memcpy(at, bag->at, bag->count * width * sizeof *at);
        bag->at = at;
        bag->cap = cap;
    }
    return &bag->at[width * bag->count++];
}

int row_order(const struct value *a, const struct value *b, size_t width) {
    for (size_t i = 0; i < width; i++) {
        int by = value_order(a[i], b[i]);
        if (by) return by;
    }
    return 0;
}

static int compare_rows(const void *a, const void *b, void *width) {
    return row_order(*(const struct value *const *)a, *(const struct value *const *)b, *(size_t *)width);
}

static const struct value **sorted_rows(struct arena *arena, const struct bag *bag) {
    const struct value **rows = arena_array(arena, bag->count + 1, sizeof *rows);
    for (size_t i = 0; i < bag->count; i++) rows[i] = &bag->at[i * bag->width];
    size_t width = bag->width;
    qsort_r(rows, bag->count, sizeof *rows, compare_rows, &width);
    return rows;
}

bool bag_same(struct arena *arena, const struct bag *a, const struct bag *b) {
    if (a->width != b->width || a->count != b->count) return false;
    const struct value **left = sorted_rows(arena, a), **right = sorted_rows(arena, b);
    for (size_t i = 0; i < a->count; i++)
        for (size_t c = 0; c < a->width; c++)
            if (!value_same(left[i][c], right[i][c])) return false;
    return true;
}

void bag_print(struct buf *out, const struct bag *bag, size_t max) {
    for (size_t i = 0; i < bag->count && i < max; i++) {
        buf_char(out, '(');
        for (size_t c = 0; c < bag->width; c++) {
            if (c) buf_text(out, ", ");
            value_print(out, bag->at[i * bag->width + c]);
        }
        buf_text(out, ")\n");
    }
    if (bag->count > max) buf_printf(out, "... %zu more\n", bag->count - max);
}
