/* records.c - rows of an export in JSON or CSV. */
#include "records.h"

#include "clock.h"

#include <math.h>
#include <stdlib.h>

#define ROW_MAX ((size_t)64 << 20)

struct rows {
    const char *name;
    record_visit fn;
    void *ctx;
    struct arena *arena; /* of one row */
    size_t count;
};

static const struct err *row_give(struct rows *r, const json_t *row, int line) {
    if (++r->count > RECORDS_MAX) return err_new(ERR_INPUT, "%s:%d: more than %d rows: split the file", r->name, line, RECORDS_MAX);
    if (!json_is_object(row)) return err_new(ERR_INPUT, "%s:%d: the row is not an object of named values", r->name, line);
    return err_wrap(r->fn(r->ctx, r->arena, row, line), "%s:%d", r->name, line);
}

/* ---- JSON ---- */

static const struct err *lines_each(struct rows *r, struct str bytes) {
    struct str line;
    for (int n = 1; str_split(&bytes, '\n', &line); n++) {
        json_t *row;
        line = str_trim(line);
        if (!line.n) continue;
        const struct err *failed = jsx_load(r->arena, line.p, line.n, &row);
        if (failed) return err_new(ERR_INPUT, "%s:%d: not a JSON object on one line: %s", r->name, n, failed->text);
        TRY(row_give(r, row, n));
        arena_reset(r->arena);
    }
    return NULL;
}

static const struct err *list_each(struct rows *r, const json_t *list) {
    struct arena *whole = r->arena;
    const struct err *failed = NULL;
    r->arena = arena_create(ARENA_JOB);
    for (size_t i = 0; !failed && i < json_array_size(list); i++) {
        failed = row_give(r, json_array_get(list, i), (int)i + 1);
        arena_reset(r->arena);
    }
    arena_destroy(r->arena);
    r->arena = whole;
    return failed;
}

/* One value for the whole text: an array, or an answer of the platform that holds one; else the text is taken line by line. */
static const struct err *json_each(struct rows *r, struct str bytes) {
    static const char *const lists[] = {"res", "runs", "items", "data"};
    json_t *value = NULL;
    if (jsx_load(r->arena, bytes.p, bytes.n, &value)) return lines_each(r, bytes);
    if (json_is_array(value)) return list_each(r, value);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (json_is_array(json_object_get(value, lists[i]))) return list_each(r, json_object_get(value, lists[i]));
    }
    return row_give(r, value, 1);
}

/* ---- CSV ---- */

struct csv {
    struct str text;
    size_t at;
    int line;
};

/* The next field into `out`; *last when it ended its row. False when a quote is not closed. */
static bool field_next(struct csv *c, struct buf *out, bool *last) {
    bool quoted = c->at < c->text.n && c->text.p[c->at] == '"';
    if (quoted) c->at++;
    for (; c->at < c->text.n; c->at++) {
        char at = c->text.p[c->at];
        if (quoted && at == '"') {
            if (c->at + 1 < c->text.n && c->text.p[c->at + 1] == '"') c->at++;
            else {
                quoted = false;
                continue;
            }
        } else if (!quoted && (at == ',' || at == '\n')) break;
        else if (!quoted && at == '\r') continue;
        if (at == '\n') c->line++;
        buf_char(out, c->text.p[c->at]);
    }
    *last = c->at >= c->text.n || c->text.p[c->at] == '\n';
    if (*last && c->at < c->text.n) c->line++;
    c->at++;
    return !quoted;
}

static const struct err *csv_row(struct rows *r, struct csv *c, const char *const *header, size_t width, json_t **out) {
    int line = c->line;
    bool last = false;
    size_t n = 0;
    *out = jsx_own(r->arena, json_object());
    for (; !last; n++) {
        struct buf field = buf_new(r->arena);
        if (!field_next(c, &field, &last)) return err_new(ERR_INPUT, "%s:%d: a quoted value has no closing quote", r->name, line);
        if (n < width && field.n) jsx_set_text(*out, header[n], buf_str(&field));
    }
    if (n == 1 && json_object_size(*out) == 0) return *out = NULL, NULL; /* an empty line */
    if (n != width) return err_new(ERR_INPUT, "%s:%d: %zu values under %zu column names: quote values that hold commas", r->name, line, n, width);
    return NULL;
}

static const struct err *csv_each(struct rows *r, struct str bytes) {
    struct csv c = {.text = bytes, .line = 1};
    struct arena *names = r->arena;
    const char **header = arena_array(names, RECORDS_COLUMNS, sizeof *header);
    size_t width = 0;
    const struct err *failed = NULL;
    for (bool last = false; !last; width++) {
        struct buf field = buf_new(names);
        if (width == RECORDS_COLUMNS || !field_next(&c, &field, &last))
            return err_new(ERR_INPUT, "%s:1: the first line is not a CSV header", r->name);
        header[width] = str_lower(names, str_trim((struct str){buf_str(&field), field.n}));
    }
    if (width < 2) return err_new(ERR_INPUT, "%s:1: neither JSON lines nor a CSV file with a header of column names", r->name);
    r->arena = arena_create(ARENA_JOB);
    while (!failed && c.at < bytes.n) {
        int line = c.line;
        json_t *row = NULL;
        failed = csv_row(r, &c, header, width, &row);
        if (!failed && row) failed = row_give(r, row, line);
        arena_reset(r->arena);
    }
    arena_destroy(r->arena);
    r->arena = names;
    return failed;
}

const struct err *records_read(const char *name, struct str bytes, record_visit fn, void *ctx) {
    struct rows r = {name, fn, ctx, arena_create(ARENA_JOB), 0};
    if (bytes.n >= 3 && memcmp(bytes.p, "\xEF\xBB\xBF", 3) == 0) bytes.p += 3, bytes.n -= 3;
    struct str start = str_trim(bytes);
    bool is_json = start.n && (start.p[0] == '{' || start.p[0] == '[');
    const struct err *failed = !start.n ? err_new(ERR_INPUT, "%s: the file is empty", name) : is_json ? json_each(&r, bytes) : csv_each(&r, bytes);
    arena_destroy(r.arena);
    return failed;
}

/* ---- fields ---- */

const json_t *record_field(struct arena *arena, const json_t *row, const char *path) {
    const json_t *value = json_object_get(row, path);
    const char *dot = strchr(path, '.');
    if (!value && dot) {
        const json_t *parent = json_object_get(row, str_dup(arena, (struct str){path, (size_t)(dot - path)}));
        json_t *read = NULL;
        if (json_is_string(parent) && !jsx_load(arena, json_string_value(parent), json_string_length(parent), &read)) parent = read;
        if (json_is_object(parent)) value = record_field(arena, parent, dot + 1);
    }
    if (!value || json_is_null(value) || (json_is_string(value) && !json_string_length(value))) return NULL;
    return value;
}

const char *record_text(struct arena *arena, const json_t *row, const char *const *paths) {
    for (; *paths; paths++) {
        const json_t *value = record_field(arena, row, *paths);
        if (json_is_string(value)) return arena_strdup(arena, json_string_value(value));
        if (json_is_integer(value)) return arena_printf(arena, "%lld", (long long)json_integer_value(value));
    }
    return NULL;
}

bool record_number(struct arena *arena, const json_t *row, const char *const *paths, double *out) {
    for (; *paths; paths++) {
        const json_t *value = record_field(arena, row, *paths);
        if (json_is_number(value)) return *out = json_number_value(value), isfinite(*out);
        if (!json_is_string(value)) continue;
        char *end;
        double number = strtod(json_string_value(value), &end);
        if (end != json_string_value(value) && !*end && isfinite(number)) return *out = number, true;
    }
    return false;
}

bool record_time(struct arena *arena, const json_t *row, const char *const *paths, double *out) {
    for (; *paths; paths++) {
        const json_t *value = record_field(arena, row, *paths);
        double number;
        if (json_is_string(value)) {
            char *text = arena_strdup(arena, json_string_value(value));
            char *blank = strchr(text, ' ');
            int64_t at;
            if (blank) *blank = 'T';
            char *fraction = strchr(text, '.');
            double part = fraction ? strtod(fraction, NULL) : 0;
            if (clock_parse_iso(text, &at)) return *out = (double)at + part, true;
            if (blank && (blank = strchr(text, ' '))) *blank = 0;
            if (clock_parse_iso(arena_printf(arena, "%sZ", text), &at)) return *out = (double)at + part, true;
        }
        if (record_number(arena, row, (const char *const[]){*paths, NULL}, &number) && number > 1e9)
            return *out = number > 1e11 ? number / 1000 : number, true;
    }
    return false;
}
