/* prove_part.c - refuting a claim, deriving, sharing, describing. */
#include "prove_part.h"

#include "derive.h"
#include "difference.h"
#include "instance.h"
#include "jsonx.h"
#include "log.h"
#include "refute.h"
#include "share.h"

#include <stdio.h>
#include <stdlib.h>

/* How long a claim is held against random databases before it is made. */
#define SURVIVE_DATABASES 60

void prove_record_defect(const char *claim, const char *database, const char *left, const char *right) {
    const char *path = getenv("PARLEY_DEFECTS");
    log_error("defect: a claim (%s) was refuted by a small database and is not made", claim);
    FILE *file = path && *path ? fopen(path, "a") : NULL;
    if (!file) return;
    json_t *line = json_pack("{s:s,s:s,s:s,s:s}", "claim", claim, "database", database, "left", left, "right", right);
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    if (text) fprintf(file, "%s\n", text);
    free(text);
    json_decref(line);
    fclose(file);
}

static struct refute_limits limits_of(const struct prove_options *options, bool declared) {
    struct refute_limits limits = {.databases = SURVIVE_DATABASES, .declared = declared};
    if (options && options->micros_max) limits.micros = options->micros_max;
    return limits;
}

bool prove_survives(struct arena *arena, const struct plan *a, const struct plan *b, const size_t *order, bool declared,
                    const struct prove_options *options) {
    struct refute_limits limits = limits_of(options, declared);
    const struct refutation *r = refute_pair(arena, a, b, order, &limits);
    if (r->verdict != REFUTE_FOUND) return true;
    prove_record_defect("identical", r->database, r->left, r->right);
    return false;
}

static const char *const *names_of(const struct prove_options *options, bool swapped) { return !swapped && options ? options->b_columns : NULL; }

static bool reads_table(const struct plan *plan, const char *name) {
    for (size_t i = 0; i < plan->n_tables; i++)
        if (strcasecmp(plan->tables[i], name) == 0) return true;
    return false;
}

/* The view's name in the rewrite; NULL when the query itself reads the dataset of that name. */
static const char *view_name(struct arena *arena, const struct plan *query, bool swapped, const struct prove_options *options) {
    const char *given = !swapped && options ? options->b_name : NULL, *name = given ? given : swapped ? "a" : "b";
    if (given) return reads_table(query, given) ? NULL : given;
    for (int i = 2; reads_table(query, name); i++) name = arena_printf(arena, "%s_%d", swapped ? "a" : "b", i);
    return name;
}

static void assumes_join(const char **list, size_t *n, const char *const *more, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bool said = false;
        for (size_t k = 0; k < *n; k++) said |= strcmp(list[k], more[i]) == 0;
        if (!said) list[(*n)++] = more[i];
    }
}

static void relation_assumes(struct arena *arena, struct relation *out, const struct normal *na, const struct normal *nb,
                             const struct derivation *d) {
    const char **list = arena_array(arena, na->n_assumes + nb->n_assumes + d->n_assumes + 1, sizeof *list);
    out->n_assumes = 0;
    assumes_join(list, &out->n_assumes, na->assumes, na->n_assumes);
    assumes_join(list, &out->n_assumes, nb->assumes, nb->n_assumes);
    assumes_join(list, &out->n_assumes, d->assumes, d->n_assumes);
    out->assumes = list;
}

bool prove_derivable(struct arena *arena, const struct normal *na, const struct normal *nb, bool swapped, const struct prove_options *options,
                     struct relation *out) {
    const struct normal *query = swapped ? nb : na, *view = swapped ? na : nb;
    const char *name = view_name(arena, query->plan, swapped, options);
    if (!name) return false;
    bool declared = query->mode == NORMAL_DECLARED;
    struct derivation *d = derive_find(arena, query, view, name, names_of(options, swapped));
    if (!d->query) {
        if (!out->reason) out->reason = d->why;
        return false;
    }
    struct refute_limits limits = limits_of(options, declared);
    if (!options || options->refute) {
        const struct refutation *r = derive_check(arena, d, query->plan, view->plan, name, names_of(options, swapped), &limits);
        if (r->verdict == REFUTE_FOUND) prove_record_defect(d->sql, r->database, r->left, r->right);
        if (r->verdict == REFUTE_BROKEN) prove_record_defect(d->sql, r->reason, "", "");
        if (r->verdict == REFUTE_FOUND || r->verdict == REFUTE_BROKEN) return false;
    }
    out->kind = swapped ? RELATION_GENERALIZES : RELATION_DERIVABLE;
    relation_assumes(arena, out, na, nb, d);
    out->tier = out->n_assumes ? TIER_P2 : TIER_P1;
    out->rewrite = d->sql;
    out->reason = NULL;
    out->proof = d->proof;
    out->n_proof = d->n_proof;
    out->score = 1;
    return true;
}

/* One mode; NULL when nothing is found, with *why. */
static struct relation *from_several(struct arena *arena, const struct plan *a, const struct prove_stored *stored, size_t n, enum normal_mode mode,
                                     const struct prove_options *options, bool *used, const char **why) {
    struct derive_view views[PROVE_STORED_MAX];
    const struct normal *query = normal_make(arena, a, mode);
    struct relation *out = arena_new(arena, struct relation);
    size_t room = query->n_assumes;
    for (size_t i = 0; i < n; i++) {
        views[i] = (struct derive_view){stored[i].plan, normal_make(arena, stored[i].plan, mode), stored[i].name, stored[i].columns};
        room += views[i].normal->n_assumes;
    }
    struct derivation *d = derive_find_several(arena, query, views, n, used);
    if (!d->query) *why = d->why;
    if (!d->query) return NULL;
    struct refute_limits limits = limits_of(options, mode == NORMAL_DECLARED);
    const struct refutation *r = !options || options->refute ? derive_check_several(arena, d, a, views, n, &limits) : NULL;
    if (r && (r->verdict == REFUTE_FOUND || r->verdict == REFUTE_BROKEN)) {
        bool found = r->verdict == REFUTE_FOUND;
        prove_record_defect(d->sql, found ? r->database : r->reason, found ? r->left : "", found ? r->right : "");
        return NULL;
    }
    const char **list = arena_array(arena, room + d->n_assumes + 1, sizeof *list);
    *out = (struct relation){.kind = RELATION_DERIVABLE, .score = 1, .rewrite = d->sql, .proof = d->proof, .n_proof = d->n_proof, .assumes = list};
    assumes_join(list, &out->n_assumes, query->assumes, query->n_assumes);
    for (size_t i = 0; i < n; i++)
        if (used[i]) assumes_join(list, &out->n_assumes, views[i].normal->assumes, views[i].normal->n_assumes);
    assumes_join(list, &out->n_assumes, d->assumes, d->n_assumes);
    out->tier = out->n_assumes ? TIER_P2 : TIER_P1;
    return out;
}

struct relation *relation_to_several(struct arena *arena, const struct plan *a, const struct prove_stored *stored, size_t n,
                                     const struct prove_options *options, bool *used) {
    struct relation *none = arena_new(arena, struct relation), *found = NULL;
    none->kind = RELATION_UNRELATED;
    none->reason = a->reason;
    if (n > PROVE_STORED_MAX) n = PROVE_STORED_MAX;
    for (size_t i = 0; i < n && !none->reason; i++) none->reason = stored[i].plan->reason;
    for (size_t i = 0; i < n && !none->reason; i++)
        if (stored[i].plan->fill.words || a->fill.words) none->reason = "a dataset that its query fills in part is no source for another query";
    if (none->reason || n == 0) return none;
    found = from_several(arena, a, stored, n, NORMAL_PURE, options, used, &none->reason);
    if (!found) found = from_several(arena, a, stored, n, NORMAL_DECLARED, options, used, &none->reason);
    return found ? found : none;
}

bool prove_shares(struct arena *arena, const struct normal *na, const struct normal *nb, struct relation *out) {
    struct shared_part *part = na->reason || nb->reason ? NULL : share_find(arena, na, nb);
    if (!part) return false;
    const char **proof = arena_array(arena, 1, sizeof *proof);
    proof[0] = arena_printf(arena, "both contain %s%s", part->words, part->n_conjuncts ? " under the same conditions" : "");
    out->kind = RELATION_SHARES;
    out->tier = TIER_P1;
    out->rewrite = part->sql;
    out->proof = proof;
    out->n_proof = 1;
    return true;
}

bool prove_instance(struct arena *arena, const struct normal *na, const struct normal *nb, struct relation *out) {
    const struct instance *word = instance_find(arena, na, nb);
    if (!word) return false;
    const char **list = arena_array(arena, 1, sizeof *list);
    list[0] = arena_printf(arena, "the same logic over another instance of its sources: `%s` here, `%s` there", word->a, word->b);
    *out = (struct relation){.kind = RELATION_SIMILAR, .tier = TIER_L2, .score = 0.98, .differences = list, .n_differences = 1};
    out->instance = arena_printf(arena, "%s here, %s there", word->a, word->b);
    return true;
}

void prove_differences(struct arena *arena, const struct normal *na, const struct normal *nb, struct relation *out) {
    struct differences *d = difference_list(arena, na, nb);
    out->differences = d->at;
    out->n_differences = d->n;
    if (!d->only_literals || na->reason || nb->reason) return;
    out->kind = RELATION_SIMILAR;
    out->tier = TIER_L2;
}
