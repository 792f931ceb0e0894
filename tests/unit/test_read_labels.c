/* test_read_labels.c - DataFrame writes of the corpora against labels made by hand: what each fills, and from what.
 * A label says {} for a part of a name that only the run knows, and "path:" before a path; `unknown`: the code does not say, so a gap must. */
#include "unit.h"

#include "fs.h"
#include "jsonx.h"
#include "map.h"
#include "read.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LABELS         "tests/golden/labels/dataframe_writes.jsonl"
#define RIGHT_AT_LEAST 0.9

struct score {
    size_t known, right, with_query, unknown, told;
};

static const char *corpora(void) {
    const char *said = getenv("PARLEY_CORPORA");
    return said ? said : PARLEY_SOURCE_DIR "/../shared/corpora";
}

/* ${anything} becomes {}. */
static const char *generic(struct arena *arena, const char *name) {
    struct buf b = buf_new(arena);
    for (const char *p = name; *p; p++) {
        const char *close = p[0] == '$' && p[1] == '{' ? strchr(p, '}') : NULL;
        if (close) buf_text(&b, "{}");
        if (!close) buf_char(&b, *p);
        if (close) p = close;
    }
    return buf_str(&b);
}

/* A path as a table is FORMAT.path. */
static bool fits(struct arena *arena, const char *label, const char *name) {
    const char *own = generic(arena, name);
    if (strncmp(label, "path:", 5) != 0) return strcasecmp(label, own) == 0;
    const char *dot = strchr(own, '.');
    return strcmp(label + 5, own) == 0 || (dot && strcmp(label + 5, dot + 1) == 0);
}

/* Does it fill what the label says? A name that is not known at all fits only a label that says so. */
static bool fills(struct arena *arena, const char *target, const struct definition *d) {
    if (!d->dataset) return strcmp(target, "{}") == 0;
    if (fits(arena, target, d->dataset)) return true;
    struct buf b = buf_new(arena);
    const char *own = generic(arena, d->dataset), *path = strncmp(target, "path:", 5) == 0 ? target + 5 : target;
    const char *dot = path != target ? strchr(own, '.') : NULL;
    for (const char *p = dot ? dot + 1 : own; *p; p++) {
        bool gap = p[0] == '{' && p[1] == '}';
        buf_text(&b, gap ? "**" : arena_printf(arena, "%c", *p));
        p += gap;
    }
    return text_glob(buf_str(&b), path);
}

/* The readings of whole projects, each read once: CORPUS/OWNER+REPOSITORY. */
static struct reading *project(struct arena *arena, struct map *readings, const char *path, size_t *root) {
    const char *first = strchr(path, '/'), *second = first ? strchr(first + 1, '/') : NULL;
    assert_non_null(second);
    *root = (size_t)(second - path);
    struct str key = {path, *root};
    struct reading *r = map_get(readings, key);
    if (r) return r;
    struct file_source source;
    assert_null(file_source_dir(arena, arena_printf(arena, "%s/%.*s", corpora(), STR_ARG(key)), &source));
    assert_null(read_files(arena, &source, NULL, &r));
    map_put(readings, (struct str){str_dup(arena, key), key.n}, r);
    return r;
}

static bool at_line(const struct definition *d, const char *path, int line) {
    return strcmp(d->path, path) == 0 && d->range.line <= line && line <= d->range.end_line;
}

/* All reads of the definitions there that fill what the label says are the label's, and none is missing. */
static bool is_right(struct arena *arena, const struct reading *r, const char *path, const json_t *label, bool *query) {
    const json_t *reads = json_object_get(label, "reads");
    const char *target = jsx_str(label, "target", "");
    int line = (int)json_integer_value(json_object_get(label, "line"));
    bool found = false, fine = true;
    size_t seen = 0;
    *query = true;
    for (size_t k = 0; k < json_array_size(reads); k++) {
        bool here = false;
        for (size_t i = 0; i < r->definitions.n; i++) {
            const struct definition *d = &r->definitions.at[i];
            if (!at_line(d, path, line) || !fills(arena, target, d)) continue;
            for (size_t n = 0; n < d->read_count; n++) here |= fits(arena, json_string_value(json_array_get(reads, k)), d->reads[n]);
        }
        seen += here;
    }
    for (size_t i = 0; i < r->definitions.n; i++) {
        const struct definition *d = &r->definitions.at[i];
        if (!at_line(d, path, line) || !fills(arena, target, d)) continue;
        found = true;
        *query &= d->query != NULL;
        for (size_t n = 0; n < d->read_count; n++) {
            bool wanted = false;
            for (size_t k = 0; k < json_array_size(reads); k++) wanted |= fits(arena, json_string_value(json_array_get(reads, k)), d->reads[n]);
            fine &= wanted;
        }
    }
    return found && fine && seen == json_array_size(reads);
}

static bool is_told(const struct reading *r, const char *path, int line) {
    for (size_t i = 0; i < r->gaps.n; i++) {
        const struct not_understood *g = &r->gaps.at[i];
        if (strcmp(g->path, path) == 0 && g->line <= line && line <= g->line + 12) return true;
    }
    for (size_t i = 0; i < r->definitions.n; i++) {
        if (at_line(&r->definitions.at[i], path, line) && !r->definitions.at[i].query) return true;
    }
    return false;
}

static void show(struct arena *arena, const struct reading *r, const char *path, const json_t *label) {
    int line = (int)json_integer_value(json_object_get(label, "line"));
    print_message("miss %s:%d\n  label %s\n", path, line, jsx_dump(arena, (json_t *)label, false));
    for (size_t i = 0; i < r->definitions.n; i++) {
        const struct definition *d = &r->definitions.at[i];
        if (!at_line(d, path, line)) continue;
        print_message("  read %s <-", d->name);
        for (size_t n = 0; n < d->read_count; n++) print_message(" %s", d->reads[n]);
        print_message("%s\n", d->query ? "" : " (no query)");
    }
    for (size_t i = 0; i < r->gaps.n; i++) {
        const struct not_understood *g = &r->gaps.at[i];
        if (strcmp(g->path, path) == 0 && abs(g->line - line) < 30) print_message("  gap at %d: %s\n", g->line, g->reason);
    }
}

static void label_check(struct arena *arena, struct map *readings, const json_t *label, struct score *score) {
    size_t root = 0;
    const char *full = jsx_str(label, "path", "");
    struct reading *r = project(arena, readings, full, &root);
    const char *path = full + root + 1;
    int line = (int)json_integer_value(json_object_get(label, "line"));
    bool query = false;
    if (json_is_true(json_object_get(label, "unknown"))) {
        bool told = is_told(r, path, line);
        score->unknown++;
        score->told += told;
        if (!told) show(arena, r, path, label);
        return;
    }
    bool right = is_right(arena, r, path, label, &query);
    score->known++;
    score->right += right;
    score->with_query += right && query;
    if (!right) show(arena, r, path, label);
}

static void writes_read_what_the_labels_say(void **state) {
    struct stat st;
    if (stat(corpora(), &st) != 0) skip();
    struct arena *arena = arena_create(ARENA_JOB * 4);
    struct map *readings = map_new(arena);
    struct score score = {0};
    struct str text, line;
    assert_null(fs_read(arena, PARLEY_SOURCE_DIR "/" LABELS, (size_t)1 << 20, &text));
    while (str_split(&text, '\n', &line)) {
        json_t *label = NULL;
        if (!str_trim(line).n) continue;
        assert_null(jsx_load(arena, line.p, line.n, &label));
        label_check(arena, readings, label, &score);
    }
    print_message("%zu of %zu writes whose tables the code says are right (%zu with a query); of %zu it does not say, %zu are told\n", score.right,
                  score.known, score.with_query, score.unknown, score.told);
    assert_true((double)score.right >= RIGHT_AT_LEAST * (double)score.known);
    assert_int_equal(score.told, score.unknown);
    arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(writes_read_what_the_labels_say)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
