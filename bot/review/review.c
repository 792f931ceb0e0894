/* review.c - the story of a review: bind, check, waive, compare with last time, name people, decide. */
#include "review.h"

#include "change_cost.h"
#include "clock.h"
#include "definition.h"
#include "map.h"

static const char *const verdict_names[] = {[VERDICT_CLEAN] = "clean", [VERDICT_ADVISE] = "advise", [VERDICT_GATE] = "gate"};

const char *verdict_name(enum verdict verdict) { return verdict_names[verdict]; }

/* Folded: what is a note and names no second party, and all of a rule that fell below its floor. */
static void fold(struct arena *arena, const struct review *r, struct findings *list) {
    for (size_t i = 0; i < list->n; i++) {
        struct finding *f = list->at[i];
        f->folded = f->severity == SEV_NOTE && (r->fallen[f->rule] || !rule_speaks(f->rule, f->severity));
        if (r->fallen[f->rule]) text_list_printf(arena, &f->notes, "%s is a note since too few found it useful (parley rules)", f->rule_id);
    }
}

/* ---- waivers, past, people ---- */

static void waivers_split(struct arena *arena, const struct review_input *in, const struct findings *all, struct review *r) {
    for (size_t i = 0; i < all->n; i++) {
        struct finding *f = all->at[i];
        bool waived = waiver_apply(in->waivers, in->waiver_count, in->now, f);
        findings_add(arena, waived ? &r->waived : &r->findings, f);
    }
}

/* Money findings below the repository's floor are not worth a line. */
static bool is_below_floor(const struct review_input *in, const struct finding *f) {
    bool about_money = f->rule == RULE_LARGE_SCAN || f->rule == RULE_MATERIALIZE;
    double most = f->saving.known && f->saving.high > f->cost.high ? f->saving.high : f->cost.high;
    return about_money && f->cost.known && cost_is_monthly(&f->cost) && most < in->settings->min_cost_per_month;
}

static void floor_apply(const struct review_input *in, struct findings *list) {
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (!is_below_floor(in, list->at[i])) list->at[kept++] = list->at[i];
    }
    list->n = kept;
}

static void past_compare(struct arena *arena, const struct review_input *in, struct review *r) {
    struct map *now = map_new(arena), *then = map_new(arena);
    const struct past *past = in->past;
    for (size_t i = 0; i < r->findings.n; i++) map_put(now, str_of(r->findings.at[i]->key), r);
    for (size_t i = 0; i < r->waived.n; i++) map_put(now, str_of(r->waived.at[i]->key), r);
    for (size_t i = 0; past && i < past->n; i++) map_put(then, str_of(past->at[i].key), r);
    VEC(struct past_finding) fixed = {0};
    for (size_t i = 0; past && i < past->n; i++) {
        if (past->at[i].state == FINDING_OPEN && !map_get(now, str_of(past->at[i].key))) *vec_add(arena, &fixed) = past->at[i];
    }
    for (size_t i = 0; i < r->findings.n; i++) {
        r->findings.at[i]->is_new = !map_get(then, str_of(r->findings.at[i]->key));
        r->new_count += r->findings.at[i]->is_new;
    }
    r->fixed = fixed.at;
    r->fixed_count = fixed.n;
}

static void labels_continue(struct arena *arena, struct review *r) {
    for (size_t i = 0; i < r->waived.n; i++) r->waived.at[i]->label = arena_printf(arena, "F%zu", r->findings.n + i + 1);
}

static bool has_person(const struct persons *list, const char *who) {
    for (size_t i = 0; i < list->n; i++) {
        if (str_ieq(str_of(list->at[i].who), str_of(who))) return true;
    }
    return false;
}

#define PEOPLE_MAX 15 /* GitHub takes no more reviewers than that */

static void people_fill(struct arena *arena, const struct review_input *in, struct review *r) {
    struct people_input people = {.repo = in->repo, .author = in->author, .settings = in->settings, .codeowners = in->codeowners};
    for (size_t i = 0; i < r->findings.n; i++) {
        struct finding *f = r->findings.at[i];
        struct persons found = people_find(arena, &people, f);
        if (f->severity < SEV_WARNING) continue; /* a note is no reason to call somebody */
        for (size_t k = 0; k < found.n && r->people.n < PEOPLE_MAX; k++) {
            if (!has_person(&r->people, found.at[k].who)) *vec_add(arena, &r->people) = found.at[k];
        }
    }
    for (size_t i = 0; i < r->waived.n; i++) people_find(arena, &people, r->waived.at[i]);
    people_reviewers(arena, &people, &r->people, &r->reviewer_users, &r->reviewer_teams);
}

static enum verdict decide(const struct review_input *in, const struct review *r) {
    if (!r->findings.n) return VERDICT_CLEAN;
    for (size_t i = 0; i < r->findings.n; i++) {
        const struct finding *f = r->findings.at[i];
        if (in->settings->mode == MODE_GATE && f->severity == SEV_BLOCKER && (f->proved || f->rule == RULE_COST)) return VERDICT_GATE;
    }
    return VERDICT_ADVISE;
}

static void avoidable_fill(struct arena *arena, struct review *r) {
    r->avoidable = cost_nothing();
    for (size_t i = 0; i < r->findings.n; i++) {
        const struct cost *saving = &r->findings.at[i]->saving;
        if (saving->known && cost_is_monthly(saving)) r->avoidable = cost_add(arena, &r->avoidable, saving);
    }
}

static bool loses_lineage(const struct review *r) {
    for (size_t i = 0; i < r->gap_count; i++) {
        if (r->gaps[i].loses_lineage) return true;
    }
    return false;
}

/* ---- the story ---- */

static struct review *review_new(struct arena *arena, const struct review_input *in) {
    struct review *r = arena_new(arena, struct review);
    *r = (struct review){
        .repo = in->repo,
        .number = in->number,
        .source = in->source ? in->source : "command",
        .title = in->title,
        .author = in->author,
        .base_sha = in->base_sha,
        .head_sha = in->head_sha,
        .made = in->now,
        .settings = in->settings,
        .settings_problems = in->settings_problems,
        .gaps = in->head->gaps.at,
        .gap_count = in->head->gaps.n,
        .files = in->head->files,
        .definitions = in->head->definitions.n,
    };
    return r;
}

static const struct err *subjects_make(struct arena *arena, struct check_input *check, const struct reading *base, struct subject **before,
                                       size_t *before_count) {
    *before = NULL;
    *before_count = 0;
    TRY(check_subjects(arena, check, check->head, &check->subjects, &check->subject_count));
    if (base) TRY(check_subjects(arena, check, base, before, before_count));
    check_compare(arena, check->subjects, check->subject_count, *before, *before_count);
    if (!check->whole) TRY(check_rescheduled(arena, check));
    return check_billed(arena, check);
}

const struct err *review_run(struct arena *arena, const struct review_input *asked, struct review **out) {
    struct review_input with_levels = *asked, *in = &with_levels;
    struct review *r = review_new(arena, in);
    in->settings = r->settings = feedback_settings(arena, asked->settings, asked->use, r->fallen);
    int64_t start = clock_monotonic_us();
    struct candidates_skip skip = {.repo = in->repo, .paths = in->changed, .path_count = in->changed_count};
    if (in->number) skip.scope = arena_printf(arena, "pr:%lld", (long long)in->number);
    struct check_input check = {.repo = in->repo,
                                .settings = in->settings,
                                .prices = in->prices,
                                .catalogs = in->catalogs,
                                .catalog_count = in->catalog_count,
                                .skip = &skip,
                                .head = in->head,
                                .base = in->base,
                                .whole = in->whole,
                                .now = in->now,
                                .refute = true};
    struct subject *before;
    size_t before_count;
    struct findings all = {0};
    TRY(subjects_make(arena, &check, in->base, &before, &before_count));
    for (size_t i = 0; i < check.subject_count; i++) r->changed_definitions += check.subjects[i].changed;
    change_cost_fill(arena, r, check.subjects, check.subject_count, before, before_count);
    change_estimates_fill(arena, r, check.subjects, check.subject_count);
    TRY(check_run(arena, &check, &all));
    change_cost_rule(arena, in, r, &all);
    floor_apply(in, &all);
    fold(arena, r, &all);
    findings_sort(arena, &all);
    waivers_split(arena, in, &all, r);
    people_fill(arena, in, r);
    findings_sort(arena, &r->findings);
    for (size_t i = 0; i < r->findings.n; i++) r->spoken += !r->findings.at[i]->folded;
    labels_continue(arena, r);
    past_compare(arena, in, r);
    avoidable_fill(arena, r);
    r->verdict = decide(in, r);
    r->quiet = !r->spoken && in->settings->quiet_clean && !loses_lineage(r) && !(r->settings_problems && r->settings_problems->n);
    r->micros = clock_monotonic_us() - start;
    *out = r;
    return NULL;
}

struct finding *review_find(const struct review *review, const char *wanted) {
    const struct findings *lists[] = {&review->findings, &review->waived};
    for (size_t l = 0; l < 2; l++) {
        for (size_t i = 0; i < lists[l]->n; i++) {
            struct finding *f = lists[l]->at[i];
            if (strcmp(f->key, wanted) == 0 || str_ieq(str_of(f->label), str_of(wanted))) return f;
        }
    }
    return NULL;
}
