/* prove_fill.c - a claim on two queries is none on what they fill when one of them fills a part only, or another way. */
#include "fill.h"

#include "prove_part.h"

bool fill_same(struct fill a, struct fill b) {
    if (!a.words && !b.words) return true;
    return a.words && b.words && a.exact && b.exact && strcmp(a.words, b.words) == 0;
}

/* Keys and assignments go by name: the same rows under other names are merged otherwise. */
static bool names_same(const struct plan *a, const struct plan *b) {
    if (a->n_outputs != b->n_outputs) return false;
    for (size_t i = 0; i < a->n_outputs; i++)
        if (strcasecmp(a->names[i], b->names[i]) != 0) return false;
    return true;
}

static struct str short_words(struct fill fill) {
    struct str words = str_of(fill.words ? fill.words : "is filled whole");
    const char *fine = memmem(words.p, words.n, " (", 2);
    if (fine) words.n = (size_t)(fine - words.p);
    return words;
}

static const char *difference(struct arena *arena, const struct plan *a, const struct plan *b) {
    if (fill_same(a->fill, b->fill)) return "both fill their datasets by the names of their columns, which differ";
    struct str yours = short_words(a->fill), theirs = short_words(b->fill);
    if (str_eq(yours, theirs) && a->fill.words && b->fill.words) yours = str_of(a->fill.words), theirs = str_of(b->fill.words);
    return arena_printf(arena, "yours %.*s; theirs %.*s", STR_ARG(yours), STR_ARG(theirs));
}

void prove_fills(struct arena *arena, const struct plan *a, const struct plan *b, struct relation *r) {
    bool whole = !a->fill.words && !b->fill.words;
    bool alike = fill_same(a->fill, b->fill) && r->kind == RELATION_IDENTICAL && names_same(a, b);
    if (whole || alike || r->kind == RELATION_UNRELATED) return;
    bool other = !fill_same(a->fill, b->fill);
    const char **list = arena_array(arena, r->n_differences + 1, sizeof *list);
    if (other || r->kind == RELATION_IDENTICAL) list[0] = difference(arena, a, b);
    size_t n = list[0] ? 1 : 0;
    for (size_t i = 0; i < r->n_differences; i++) list[n++] = r->differences[i];
    r->differences = list;
    r->n_differences = n;
    bool shares =
        r->kind == RELATION_SHARES && (!other || (!a->fill.stream && !b->fill.stream)); /* work in common is in common however it is stored */
    if (r->kind >= RELATION_SIMILAR || shares) return;
    bool equal = r->kind == RELATION_IDENTICAL;
    *r = (struct relation){.kind = RELATION_SIMILAR,
                           .tier = equal ? TIER_L3 : TIER_L4,
                           .score = equal ? 0.99 : 0.9,
                           .differences = list,
                           .n_differences = n,
                           .reason = equal ? "the queries give the same rows, but do not fill their datasets the same way"
                                           : "a dataset that its query fills in part is no source for another query"};
}
