/* instance.c - the word that tells two instances of one source apart, and whether it is all that differs. */
#include "instance.h"

#include "derive_core.h"

#include <ctype.h>

#define PARTS_MAX 16
#define WORD_MAX  63

/* A table's name in words: split at dots, underscores and dashes. */
struct words {
    size_t n;
    struct str at[PARTS_MAX];
    size_t part[PARTS_MAX]; /* which dotted part it is in */
    size_t parts;
};

static bool words_read(struct str name, struct words *out) {
    size_t start = 0;
    *out = (struct words){.parts = 1};
    for (size_t i = 0; i <= name.n; i++) {
        if (i < name.n && name.p[i] != '.' && name.p[i] != '_' && name.p[i] != '-') continue;
        if (out->n == PARTS_MAX) return false;
        out->at[out->n] = (struct str){name.p + start, i - start};
        out->part[out->n++] = out->parts - 1;
        out->parts += i < name.n && name.p[i] == '.';
        start = i + 1;
    }
    return true;
}

/* Words that name an instance wherever they stand. */
static bool is_instance_word(struct str w) {
    static const char *const known[] = {
        "emea",     "apac", "latam",     "europe", "asia",   "america", "global", "dev",    "test",    "qa",       "stg",    "stage",   "staging",
        "uat",      "prod", "prd",       "live",   "ios",    "android", "web",    "mobile", "desktop", "ethereum", "bnb",    "polygon", "arbitrum",
        "optimism", "base", "avalanche", "fantom", "gnosis", "solana",  "celo",   "zksync", "scroll",  "linea",    "goerli", "sepolia", NULL};
    for (const char *const *k = known; *k; k++)
        if (str_iis(w, *k)) return true;
    return w.n == 2 && isalpha((unsigned char)w.p[0]) && isalpha((unsigned char)w.p[1]); /* a country */
}

static bool is_version(struct str w) {
    size_t digits = 0;
    for (size_t i = 0; i < w.n; i++) digits += isdigit((unsigned char)w.p[i]) != 0;
    return w.n == 0 || digits + 1 >= w.n;
}

static bool same_words(const struct words *a, const struct words *b) {
    if (a->n != b->n || a->parts != b->parts) return false;
    for (size_t i = 0; i < a->n; i++)
        if (a->part[i] != b->part[i]) return false;
    return true;
}

/* The names differ in one word only, each time it stands there: which? */
static bool word_between(const char *left, const char *right, struct str *a, struct str *b, bool *in_table) {
    struct words x, y;
    *a = *b = (struct str){0};
    *in_table = false;
    if (!words_read(str_of(left), &x) || !words_read(str_of(right), &y) || !same_words(&x, &y)) return false;
    for (size_t i = 0; i < x.n; i++) {
        if (str_ieq(x.at[i], y.at[i])) continue;
        if (a->n && !(str_ieq(*a, x.at[i]) && str_ieq(*b, y.at[i]))) return false;
        *a = x.at[i];
        *b = y.at[i];
        *in_table |= x.part[i] + 1 == x.parts;
    }
    return a->n && a->n <= WORD_MAX && b->n <= WORD_MAX && !is_version(*a) && !is_version(*b);
}

/* Has the part of the name that holds the word other words as well? uniswap_v2_bnb, but not bnb. */
static bool has_company(const char *name, struct str word) {
    struct words w;
    if (!words_read(str_of(name), &w)) return false;
    for (size_t i = 0; i < w.n; i++)
        for (size_t k = 0; str_ieq(w.at[i], word) && k < w.n; k++)
            if (k != i && w.part[k] == w.part[i]) return true;
    return false;
}

bool instance_same_table(const struct instance *instance, const char *a, const char *b) {
    struct str x, y;
    bool in_table;
    if (strcasecmp(a, b) == 0) return true;
    return word_between(a, b, &x, &y, &in_table) && str_iis(x, instance->a) && str_iis(y, instance->b);
}

static bool has_table(const struct plan *plan, const char *name) {
    for (size_t i = 0; i < plan->n_tables; i++)
        if (strcasecmp(plan->tables[i], name) == 0) return true;
    return false;
}

/* Some table's name has that word: the other instance is in it already. */
static bool has_word(const struct plan *plan, const char *word) {
    struct words w;
    for (size_t i = 0; i < plan->n_tables; i++) {
        if (!words_read(str_of(plan->tables[i]), &w)) return true;
        for (size_t k = 0; k < w.n; k++)
            if (str_iis(w.at[k], word)) return true;
    }
    return false;
}

/* Every table of `a` that `b` has not is one of `b` under that word, and so back. */
static bool all_pair(const struct plan *a, const struct plan *b, const struct instance *word, size_t *pairs) {
    *pairs = 0;
    for (size_t i = 0; i < a->n_tables; i++) {
        bool found = has_table(b, a->tables[i]);
        for (size_t k = 0; k < b->n_tables && !found; k++) {
            if (!instance_same_table(word, a->tables[i], b->tables[k])) continue;
            found = true;
            (*pairs)++;
        }
        if (!found) return false;
    }
    return a->n_tables == b->n_tables && *pairs > 0;
}

/* Is the word one that names an instance, or do several tables, or its neighbours, say so? */
static bool is_believable(const struct instance *word, const char *name, bool in_table, size_t pairs) {
    if (is_instance_word(str_of(word->a)) && is_instance_word(str_of(word->b))) return true;
    return !in_table && (pairs > 1 || has_company(name, str_of(word->a)));
}

static const struct instance *word_find(struct arena *arena, const struct plan *a, const struct plan *b) {
    struct instance *out = arena_new(arena, struct instance);
    for (size_t i = 0; i < a->n_tables; i++) {
        if (has_table(b, a->tables[i])) continue;
        for (size_t k = 0; k < b->n_tables; k++) {
            struct str x, y;
            bool in_table;
            size_t pairs;
            if (has_table(a, b->tables[k]) || !word_between(a->tables[i], b->tables[k], &x, &y, &in_table)) continue;
            out->a = str_lower(arena, x);
            out->b = str_lower(arena, y);
            if (has_word(a, out->b) || has_word(b, out->a)) continue;
            if (all_pair(a, b, out, &pairs) && is_believable(out, a->tables[i], in_table, pairs)) return out;
        }
        return NULL;
    }
    return NULL;
}

const struct instance *instance_find(struct arena *arena, const struct normal *a, const struct normal *b) {
    struct match m;
    const struct instance *word = a->root && b->root && !a->reason && !b->reason ? word_find(arena, a->plan, b->plan) : NULL;
    if (!word || a->root->outs.n != b->root->outs.n) return NULL;
    match_init(&m, arena, b, a);
    m.instance = word;
    return match_block(&m, b->root, a->root) && match_sets(&m, &b->root->outs, &a->root->outs) ? word : NULL;
}
