/* merge_key.c - by which columns a MERGE finds the row that a new row replaces. */
#include "merge_key.h"

#include "sql_ast.h"

#define KEYS_MAX  16
#define DEPTH_MAX 60

struct merge_key {
    struct arena *arena;
    const char *names[KEYS_MAX];
    size_t count;
    bool unsure;
};

/* The names before the column's: the table or alias it is asked of. Empty when none is said. */
static struct str side_of(const struct sql_expr *name) {
    const struct sql_name *path = name->path;
    return path && path->part_count > 1 ? path->parts[path->part_count - 2].text : (struct str){"", 0};
}

/* Does the expression speak of both sides? Names without a side may be of either. */
static bool meets(const struct sql_expr *e, const struct sql_expr **first, int depth) {
    if (!e || depth > DEPTH_MAX) return true;
    if (e->kind == EX_NAME && !*first) *first = e;
    else if (e->kind == EX_NAME && (!side_of(e).n || !str_ieq(side_of(e), side_of(*first)))) return true;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (meets(e->args[i], first, depth + 1)) return true;
    }
    return false;
}

static bool is_equality(const struct sql_expr *e) {
    bool equal =
        (e->kind == EX_BINARY && (e->op == OP_EQ || e->op == OP_NULL_EQ)) || (e->kind == EX_IS && e->op == OP_IS_DISTINCT && (e->flags & SQL_NOT));
    return equal && e->arg_count == 2 && e->args[0]->kind == EX_NAME && e->args[1]->kind == EX_NAME;
}

static void condition_take(struct merge_key *k, const struct sql_expr *on, int depth) {
    const struct sql_expr *first = NULL;
    if (!on || depth > DEPTH_MAX) {
        k->unsure = true;
    } else if (on->kind == EX_BINARY && on->op == OP_AND) {
        for (uint32_t i = 0; i < on->arg_count; i++) condition_take(k, on->args[i], depth + 1);
    } else if (is_equality(on) && k->count < KEYS_MAX) {
        k->names[k->count++] = str_dup(k->arena, on->args[0]->name);
    } else {
        k->unsure |= meets(on, &first, 0);
    }
}

void merge_key_set(struct arena *arena, const struct sql_expr *on, struct definition *d) {
    struct merge_key key = {.arena = arena};
    if (!on) return;
    condition_take(&key, on, 0);
    if (key.unsure || !key.count) return;
    const char **names = arena_array(arena, key.count, sizeof *names);
    memcpy(names, key.names, key.count * sizeof *names);
    d->unique_key = names;
    d->unique_key_count = key.count;
}
