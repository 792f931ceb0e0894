/* diff_lines.c - reads hunk headers and counts lines; distrusts both until they agree. */
#include "diff_lines.h"

#define LINE_NUMBER_MAX 100000000

static bool number_read(const char **p, const char *end, int *out) {
    int value = 0;
    const char *start = *p;
    while (*p < end && **p >= '0' && **p <= '9') {
        value = value * 10 + (**p - '0');
        if (value > LINE_NUMBER_MAX) return false;
        (*p)++;
    }
    *out = value;
    return *p > start;
}

/* "12,3" or "12" (then the count is 1). */
static bool span_read(const char **p, const char *end, int *start, int *count) {
    if (!number_read(p, end, start)) return false;
    *count = 1;
    if (*p == end || **p != ',') return true;
    (*p)++;
    return number_read(p, end, count);
}

/* "@@ -a,b +c,d @@ ..." */
static bool hunk_read(struct str row, struct diff_hunk *out) {
    const char *p = row.p + 4, *end = row.p + row.n;
    if (!str_starts(row, "@@ -") || !span_read(&p, end, &out->old_start, &out->old_count)) return false;
    if (end - p < 2 || p[0] != ' ' || p[1] != '+') return false;
    p += 2;
    return span_read(&p, end, &out->new_start, &out->new_count) && end - p >= 3 && memcmp(p, " @@", 3) == 0;
}

struct reading {
    struct arena *arena;
    VEC(struct diff_hunk) hunks;
    VEC(int) added;
    int old_left, new_left, new_line;
};

static const struct err *hunk_open(struct reading *r, struct str row, int row_number) {
    struct diff_hunk hunk = {.added = r->added.n};
    if (!hunk_read(row, &hunk)) return err_new(ERR_INPUT, "diff line %d is no hunk header", row_number);
    if (r->hunks.n == DIFF_LINES_HUNKS_MAX) return err_new(ERR_INPUT, "diff has more than %d hunks", DIFF_LINES_HUNKS_MAX);
    const struct diff_hunk *last = r->hunks.n ? &r->hunks.at[r->hunks.n - 1] : NULL;
    if (last && hunk.new_start < last->new_start + last->new_count) return err_new(ERR_INPUT, "diff line %d: hunks overlap", row_number);
    r->old_left = hunk.old_count;
    r->new_left = hunk.new_count;
    r->new_line = hunk.new_start;
    *vec_add(r->arena, &r->hunks) = hunk;
    return NULL;
}

static const struct err *row_take(struct reading *r, struct str row, int row_number) {
    const char kind = *(row.n ? row.p : " "); /* some tools strip the blank of an empty context line */
    if (kind == '\\') return NULL;            /* "\ No newline at end of file" */
    bool is_old = kind == '-' || kind == ' ', is_new = kind == '+' || kind == ' ';
    if ((!is_old && !is_new) || r->old_left < is_old || r->new_left < is_new)
        return err_new(ERR_INPUT, "diff line %d does not fit its hunk", row_number);
    if (kind == '+') {
        *vec_add(r->arena, &r->added) = r->new_line;
        r->hunks.at[r->hunks.n - 1].added_count++;
    }
    r->old_left -= is_old;
    r->new_left -= is_new;
    r->new_line += is_new;
    return NULL;
}

const struct err *diff_lines_read(struct arena *arena, const char *patch, size_t n, struct diff_lines *out) {
    struct reading r = {.arena = arena};
    struct str rest = {patch, n}, row;
    *out = (struct diff_lines){0};
    for (int row_number = 1; n && str_split(&rest, '\n', &row); row_number++) {
        if (!rest.p && row.n == 0) break; /* what follows the last line break */
        if (r.old_left || r.new_left) {
            TRY(row_take(&r, row, row_number));
            continue;
        }
        if (r.hunks.n && row.n && row.p[0] == '\\') continue;
        if (str_starts(row, "@@ ")) TRY(hunk_open(&r, row, row_number));
        else if (r.hunks.n) return err_new(ERR_INPUT, "diff line %d is outside of a hunk", row_number);
    }
    if (r.old_left || r.new_left) return err_new(ERR_INPUT, "diff ends inside a hunk");
    *out = (struct diff_lines){.hunks = r.hunks.at, .hunk_count = r.hunks.n, .added = r.added.at, .added_count = r.added.n};
    return NULL;
}

/* The hunk whose new side holds `line`, NULL when none does. */
static const struct diff_hunk *hunk_of(const struct diff_lines *lines, int line) {
    for (size_t low = 0, high = lines->hunk_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        const struct diff_hunk *h = &lines->hunks[middle];
        if (line < h->new_start) high = middle;
        else if (line >= h->new_start + h->new_count) low = middle + 1;
        else return h;
    }
    return NULL;
}

bool diff_lines_new(const struct diff_lines *lines, int line) { return hunk_of(lines, line) != NULL; }

/* Index of the first added line >= `line`. */
static size_t added_from(const struct diff_lines *lines, int line) {
    size_t low = 0, high = lines->added_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lines->added[middle] < line) low = middle + 1;
        else high = middle;
    }
    return low;
}

bool diff_lines_added(const struct diff_lines *lines, int line) {
    size_t i = added_from(lines, line);
    return i < lines->added_count && lines->added[i] == line;
}

bool diff_lines_span(const struct diff_lines *lines, int start, int end) {
    const struct diff_hunk *h = hunk_of(lines, start);
    return start < end && h && h == hunk_of(lines, end);
}

int diff_lines_pick(const struct diff_lines *lines, int start, int end) {
    size_t i = added_from(lines, start);
    return i < lines->added_count && lines->added[i] <= end ? lines->added[i] : 0;
}
