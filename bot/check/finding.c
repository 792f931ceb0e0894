/* finding.c - rules and findings: their names, keys and order. */
#include "finding.h"

#include "hash.h"
#include "text.h"

#include <stdlib.h>

static const struct rule_info rules[RULE_COUNT] = {
#define RULE(name, id, level, proof, forms, sentence, page) [RULE_##name] = {id, level, proof, forms, sentence, page},
#include "rules.def"
#undef RULE
};

const struct rule_info *rule_info(enum rule rule) { return &rules[rule < RULE_COUNT ? rule : 0]; }

enum rule rule_find(const char *id) {
    for (int i = 0; i < RULE_COUNT; i++) {
        if (strcmp(rules[i].id, id) == 0) return (enum rule)i;
    }
    return RULE_COUNT;
}

bool rule_compares(enum rule rule) {
    static const enum rule pairs[] = {RULE_IDENTICAL,    RULE_DERIVABLE,       RULE_GENERALIZES,     RULE_SIMILAR,
                                      RULE_PARAMETERIZE, RULE_METRIC_CONFLICT, RULE_METRIC_DUPLICATE};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (pairs[i] == rule) return true;
    }
    return false;
}

bool rule_speaks(enum rule rule, enum severity level) { return level >= SEV_WARNING || (level == SEV_NOTE && rule_compares(rule)); }

static const char *const severity_names[] = {[SEV_OFF] = "off", [SEV_NOTE] = "note", [SEV_WARNING] = "warning", [SEV_BLOCKER] = "blocker"};

const char *severity_name(enum severity severity) { return severity_names[severity]; }

bool severity_parse(const char *text, enum severity *out) {
    for (int i = SEV_OFF; i <= SEV_BLOCKER; i++) {
        if (str_iis(str_of(text), severity_names[i])) return *out = (enum severity)i, true;
    }
    return false;
}

const char *finding_key(struct arena *arena, enum rule rule, const char *subject, const char *other) {
    struct buf b = buf_new(arena);
    buf_text(&b, rule_info(rule)->id);
    buf_add(&b, "", 1);
    buf_text(&b, subject);
    buf_add(&b, "", 1);
    buf_text(&b, other);
    return arena_printf(arena, "f-%016llx", (unsigned long long)hash64(b.p, b.n));
}

bool findings_add(struct arena *arena, struct findings *list, struct finding *f) {
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->at[i]->key, f->key) == 0) return false;
    }
    if (list->n >= FINDINGS_MAX) return list->dropped++, false;
    f->rule_id = rule_info(f->rule)->id;
    *vec_add(arena, list) = f;
    return true;
}

static double finding_money(const struct finding *f) {
    double saving = f->saving.known ? f->saving.high : 0;
    double spent = f->cost.known ? f->cost.high : 0;
    return saving > spent ? saving : spent;
}

static int finding_order(const void *left, const void *right) {
    const struct finding *a = *(struct finding *const *)left, *b = *(struct finding *const *)right;
    if (a->severity != b->severity) return a->severity > b->severity ? -1 : 1;
    if (a->folded != b->folded) return a->folded ? 1 : -1;
    if (a->proved != b->proved) return a->proved ? -1 : 1;
    double am = finding_money(a), bm = finding_money(b);
    if (am != bm) return am > bm ? -1 : 1;
    if (a->rule != b->rule) return a->rule < b->rule ? -1 : 1;
    int path = strcmp(a->path ? a->path : "", b->path ? b->path : "");
    if (path) return path;
    if (a->where.line != b->where.line) return a->where.line < b->where.line ? -1 : 1;
    return strcmp(a->key, b->key);
}

void findings_sort(struct arena *arena, struct findings *list) {
    if (list->n) qsort(list->at, list->n, sizeof *list->at, finding_order);
    for (size_t i = 0; i < list->n; i++) list->at[i]->label = arena_printf(arena, "F%zu", i + 1);
}
