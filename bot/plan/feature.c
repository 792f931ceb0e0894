/* feature.c - fingerprints and words of a plan for posting lists. */
#include "feature.h"

#include <stdlib.h>

struct collector {
    struct arena *arena;
    const struct normal *normal;
    bool words_only; /* no fingerprints of parts */
    VEC(struct feature) all;
};

static void feature_add(struct collector *c, enum feature_kind kind, uint64_t hash, const char *text) {
    *vec_add(c->arena, &c->all) = (struct feature){kind, hash, text};
}

static void feature_text(struct collector *c, enum feature_kind kind, const char *text) {
    feature_add(c, kind, hash64(text, strlen(text)) + (uint64_t)kind * 0x9e3779b97f4a7c15u, text);
}

/* "table.column", or the expression behind a derived column. */
static const char *name_of(struct collector *c, nexpr e) { return normal_expr_text(c->arena, c->normal, e); }

static bool plain(nexpr e) { return e->op == SC_COLUMN; }

static void pred_features(struct collector *c, nexpr p) {
    if (p->op == SC_EQ && plain(p->args[0]) && plain(p->args[1])) {
        const char *x = name_of(c, p->args[0]), *y = name_of(c, p->args[1]);
        bool swap = strcmp(x, y) > 0;
        feature_text(c, FEATURE_JOIN_EDGE, arena_printf(c->arena, "%s = %s", swap ? y : x, swap ? x : y));
        return;
    }
    for (size_t i = 0; i < p->n; i++)
        if (plain(p->args[i])) feature_text(c, FEATURE_PREDICATE, arena_printf(c->arena, "%s %d", name_of(c, p->args[i]), (int)p->op));
    if (p->op == SC_AND || p->op == SC_OR || p->op == SC_NOT)
        for (size_t i = 0; i < p->n; i++) pred_features(c, p->args[i]);
}

static void block_features(struct collector *c, const struct block *b, int depth);

static void sub_features(struct collector *c, nexpr e, int depth) {
    if (e->block) block_features(c, e->block, depth + 1);
    for (size_t i = 0; i < e->n; i++) sub_features(c, e->args[i], depth);
}

static void source_features(struct collector *c, const struct source *s, int depth) {
    for (size_t i = 0; s->kind == SRC_AGG && i < s->keys.n; i++) feature_text(c, FEATURE_GROUP_KEY, name_of(c, s->keys.at[i]));
    for (size_t i = 0; i < s->aggs.n && s->kind != SRC_OPAQUE; i++) feature_text(c, FEATURE_AGGREGATE, name_of(c, s->aggs.at[i]));
    if (s->block) block_features(c, s->block, depth + 1);
    for (size_t i = 0; i < s->n_branches; i++) block_features(c, s->branches[i], depth + 1);
}

/* Tables and equalities of a block, without its other conditions. */
static void shape_feature(struct collector *c, const struct block *b) {
    struct block shape = *b;
    shape.preds = (struct exprs){0};
    shape.outs = (struct exprs){0};
    shape.n_items = 0;
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr p = b->preds.at[i];
        if (p->op == SC_EQ && plain(p->args[0]) && plain(p->args[1])) *vec_add(c->arena, &shape.preds) = p;
    }
    if (shape.n_sources >= 2 && shape.preds.n) feature_add(c, FEATURE_JOIN_SHAPE, normal_block_hash(c->arena, c->normal, &shape).lo, NULL);
}

static void block_features(struct collector *c, const struct block *b, int depth) {
    if (depth > 40) return;
    for (size_t i = 0; i < b->preds.n; i++) {
        pred_features(c, b->preds.at[i]);
        sub_features(c, b->preds.at[i], depth);
    }
    for (size_t i = 0; i < b->n_items; i++) block_features(c, b->items[i].block, depth + 1);
    for (size_t i = 0; i < b->n_sources; i++) source_features(c, b->sources[i], depth);
    for (size_t i = 0; depth == 0 && i < b->outs.n; i++) feature_text(c, FEATURE_OUTPUT, name_of(c, b->outs.at[i]));
    bool worth = b->n_sources >= 2 || (b->n_sources == 1 && b->sources[0]->kind == SRC_AGG && b->sources[0]->aggs.n);
    if (worth && !c->normal->reason && !c->words_only) {
        struct block bare = *b;
        bare.outs = (struct exprs){0};
        feature_add(c, FEATURE_SUBPLAN, normal_block_hash(c->arena, c->normal, &bare).lo, NULL);
        shape_feature(c, b);
    }
}

static int feature_order(const void *a, const void *b) {
    const struct feature *x = a, *y = b;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static void words_collect(struct collector *c) {
    const struct normal *normal = c->normal;
    for (size_t i = 0; i < normal->plan->n_tables; i++) feature_text(c, FEATURE_TABLE, normal->plan->tables[i]);
    if (normal->root) block_features(c, normal->root, 0);
}

static void features_finish(struct collector *c, struct features *out) {
    if (c->all.n) qsort(c->all.at, c->all.n, sizeof *c->all.at, feature_order);
    size_t kept = 0;
    for (size_t i = 0; i < c->all.n; i++)
        if (kept == 0 || feature_order(&c->all.at[kept - 1], &c->all.at[i]) != 0) c->all.at[kept++] = c->all.at[i];
    out->at = c->all.at;
    out->n = kept;
}

/* Where the features of a form that is kept with its plan are kept too; NULL: they are not. */
static const struct features **features_place(const struct normal *normal) {
    struct plan_forms *forms = normal->plan->forms;
    return forms && forms->made[NORMAL_PURE] == normal ? &forms->words : NULL;
}

static void features_keep(struct arena *arena, const struct normal *normal, const struct features *made) {
    const struct features **place = features_place(normal);
    if (place && arena == normal->plan->arena) *place = made;
}

const struct features *features_of_words(struct arena *arena, const struct normal *normal) {
    const struct features **place = features_place(normal);
    if (place && *place) return *place;
    struct features *out = arena_new(arena, struct features);
    struct collector c = {.arena = arena, .normal = normal, .words_only = true};
    words_collect(&c);
    features_finish(&c, out);
    features_keep(arena, normal, out);
    return out;
}

struct features *features_of_normal(struct arena *arena, const struct normal *normal) {
    struct features *out = arena_new(arena, struct features);
    struct collector c = {.arena = arena, .normal = normal};
    words_collect(&c);
    if (!normal->reason && normal->root) {
        const struct normal *declared = normal_declared(arena, normal);
        out->exact = normal->any_order;
        out->parameters = normal_parameters(arena, normal);
        feature_add(&c, FEATURE_EXACT, normal->any_order.lo, NULL);
        feature_add(&c, FEATURE_PARAMETERS, out->parameters.lo, NULL);
        if (!declared->reason) {
            out->declared = declared->any_order;
            feature_add(&c, FEATURE_DECLARED, declared->any_order.lo, NULL);
        }
    }
    features_finish(&c, out);
    features_keep(arena, normal, out);
    return out;
}

struct features *features_of(struct arena *arena, const struct plan *plan) {
    return features_of_normal(arena, normal_make(arena, plan, NORMAL_PURE));
}

double features_similarity(const struct features *a, const struct features *b) {
    static const double weights[] = {[FEATURE_TABLE] = 4,     [FEATURE_JOIN_EDGE] = 4, [FEATURE_GROUP_KEY] = 3,
                                     [FEATURE_AGGREGATE] = 2, [FEATURE_PREDICATE] = 1, [FEATURE_OUTPUT] = 1};
    double both = 0, all = 0;
    size_t i = 0, k = 0;
    while (i < a->n || k < b->n) {
        int c = i == a->n ? 1 : k == b->n ? -1 : feature_order(&a->at[i], &b->at[k]);
        enum feature_kind kind = c <= 0 ? a->at[i].kind : b->at[k].kind;
        double w = (size_t)kind < sizeof weights / sizeof *weights ? weights[kind] : 0;
        all += w;
        if (c == 0) both += w;
        i += c <= 0;
        k += c >= 0;
    }
    return all > 0 ? both / all : 0;
}
