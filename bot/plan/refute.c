/* refute.c - looks for a tiny database on which two queries differ. */
#include "refute.h"

#include "clock.h"
#include "random_db.h"

#define RUN_BYTES ((size_t)256 << 20)

/* What one comparison needs. */
struct trial {
    struct arena *arena; /* of the result */
    struct eval_world *world;
    struct eval_plan *left, *right, *views[REFUTE_VIEWS_MAX];
    size_t view_tables[REFUTE_VIEWS_MAX], n_views;
    const size_t *order;
    struct random_db *db;
    struct refutation *out;
    bool declared;
};

/* Puts column order[i] in place i. */
static void reorder(struct arena *arena, struct bag *bag, const size_t *order) {
    struct value *row = arena_array(arena, bag->width + 1, sizeof *row);
    for (size_t r = 0; r < bag->count; r++) {
        struct value *at = &bag->at[r * bag->width];
        for (size_t c = 0; c < bag->width; c++) row[c] = at[order[c]];
        memcpy(at, row, bag->width * sizeof *row);
    }
}

static const char *bag_text(struct arena *arena, const struct bag *bag) {
    struct buf text = buf_new(arena);
    bag_print(&text, bag, 30);
    return buf_str(&text);
}

static void record(struct trial *t, const struct bag *tables, const struct bag *left, const struct bag *right) {
    struct buf text = buf_new(t->arena);
    random_db_print(&text, t->world, tables);
    t->out->verdict = REFUTE_FOUND;
    t->out->database = buf_str(&text);
    t->out->left = bag_text(t->arena, left);
    t->out->right = bag_text(t->arena, right);
}

/* A view's answer becomes its table. A column that the rewrite reads beyond those it has is a mistake of the rewrite. */
static bool fill_view(struct trial *t, size_t at, struct arena *arena, struct bag *tables, const struct value *params, struct eval_run *run) {
    struct bag rows = {0}, *target = &tables[t->view_tables[at]];
    const struct eval_table *table = t->world->tables.at[t->view_tables[at]];
    if (!eval_plan_run(arena, t->views[at], tables, params, &rows, run)) return false;
    *target = (struct bag){.width = table->columns.n ? table->columns.n : 1};
    for (size_t r = 0; r < rows.count; r++) {
        struct value *row = bag_add(arena, target);
        for (size_t c = 0; c < table->columns.n; c++) {
            int ordinal = table->ordinals.at[c];
            if (ordinal < 0 || (size_t)ordinal >= rows.width) return eval_unknown(run, "the rewrite reads a column that the view has not");
            row[c] = rows.at[r * rows.width + (size_t)ordinal];
        }
    }
    return true;
}

/* One database. False ends the search: a difference, or something not known. */
static bool try_database(struct trial *t, struct arena *arena, uint64_t seed) {
    struct bag *tables, left = {0}, right = {0};
    struct value *params;
    struct eval_run run = {0};
    random_db_fill(t->db, arena, seed, t->declared, &tables, &params);
    bool good = true;
    for (size_t i = 0; i < t->n_views && good; i++) good = fill_view(t, i, arena, tables, params, &run);
    good = good && eval_plan_run(arena, t->left, tables, params, &left, &run) && eval_plan_run(arena, t->right, tables, params, &right, &run);
    if (!good && run.state == EVAL_UNKNOWN) {
        t->out->verdict = REFUTE_CANNOT;
        t->out->reason = arena_strdup(t->arena, run.why);
        return false;
    }
    if (!good) {
        t->out->skipped++;
        t->out->reason = arena_strdup(t->arena, run.why);
        return true;
    }
    if (t->order) reorder(arena, &right, t->order);
    t->out->runs++;
    t->out->rows += left.count;
    if (bag_same(arena, &left, &right)) return true;
    record(t, tables, &left, &right);
    return false;
}

static void search(struct trial *t, const struct refute_limits *limits) {
    size_t databases = limits && limits->databases ? limits->databases : REFUTE_DATABASES;
    int64_t micros = limits && limits->micros ? limits->micros : REFUTE_MICROS, start = clock_monotonic_us();
    uint64_t seed = limits ? limits->seed : 0;
    t->declared = limits && limits->declared;
    struct arena *arena = arena_create(RUN_BYTES);
    jmp_buf full;
    t->out->verdict = REFUTE_NONE;
    if (setjmp(full) == 0) {
        arena_catch(arena, &full);
        for (size_t i = 0; i < databases; i++) {
            if (!try_database(t, arena, seed + i)) break;
            if (micros > 0 && clock_monotonic_us() - start > micros) break;
            arena_reset(arena);
        }
    }
    arena_catch(arena, NULL);
    arena_destroy(arena);
    if (t->out->verdict == REFUTE_NONE && t->out->runs == 0) {
        t->out->verdict = REFUTE_CANNOT;
        if (!t->out->reason) t->out->reason = "no database gave an answer";
    }
}

static bool cannot(struct trial *t, const char *why) {
    t->out->verdict = REFUTE_CANNOT;
    t->out->reason = why;
    return false;
}

static bool ready(struct trial *t) {
    if (t->left->reason || t->right->reason) return cannot(t, t->left->reason ? t->left->reason : t->right->reason);
    for (size_t i = 0; i < t->n_views; i++)
        if (t->views[i]->reason) return cannot(t, t->views[i]->reason);
    return true;
}

struct refutation *refute_pair(struct arena *arena, const struct plan *a, const struct plan *b, const size_t *order,
                               const struct refute_limits *limits) {
    struct trial t = {.arena = arena, .order = order, .world = eval_world_new(arena), .out = arena_new(arena, struct refutation)};
    t.left = eval_prepare(t.world, a);
    t.right = eval_prepare(t.world, b);
    if (!ready(&t)) return t.out;
    if (t.left->root->n_columns != t.right->root->n_columns) {
        cannot(&t, "different numbers of columns");
        return t.out;
    }
    struct eval_plan *plans[] = {t.left, t.right};
    t.db = random_db_new(arena, t.world, plans, 2);
    search(&t, limits);
    return t.out;
}

/* The views among the tables that the queries read; those that the rewrite leaves out are not needed. */
static void find_views(struct trial *t, const struct refute_view *views, size_t n) {
    for (size_t k = 0; k < n && t->n_views < REFUTE_VIEWS_MAX; k++)
        for (size_t i = 0; i < t->world->tables.n; i++) {
            if (!str_iis(str_of(t->world->tables.at[i]->name), views[k].name)) continue;
            t->view_tables[t->n_views] = i;
            t->views[t->n_views++] = eval_prepare(t->world, views[k].plan);
            break;
        }
}

struct refutation *refute_rewrite(struct arena *arena, const struct plan *query, const struct plan *rewrite, const struct refute_view *views,
                                  size_t n, const struct refute_limits *limits) {
    struct trial t = {.arena = arena, .world = eval_world_new(arena), .out = arena_new(arena, struct refutation)};
    t.left = eval_prepare(t.world, query);
    t.right = eval_prepare(t.world, rewrite);
    find_views(&t, views, n);
    if (!ready(&t)) return t.out;
    if (t.n_views == 0 || t.left->root->n_columns != t.right->root->n_columns) {
        cannot(&t, "the rewrite does not read the view, or has other columns");
        return t.out;
    }
    struct eval_plan *plans[REFUTE_VIEWS_MAX + 2] = {t.left, t.right};
    for (size_t i = 0; i < t.n_views; i++) plans[i + 2] = t.views[i];
    t.db = random_db_new(arena, t.world, plans, t.n_views + 2);
    search(&t, limits);
    return t.out;
}
