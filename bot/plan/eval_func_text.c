/* eval_func_text.c - LIKE and the functions of text. Lengths are counted in bytes: the random texts are ASCII. */
#include "eval_func.h"

#include <ctype.h>

static bool same_letter(char a, char b, bool folds) { return a == b || (folds && tolower((unsigned char)a) == tolower((unsigned char)b)); }

bool text_like(struct str x, struct str pattern, char escape, bool folds) {
    size_t i = 0, p = 0, star_p = SIZE_MAX, star_i = 0;
    while (i < x.n || p < pattern.n) {
        bool escaped = p + 1 < pattern.n && escape && pattern.p[p] == escape;
        if (p < pattern.n && !escaped && pattern.p[p] == '%') {
            star_p = ++p;
            star_i = i;
            continue;
        }
        char want = p < pattern.n ? pattern.p[p + escaped] : 0;
        bool fits = p < pattern.n && i < x.n && ((!escaped && want == '_') || same_letter(x.p[i], want, folds));
        if (fits) {
            i++;
            p += 1 + escaped;
            continue;
        }
        if (star_p == SIZE_MAX || star_i >= x.n) return false;
        p = star_p;
        i = ++star_i;
    }
    return true;
}

static bool want_text(struct eval_run *run, struct value v, struct str *out) {
    if (v.kind == CELL_TEXT) {
        *out = v.text;
        return true;
    }
    if (v.kind != CELL_INT) return eval_unknown(run, "a text function on another kind");
    *out = str_of(arena_printf(run->arena, "%lld", (long long)v.i));
    return true;
}

static bool want_whole(struct eval_run *run, struct value v, int64_t *out) {
    if (v.kind != CELL_INT) return eval_unknown(run, "a text function's number is no integer");
    *out = v.i;
    return true;
}

static bool mapped(struct eval_run *run, const struct value *a, int (*map)(int), struct value *out) {
    struct str s = {0};
    if (!want_text(run, a[0], &s)) return false;
    char *copy = arena_copy(run->arena, s.p, s.n);
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)copy[i] > 127) return eval_unknown(run, "letters outside ASCII");
        copy[i] = (char)map((unsigned char)copy[i]);
    }
    *out = value_text((struct str){copy, s.n});
    return true;
}

static bool fn_upper(struct eval_run *run, const struct value *a, size_t n, struct value *out) { return mapped(run, a, toupper, out); }

static bool fn_lower(struct eval_run *run, const struct value *a, size_t n, struct value *out) { return mapped(run, a, tolower, out); }

static bool fn_length(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct str s = {0};
    if (!want_text(run, a[0], &s)) return false;
    int64_t letters = 0;
    for (size_t i = 0; i < s.n; i++) letters += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    *out = value_int(letters);
    return true;
}

static struct str trimmed(struct str s, bool front, bool back) {
    while (front && s.n && s.p[0] == ' ') {
        s.p++;
        s.n--;
    }
    while (back && s.n && s.p[s.n - 1] == ' ') s.n--;
    return s;
}

static bool trim_with(struct eval_run *run, const struct value *a, bool front, bool back, struct value *out) {
    struct str s = {0};
    if (!want_text(run, a[0], &s)) return false;
    *out = value_text(trimmed(s, front, back));
    return true;
}

static bool fn_trim(struct eval_run *run, const struct value *a, size_t n, struct value *out) { return trim_with(run, a, true, true, out); }

static bool fn_ltrim(struct eval_run *run, const struct value *a, size_t n, struct value *out) { return trim_with(run, a, true, false, out); }

static bool fn_rtrim(struct eval_run *run, const struct value *a, size_t n, struct value *out) { return trim_with(run, a, false, true, out); }

static bool fn_substring(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct str s = {0};
    int64_t from = 0, count = INT32_MAX;
    if (!want_text(run, a[0], &s) || !want_whole(run, a[1], &from) || (n > 2 && !want_whole(run, a[2], &count))) return false;
    if (from < 1 || count < 0) return eval_unknown(run, "SUBSTRING from before the start");
    size_t start = (size_t)from - 1 < s.n ? (size_t)from - 1 : s.n;
    size_t left = s.n - start;
    *out = value_text((struct str){s.p + start, (size_t)count < left ? (size_t)count : left});
    return true;
}

static bool fn_left(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct str s = {0};
    int64_t count = 0;
    if (!want_text(run, a[0], &s) || !want_whole(run, a[1], &count)) return false;
    if (count < 0) return eval_unknown(run, "LEFT of a negative count");
    *out = value_text((struct str){s.p, (size_t)count < s.n ? (size_t)count : s.n});
    return true;
}

static bool fn_right(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct str s = {0};
    int64_t count = 0;
    if (!want_text(run, a[0], &s) || !want_whole(run, a[1], &count)) return false;
    if (count < 0) return eval_unknown(run, "RIGHT of a negative count");
    size_t keep = (size_t)count < s.n ? (size_t)count : s.n;
    *out = value_text((struct str){s.p + s.n - keep, keep});
    return true;
}

static bool fn_replace(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct str s = {0}, from = {0}, to = {0};
    if (!want_text(run, a[0], &s) || !want_text(run, a[1], &from) || !want_text(run, a[2], &to)) return false;
    struct buf made = buf_new(run->arena);
    for (size_t i = 0; i < s.n;) {
        bool hit = from.n && s.n - i >= from.n && memcmp(s.p + i, from.p, from.n) == 0;
        if (hit) buf_slice(&made, to);
        else buf_char(&made, s.p[i]);
        i += hit ? from.n : 1;
    }
    *out = value_text(str_of(buf_str(&made)));
    return true;
}

/* 1-based place of `part` in `s`, 0 when it is not there. */
static int64_t place_of(struct str s, struct str part) {
    for (size_t i = 0; i + part.n <= s.n; i++)
        if (memcmp(s.p + i, part.p, part.n) == 0) return (int64_t)i + 1;
    return 0;
}

static bool fn_instr(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct str s = {0}, part = {0};
    if (!want_text(run, a[0], &s) || !want_text(run, a[1], &part)) return false;
    *out = value_int(place_of(s, part));
    return true;
}

static bool fn_locate(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value turned[] = {a[1], a[0]};
    return fn_instr(run, turned, 2, out);
}

static bool fn_contains(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    if (!fn_instr(run, a, n, out)) return false;
    *out = value_bool(out->i > 0);
    return true;
}

static bool fn_starts(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct str s = {0}, part = {0};
    if (!want_text(run, a[0], &s) || !want_text(run, a[1], &part)) return false;
    *out = value_bool(s.n >= part.n && (part.n == 0 || memcmp(s.p, part.p, part.n) == 0));
    return true;
}

static bool fn_ends(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct str s = {0}, part = {0};
    if (!want_text(run, a[0], &s) || !want_text(run, a[1], &part)) return false;
    *out = value_bool(s.n >= part.n && (part.n == 0 || memcmp(s.p + s.n - part.n, part.p, part.n) == 0));
    return true;
}

static bool fn_reverse(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct str s = {0};
    if (!want_text(run, a[0], &s)) return false;
    char *copy = arena_copy(run->arena, s.p, s.n);
    for (size_t i = 0; i < s.n; i++) copy[i] = s.p[s.n - 1 - i];
    *out = value_text((struct str){copy, s.n});
    return true;
}

static bool fn_concat_ws(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct str sep = {0}, part = {0};
    *out = value_null();
    if (a[0].kind == CELL_NULL) return true;
    if (!want_text(run, a[0], &sep)) return false;
    struct buf made = buf_new(run->arena);
    bool first = true;
    for (size_t i = 1; i < n; i++) {
        if (a[i].kind == CELL_NULL) continue;
        if (!want_text(run, a[i], &part)) return false;
        if (!first) buf_slice(&made, sep);
        buf_slice(&made, part);
        first = false;
    }
    *out = value_text(str_of(buf_str(&made)));
    return true;
}

static const struct func_row text_rows[] = {
    {"upper", 1, 1, true, fn_upper},
    {"ucase", 1, 1, true, fn_upper},
    {"lower", 1, 1, true, fn_lower},
    {"lcase", 1, 1, true, fn_lower},
    {"length", 1, 1, true, fn_length},
    {"char_length", 1, 1, true, fn_length},
    {"character_length", 1, 1, true, fn_length},
    {"trim", 1, 1, true, fn_trim},
    {"btrim", 1, 1, true, fn_trim},
    {"ltrim", 1, 1, true, fn_ltrim},
    {"rtrim", 1, 1, true, fn_rtrim},
    {"substr", 2, 3, true, fn_substring},
    {"substring", 2, 3, true, fn_substring},
    {"substring::from", 2, 2, true, fn_substring},
    {"substring::from:for", 3, 3, true, fn_substring},
    {"position::in", 2, 2, true, fn_locate},
    {"left", 2, 2, true, fn_left},
    {"right", 2, 2, true, fn_right},
    {"replace", 3, 3, true, fn_replace},
    {"instr", 2, 2, true, fn_instr},
    {"strpos", 2, 2, true, fn_instr},
    {"locate", 2, 2, true, fn_locate},
    {"position", 2, 2, true, fn_locate},
    {"charindex", 2, 2, true, fn_locate},
    {"contains", 2, 2, true, fn_contains},
    {"startswith", 2, 2, true, fn_starts},
    {"starts_with", 2, 2, true, fn_starts},
    {"endswith", 2, 2, true, fn_ends},
    {"ends_with", 2, 2, true, fn_ends},
    {"reverse", 1, 1, true, fn_reverse},
    {"concat_ws", 1, 64, false, fn_concat_ws},
    {NULL, 0, 0, false, NULL},
};

eval_func func_text_find(const char *name, size_t n, bool *is_strict) { return func_in(text_rows, name, n, is_strict); }
