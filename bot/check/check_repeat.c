/* check_repeat.c - inside one notebook or script: a join or aggregation that is computed again for another output, and never kept. */
#include "feature.h"
#include "look.h"

static bool is_code(const struct entry *e) { return e->artefact == ARTEFACT_NOTEBOOK || e->artefact == ARTEFACT_PYTHON; }

/* An output that is computed when the notebook runs; a stream computes each row once. */
static bool is_computed(const struct subject *s) {
    const struct entry *e = &s->entry;
    return is_code(e) && e->state == ENTRY_PLANNED && e->features && e->kind != DEF_TEMP && e->kind != DEF_VIEW && e->kind != DEF_EPHEMERAL &&
           e->kind != DEF_STREAMING && e->kind != DEF_MATERIALIZED;
}

static bool is_kept(const struct definition *d) {
    for (size_t i = 0; i < d->code_count; i++) {
        enum code_fact_kind kind = d->code[i].kind;
        if ((kind == FACT_CACHE || kind == FACT_CHECKPOINT) && strcmp(d->code[i].path, d->path) == 0) return true;
    }
    return false;
}

static bool has_feature(const struct entry *e, const struct feature *wanted) {
    for (size_t i = 0; i < e->features->n; i++) {
        if (e->features->at[i].kind == wanted->kind && e->features->at[i].hash == wanted->hash) return true;
    }
    return false;
}

static bool shares_work(const struct entry *a, const struct entry *b) {
    for (size_t i = 0; i < a->features->n; i++) {
        if (a->features->at[i].kind == FEATURE_SUBPLAN && has_feature(b, &a->features->at[i])) return true;
    }
    return false;
}

/* What a rule on duplicates has said of the pair; NULL: nothing. */
static struct finding *named(const struct look *look, const struct entry *a, const struct entry *b) {
    for (size_t i = 0; i < look->out->n; i++) {
        struct finding *f = look->out->at[i];
        bool about = f->relation && f->path && strcmp(f->path, a->path) == 0 && f->twin.path && strcmp(f->twin.path, b->path) == 0;
        if (about && f->where.line == a->line && f->twin.line == b->line) return f;
    }
    return NULL;
}

static const char *output_name(struct arena *arena, const struct entry *e) {
    return e->dataset ? e->dataset : arena_printf(arena, "the output at line %d", e->line);
}

static void pair_say(struct look *look, const struct entry *first, const struct finding *shares) {
    struct finding *f = look_finding(look, RULE_REPEATED, output_name(look->arena, first), (struct range){0});
    f->twin = check_twin(look->arena, first);
    f->text = arena_printf(look->arena, "%s computes a join or aggregation again that %s has computed in the same file (line %d).", f->subject,
                           output_name(look->arena, first), first->line);
    f->next_step = "cache or store the common part once, and read it twice";
    if (shares) f->proof = shares->proof, f->differences = shares->differences;
    look_say(look, f);
}

static void finding_drop(struct findings *list, const struct finding *gone) {
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (list->at[i] != gone) list->at[kept++] = list->at[i];
    }
    list->n = kept;
}

static const struct err *repeat_look(struct look *look) {
    const struct subject *s = look->subject;
    if (!is_computed(s) || is_kept(s->definition)) return NULL;
    for (size_t i = 0; i < look->in->subject_count && &look->in->subjects[i] != s; i++) {
        const struct subject *first = &look->in->subjects[i];
        bool same_file = is_computed(first) && strcmp(first->entry.path, s->entry.path) == 0 && first->entry.line != s->entry.line;
        if (!same_file) continue;
        struct finding *said = named(look, &s->entry, &first->entry);
        bool stored = s->definition->dataset && first->definition->dataset; /* a look at what is written is no output */
        bool shares = said && said->rule == RULE_SHARES;
        if (!shares && (said || !stored || !shares_work(&first->entry, &s->entry))) continue;
        if (shares) finding_drop(look->out, said); /* inside one file nothing need be stored: the advice is another */
        pair_say(look, &first->entry, said);
        return NULL;
    }
    return NULL;
}

const struct look_rule repeat_looks[] = {
    {.rule = RULE_REPEATED, .subject = repeat_look},
    LOOKS_END,
};
