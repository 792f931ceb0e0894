/* feedback.c - answers in the store, and the arithmetic of levels. */
#include "feedback.h"

#include "store.h"

#include <math.h>

#define COLUMNS "INSERT INTO feedback (repo, finding_key, rule, useful, source, made_by, why, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "

static const struct err *answer_store(struct store *store, const char *sql, const struct feedback *f) {
    return store_run(store, sql,
                     VALS(val_text(f->repo), val_text(f->key), val_text(f->rule), val_int(f->useful), val_text(f->source), val_text(f->by),
                          val_text(f->why), val_int(f->made)),
                     NULL);
}

const struct err *feedback_put(struct store *store, const struct feedback *answer) {
    return answer_store(store,
                        COLUMNS "ON CONFLICT (repo, finding_key) DO UPDATE SET rule = excluded.rule, useful = excluded.useful, source = "
                                "excluded.source, made_by = excluded.made_by, why = excluded.why, made_at = excluded.made_at",
                        answer);
}

const struct err *feedback_see(struct store *store, const struct feedback *answer) {
    return answer_store(store, COLUMNS "ON CONFLICT (repo, finding_key) DO NOTHING", answer);
}

const struct err *feedback_unsee(struct store *store, const char *repo, const char *key, const char *source) {
    return store_run(store, "DELETE FROM feedback WHERE repo = $1 AND finding_key = $2 AND source = $3",
                     VALS(val_text(repo), val_text(key), val_text(source)), NULL);
}

const struct err *feedback_drop(struct store *store, const char *repo, const char *key) {
    return store_run(store, "DELETE FROM feedback WHERE repo = $1 AND finding_key = $2 AND source IN ('accept', 'different')",
                     VALS(val_text(repo), val_text(key)), NULL);
}

static const struct err *count_row(void *ctx, const struct val *c, size_t count) {
    struct rules_use *use = ctx;
    struct str id = c[0].kind == VAL_TEXT ? (struct str){c[0].p, c[0].n} : (struct str){"", 0};
    for (int rule = 0; rule < RULE_COUNT; rule++) {
        if (!str_is(id, rule_info((enum rule)rule)->id)) continue;
        use->at[rule] = (struct rule_use){val_as_int(&c[1], 0), val_as_int(&c[2], 0), val_as_int(&c[3], 0)};
    }
    return NULL;
}

const struct err *feedback_count(struct store *store, struct rules_use *out) {
    *out = (struct rules_use){0};
    return store_each(store,
                      "SELECT rule, SUM(CASE WHEN useful = 1 THEN 1 ELSE 0 END), SUM(CASE WHEN useful = 1 THEN 0 ELSE 1 END), "
                      "COUNT(DISTINCT CASE WHEN useful = 1 THEN NULL ELSE made_by END) FROM feedback GROUP BY rule",
                      VALS_NONE, count_row, out);
}

void feedback_wilson(int64_t good, int64_t all, double *low, double *high) {
    const double z = 1.959964; /* 95 %, both sides */
    double n = (double)all, p = (double)good / n;
    double middle = p + z * z / (2 * n), spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)), scale = 1 + z * z / n;
    *low = (middle - spread) / scale;
    *high = (middle + spread) / scale;
}

static bool is_under_floor(const struct rule_use *u) {
    double low, high;
    int64_t all = u->useful + u->not_useful;
    if (all < USE_ANSWERS_MIN || u->voices_against < USE_VOICES_MIN) return false;
    feedback_wilson(u->useful, all, &low, &high);
    return high < USE_FLOOR;
}

struct level_now feedback_level(const struct repo_settings *settings, const struct rules_use *use, enum rule rule) {
    if (settings->level_said[rule]) return (struct level_now){settings->levels[rule], LEVEL_SETTINGS};
    bool fallen = use && settings->levels[rule] != SEV_OFF && is_under_floor(&use->at[rule]);
    return fallen ? (struct level_now){SEV_NOTE, LEVEL_USE} : (struct level_now){settings->levels[rule], LEVEL_DEFAULT};
}

const struct repo_settings *feedback_settings(struct arena *arena, const struct repo_settings *settings, const struct rules_use *use,
                                              bool fallen[RULE_COUNT]) {
    struct repo_settings *copy = arena_new(arena, struct repo_settings);
    *copy = *settings;
    for (int i = 0; i < RULE_COUNT; i++) {
        struct level_now now = feedback_level(settings, use, (enum rule)i);
        copy->levels[i] = now.level;
        fallen[i] = now.why == LEVEL_USE;
    }
    return copy;
}
