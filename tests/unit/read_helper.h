/* read_helper.h - a repository in memory for the tests of the readers. */
#ifndef READ_HELPER_H
#define READ_HELPER_H

#include "read.h"

#include <string.h>

struct memory_file {
    const char *path, *text;
};

struct memory_repo {
    const struct memory_file *files;
    const char *paths[64];
    size_t count;
};

static inline const struct err *memory_get(void *ctx, struct arena *arena, const char *path, struct str *bytes) {
    const struct memory_repo *repo = ctx;
    for (size_t i = 0; i < repo->count; i++) {
        if (strcmp(repo->files[i].path, path) == 0) *bytes = str_of(repo->files[i].text);
    }
    return NULL;
}

static inline struct reading *read_memory(struct arena *arena, const struct memory_file *files, size_t count) {
    struct memory_repo repo = {.files = files, .count = count};
    struct reading *out = NULL;
    for (size_t i = 0; i < count; i++) repo.paths[i] = files[i].path;
    struct file_source source = {&repo, count, repo.paths, memory_get};
    assert_null(read_files(arena, &source, NULL, &out));
    return out;
}

static inline struct reading *read_one(struct arena *arena, const char *path, const char *text) {
    return read_file(arena, path, str_of(text), DIALECT_DATABRICKS);
}

static inline const struct definition *definition_of(const struct reading *r, const char *dataset) {
    for (size_t i = 0; i < r->definitions.n; i++) {
        const struct definition *d = &r->definitions.at[i];
        if (strcmp(d->dataset ? d->dataset : d->name, dataset) == 0) return d;
    }
    fail_msg("no definition of %s", dataset);
    return NULL;
}

static inline const char *reads_text(struct arena *arena, const struct definition *d) {
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < d->read_count; i++) buf_printf(&b, "%s%s", i ? " " : "", d->reads[i]);
    return buf_str(&b);
}

/* The query's text with runs of white space as one blank. */
static inline const char *flat_sql(struct arena *arena, const struct definition *d) {
    struct buf b = buf_new(arena);
    assert_non_null(d->sql);
    for (const char *p = d->sql; *p; p++) {
        bool blank = *p == ' ' || *p == '\n' || *p == '\t';
        if (!blank) buf_char(&b, *p);
        if (blank && b.n && b.p[b.n - 1] != ' ') buf_char(&b, ' ');
    }
    return str_dup(arena, str_trim((struct str){buf_str(&b), b.n}));
}

static inline int arena_setup(void **state) {
    *state = arena_create(ARENA_JOB);
    return 0;
}

static inline int arena_teardown(void **state) {
    arena_destroy(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)

#endif
