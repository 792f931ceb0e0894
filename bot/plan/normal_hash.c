/* normal_hash.c - fingerprints: sources of a block get canonical labels (by content, refined by where they are used, ties tried out), and
 * everything is hashed under these labels. The hash of a block spells the block out completely, so equal hashes mean equal forms. */
#include "normal_core.h"

#include <stdlib.h>

/* Columns that one block makes equal. `top` are those of enclosing blocks when there are any, else all. */
struct equal_class {
    const struct block *owner;
    VEC(int) members;
    VEC(int) top;
};

#define HASH_DEPTH_MAX 600
#define SEEN_MAX       10 /* labels that one memo entry remembers by name */
#define SORT_SMALL     24

/* Whose labels a hash was made from: sources by id, left-join items by id behind them. */
struct seen {
    uint32_t n; /* over SEEN_MAX: too many to tell apart */
    uint32_t ids[SEEN_MAX];
};

struct hash_memo {
    struct hash128 hash;
    uint32_t epoch; /* of the labels when it was made; 0 never */
    struct seen seen;
};

struct hasher {
    struct norm *n;
    uint64_t *labels; /* by source id */
    size_t n_labels;
    uint64_t *items; /* by item id: label of SC_MATCHED */
    size_t n_items;
    uint32_t epoch;               /* counts changes of labels */
    uint32_t *changed;            /* by source id, then by item id: epoch of its last change */
    struct seen seen;             /* labels read by the hash in the making */
    uint32_t *slots;              /* by expression id: 1 + place in .memos */
    VEC(struct hash_memo) memos;  /* of expressions */
    struct hash_memo *parts;      /* by source id: what the source is, its label aside */
    const struct block **insides; /* by source id: the block under an aggregate, with what is asked of it as outputs */
    uint32_t *class_of;           /* by column: 1 + index of its equality class, 0 none */
    VEC(struct equal_class) classes;
    uint32_t *places; /* by column: place among the columns of a set operation */
    bool cyclic;      /* a cycle was found: the rest is not looked at */
    int nesting;      /* of expressions in each other: equal columns may be defined by one another */
    bool parameters;
    int depth;
};

/* A growing list that starts on the stack; never copied by value. */
struct hashes {
    size_t n, cap;
    struct hash128 *at;
    struct hash128 few[8];
};

enum tag {
    TAG_LIST,
    TAG_PARAMETER,
    TAG_KEY,
    TAG_AGG,
    TAG_OUT,
    TAG_ROW,
    TAG_PLACE,
    TAG_SIDE,
    TAG_COLUMN,
    TAG_CLASS,
    TAG_BY,
    TAG_ORDER,
    TAG_PARTITION,
    TAG_FRAME,
    TAG_EXCLUDE,
    TAG_END,
    TAG_ARGS,
    TAG_FILTER,
    TAG_CYCLE,
    TAG_OUTS,
    TAG_SETOP,
    TAG_BRANCHES,
    TAG_FULL,
    TAG_ON,
    TAG_AGGREGATE,
    TAG_KEYS,
    TAG_TABLE,
    TAG_ALL,
    TAG_OFFSET,
    TAG_LIMIT,
    TAG_VALUES,
    TAG_OPAQUE,
    TAG_NOTHING,
    TAG_EQUAL,
    TAG_ITEM,
    TAG_ITEMS,
    TAG_SOURCE,
    TAG_SOURCES,
    TAG_PREDS,
    TAG_BLOCK,
    TAG_RANK,
    TAG_FIRST,
    TAG_UNLABELLED,
    TAG_SPENT,
    TAG_LITERAL,
};

static struct hash128 expr_hash(struct hasher *h, nexpr e);
static struct hash128 block_hash(struct hasher *h, const struct block *b, bool outs_ordered);

static struct hash128 tag_hash_new(enum tag tag, uint64_t a, uint64_t b) {
    uint64_t words[3] = {(uint64_t)tag + 0x9e3779b97f4a7c15u, a, b};
    return hash128(words, sizeof words);
}

#define TAG_COUNTS 16

/* The same few are asked for all the time: a bare tag, and that of a short list. */
static struct hash128 tag_hash(enum tag tag, uint64_t a, uint64_t b) {
    static _Thread_local struct hash128 known[TAG_LITERAL + 1][TAG_COUNTS];
    if (a || b >= TAG_COUNTS) return tag_hash_new(tag, a, b);
    struct hash128 *at = &known[tag][b];
    if (!at->hi && !at->lo) *at = tag_hash_new(tag, a, b);
    return *at;
}

static struct hash128 text_hash(enum tag tag, const char *text) { return hash128_mix(tag_hash(tag, 0, 0), hash128(text, strlen(text))); }

/* Declares an empty list; its room on the stack needs no zeros. */
#define HASHES(name)                                                                                                                                 \
    struct hashes name;                                                                                                                              \
    name.n = name.cap = 0;                                                                                                                           \
    name.at = NULL

static void hashes_add(struct hasher *h, struct hashes *list, struct hash128 x) {
    if (!list->at) {
        list->at = list->few;
        list->cap = sizeof list->few / sizeof *list->few;
    }
    list->at = arena_grow(h->n->arena, list->at, &list->cap, list->n + 1, sizeof *list->at);
    list->at[list->n++] = x;
}

static void hashes_add_new(struct hasher *h, struct hashes *list, struct hash128 x) {
    for (size_t i = 0; i < list->n; i++)
        if (hash128_eq(list->at[i], x)) return;
    hashes_add(h, list, x);
}

static int hash_order(const void *a, const void *b) { return hash128_cmp(*(const struct hash128 *)a, *(const struct hash128 *)b); }

static void hashes_sort(struct hash128 *at, size_t n) {
    if (n > SORT_SMALL) {
        qsort(at, n, sizeof *at, hash_order);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        struct hash128 x = at[i];
        size_t k = i;
        for (; k > 0 && hash128_cmp(x, at[k - 1]) < 0; k--) at[k] = at[k - 1];
        at[k] = x;
    }
}

static struct hash128 hashes_list(enum tag tag, struct hashes *list, bool sorted) {
    if (sorted) hashes_sort(list->at, list->n);
    return hash128_mix(tag_hash(tag, TAG_LIST, list->n), hash128(list->at, list->n * sizeof *list->at));
}

/* ------------------------------------------------------------ labels, and who read them */

static void seen_add(struct seen *seen, uint32_t id) {
    for (uint32_t i = 0; i < seen->n && i < SEEN_MAX; i++)
        if (seen->ids[i] == id) return;
    if (seen->n < SEEN_MAX) seen->ids[seen->n] = id;
    if (seen->n <= SEEN_MAX) seen->n++;
}

static void seen_join(struct seen *into, const struct seen *from) {
    if (from->n > SEEN_MAX) into->n = SEEN_MAX + 1;
    for (uint32_t i = 0; i < from->n && i < SEEN_MAX; i++) seen_add(into, from->ids[i]);
}

static void seen_remove(struct seen *seen, uint32_t id) {
    for (uint32_t i = 0; i < seen->n && seen->n <= SEEN_MAX; i++)
        if (seen->ids[i] == id) seen->ids[i] = seen->ids[--seen->n];
}

static void label_changed(struct hasher *h, size_t id) { h->changed[id] = ++h->epoch; }

static uint64_t label_of(struct hasher *h, const struct source *s) {
    seen_add(&h->seen, (uint32_t)s->id);
    return h->labels[s->id];
}

static void label_set(struct hasher *h, const struct source *s, uint64_t label) {
    if (h->labels[s->id] == label) return;
    h->labels[s->id] = label;
    label_changed(h, (size_t)s->id);
}

static void place_set(struct hasher *h, const struct source *s, int column, uint32_t place) {
    if (h->places[column] == place) return;
    h->places[column] = place;
    label_changed(h, (size_t)s->id);
}

/* True, and the labels it was made from count as read, when none of them changed since. */
static bool memo_valid(struct hasher *h, const struct hash_memo *memo) {
    if (memo->epoch == 0) return false;
    if (memo->seen.n > SEEN_MAX && memo->epoch != h->epoch) return false;
    for (uint32_t i = 0; i < memo->seen.n && i < SEEN_MAX; i++)
        if (h->changed[memo->seen.ids[i]] > memo->epoch) return false;
    seen_join(&h->seen, &memo->seen);
    return true;
}

/* Ends what `before` began: the labels read since then are kept beside the hash. */
static void memo_set(struct hasher *h, struct hash_memo *memo, struct hash128 hash, const struct seen *before) {
    *memo = (struct hash_memo){hash, h->epoch, h->seen};
    seen_join(&h->seen, before);
}

static struct hash128 literal_hash(struct hasher *h, const struct literal *lit) {
    if (h->parameters) return tag_hash(TAG_PARAMETER, lit->kind, 0);
    uint64_t words[4] = {(uint64_t)lit->kind, (uint64_t)lit->i, (uint64_t)lit->scale, 0};
    memcpy(&words[3], &lit->r, sizeof lit->r);
    return hash128_mix(hash128(words, sizeof words), hash128(lit->s.p ? lit->s.p : "", lit->s.n));
}

/* Keys of one value, as a = b makes them, are told apart by their place where some grouping set has one and not the other. */
static bool keys_alike(struct hasher *h, const struct source *s) {
    for (size_t i = 0; i < s->keys.n; i++)
        for (size_t k = 0; k < i; k++)
            if (hash128_eq(expr_hash(h, s->keys.at[i]), expr_hash(h, s->keys.at[k]))) return true;
    return false;
}

/* What a column is, within its source: a table's by name, an aggregate's by its expression, a set operation's by its place. */
static struct hash128 column_content(struct hasher *h, int column) {
    const struct ncolumn *c = &h->n->columns.at[column];
    const struct source *s = c->source;
    switch (s->kind) {
    case SRC_AGG:
    case SRC_WINDOW: {
        nexpr e = c->ordinal < s->keys.n ? s->keys.at[c->ordinal] : s->aggs.at[c->ordinal - s->keys.n];
        size_t place = c->ordinal < s->keys.n && s->n_sets && keys_alike(h, s) ? c->ordinal + 1 : 0;
        return hash128_mix(tag_hash(c->ordinal < s->keys.n ? TAG_KEY : TAG_AGG, place, 0), expr_hash(h, e));
    }
    case SRC_LIMIT:
        return hash128_mix(tag_hash(TAG_OUT, 0, 0), expr_hash(h, s->block->outs.at[c->ordinal]));
    case SRC_TABLE:
        return hash128(c->name, strlen(c->name));
    case SRC_OPAQUE:
        if (strcmp(c->name, "*") == 0) return tag_hash(TAG_ROW, 0, 0);
        return tag_hash(TAG_PLACE, c->ordinal, 0);
    case SRC_FULL: {
        bool right = c->ordinal >= s->branches[0]->outs.n;
        const struct block *side = s->branches[right];
        struct hash128 out = expr_hash(h, side->outs.at[c->ordinal - (right ? s->branches[0]->outs.n : 0)]);
        return hash128_mix(tag_hash(TAG_SIDE, right == (h->places[s->columns[0]] == 1), 0), out);
    }
    default:
        return tag_hash(TAG_PLACE, h->places[column] ? h->places[column] : c->ordinal + 1000000, 0);
    }
}

static struct hash128 column_own(struct hasher *h, int column) {
    const struct source *s = h->n->columns.at[column].source;
    return hash128_mix(tag_hash(TAG_COLUMN, label_of(h, s), 0), column_content(h, column));
}

static struct hash128 class_hash(struct hasher *h, uint32_t class, bool all) {
    const struct equal_class *c = &h->classes.at[class - 1];
    size_t count = all ? c->members.n : c->top.n;
    const int *members = all ? c->members.at : c->top.at;
    HASHES(own);
    for (size_t i = 0; i < count; i++) { /* a member of an enclosing block may be in a class there */
        uint32_t outer = h->class_of[members[i]];
        struct hash128 x = outer && outer != class ? class_hash(h, outer, false) : column_own(h, members[i]);
        hashes_add_new(h, &own, x);
    }
    if (own.n == 1) return own.at[0];
    return hashes_list(TAG_CLASS, &own, true);
}

static struct hash128 order_hash(struct hasher *h, const struct sort_key *order, size_t count) {
    HASHES(list);
    for (size_t i = 0; i < count; i++)
        hashes_add(h, &list, hash128_mix(tag_hash(TAG_BY, order[i].descending, order[i].nulls_first), expr_hash(h, order[i].expr)));
    return hashes_list(TAG_ORDER, &list, false);
}

static struct hash128 window_hash(struct hasher *h, const struct window_spec *w) {
    HASHES(partition);
    for (size_t i = 0; i < w->n_partition; i++) hashes_add_new(h, &partition, expr_hash(h, w->partition[i]));
    struct hash128 out = hash128_mix(hashes_list(TAG_PARTITION, &partition, true), order_hash(h, w->order, w->n_order));
    out = hash128_mix(out, tag_hash(TAG_FRAME, (uint64_t)w->unit * 64 + (uint64_t)w->start * 8 + (uint64_t)w->end, w->ignore_nulls));
    if (w->exclude) out = hash128_mix(out, text_hash(TAG_EXCLUDE, w->exclude));
    if (w->start_by) out = hash128_mix(out, expr_hash(h, w->start_by));
    return w->end_by ? hash128_mix(out, hash128_mix(tag_hash(TAG_END, 0, 0), expr_hash(h, w->end_by))) : out;
}

static bool commutes(nexpr e) {
    return e->op == SC_AND || e->op == SC_OR || e->op == SC_EQ || e->op == SC_NE || e->op == SC_SAME ||
           ((e->op == SC_ADD || e->op == SC_MUL) && e->n == 2) || e->op == SC_AMBIGUOUS;
}

static struct hash128 node_hash(struct hasher *h, nexpr e) {
    uint64_t words[6] = {e->op, e->n, e->distinct, 0, 0, 0};
    if (e->name) words[3] = hash64(e->name, strlen(e->name));
    if (e->op == SC_CAST) words[4] = (uint64_t)e->type.kind << 32 | (uint64_t)e->type.precision << 16 | (uint16_t)e->type.scale;
    if (e->op == SC_MATCHED) {
        words[5] = h->items[e->column];
        seen_add(&h->seen, (uint32_t)(h->n_labels + (size_t)e->column));
    }
    struct hash128 out = hash128(words, sizeof words);
    if (e->op == SC_LITERAL) return hash128_mix(out, literal_hash(h, &e->lit));
    HASHES(args);
    for (size_t i = 0; i < e->n; i++) hashes_add(h, &args, expr_hash(h, e->args[i]));
    out = hash128_mix(out, hashes_list(TAG_ARGS, &args, commutes(e)));
    if (e->filter) out = hash128_mix(out, hash128_mix(tag_hash(TAG_FILTER, 0, 0), expr_hash(h, e->filter)));
    if (e->n_order) out = hash128_mix(out, order_hash(h, e->order, e->n_order));
    if (e->window) out = hash128_mix(out, window_hash(h, e->window));
    if (e->block) out = hash128_mix(out, block_hash(h, e->block, true));
    return out;
}

static struct hash128 expr_hash(struct hasher *h, nexpr e) {
    uint32_t *slot = &h->slots[e->id];
    if (*slot && memo_valid(h, &h->memos.at[*slot - 1])) return h->memos.at[*slot - 1].hash;
    if (h->nesting >= HASH_DEPTH_MAX || (h->nesting && h->n->out->reason && h->cyclic)) {
        h->cyclic = true;
        normal_refuse(h->n, "columns that are defined by each other");
        return tag_hash(TAG_CYCLE, 0, 0);
    }
    struct seen before = h->seen;
    h->seen.n = 0;
    h->nesting++;
    struct hash128 out;
    if (e->op == SC_COLUMN) {
        uint32_t class = h->class_of[e->column];
        out = class ? class_hash(h, class, false) : column_own(h, e->column);
    } else out = node_hash(h, e);
    h->nesting--;
    if (!*slot) {
        (void)vec_add(h->n->arena, &h->memos);
        *slot = (uint32_t)h->memos.n;
    }
    memo_set(h, &h->memos.at[*slot - 1], out, &before);
    return out;
}

/* ------------------------------------------------------------ sources */

/* Orders the columns of a set operation by what they are in its branches. */
static size_t *setop_places(struct hasher *h, const struct source *s, struct hash128 *bases) {
    size_t *order = arena_array(h->n->arena, s->n_columns + 1, sizeof *order);
    struct hash128 *keys = arena_array(h->n->arena, s->n_columns + 1, sizeof *keys);
    for (size_t c = 0; c < s->n_columns; c++) {
        HASHES(all);
        for (size_t i = 0; i < s->n_branches; i++) hashes_add(h, &all, hash128_mix(bases[i], expr_hash(h, s->branches[i]->outs.at[c])));
        keys[c] = hashes_list(TAG_COLUMN, &all, s->setop != RELSET_EXCEPT);
        order[c] = c;
    }
    for (size_t i = 1; i < s->n_columns; i++)
        for (size_t k = i; k > 0 && hash128_cmp(keys[order[k]], keys[order[k - 1]]) < 0; k--) {
            size_t t = order[k];
            order[k] = order[k - 1];
            order[k - 1] = t;
        }
    for (size_t c = 0; c < s->n_columns; c++) place_set(h, s, s->columns[order[c]], (uint32_t)c + 1);
    return order;
}

static struct hash128 setop_hash(struct hasher *h, const struct source *s) {
    struct hash128 *bases = arena_array(h->n->arena, s->n_branches + 1, sizeof *bases);
    for (size_t i = 0; i < s->n_branches; i++) bases[i] = block_hash(h, s->branches[i], false);
    const size_t *order = setop_places(h, s, bases);
    HASHES(branches);
    for (size_t i = 0; i < s->n_branches; i++) {
        HASHES(outs);
        for (size_t c = 0; c < s->n_columns; c++) hashes_add(h, &outs, expr_hash(h, s->branches[i]->outs.at[order[c]]));
        hashes_add(h, &branches, hash128_mix(bases[i], hashes_list(TAG_OUTS, &outs, false)));
    }
    bool first = s->setop == RELSET_EXCEPT;
    if (first && branches.n > 1) hashes_sort(branches.at + 1, branches.n - 1);
    return hash128_mix(tag_hash(TAG_SETOP, s->setop, s->all), hashes_list(TAG_BRANCHES, &branches, !first));
}

static struct hash128 full_hash(struct hasher *h, const struct source *s) {
    struct hash128 l = block_hash(h, s->branches[0], false), r = block_hash(h, s->branches[1], false);
    int order = hash128_cmp(l, r);
    if (s->n_columns) place_set(h, s, s->columns[0], order > 0); /* sides that are alike stay as written: they are still two */
    HASHES(on);
    for (size_t i = 0; i < s->on.n; i++) hashes_add(h, &on, expr_hash(h, s->on.at[i]));
    struct hash128 sides = order <= 0 ? hash128_mix(l, r) : hash128_mix(r, l);
    return hash128_mix(hash128_mix(tag_hash(TAG_FULL, order == 0, 0), sides), hashes_list(TAG_ON, &on, true));
}

/* The sets of a grouping: which keys each one has, in whatever order they were written. */
static struct hash128 sets_hash(struct hasher *h, const struct source *s) {
    HASHES(sets);
    for (size_t i = 0; i < s->n_sets; i++) {
        HASHES(members);
        for (size_t k = 0; k < s->keys.n; k++)
            if (s->sets[i] >> k & 1) hashes_add(h, &members, expr_hash(h, s->keys.at[k]));
        hashes_add(h, &sets, hashes_list(TAG_KEYS, &members, true));
    }
    return hashes_list(TAG_AGGREGATE, &sets, true);
}

static struct hash128 agg_hash(struct hasher *h, const struct source *s) {
    HASHES(keys);
    bool placed = s->n_sets && keys_alike(h, s);
    for (size_t i = 0; i < s->keys.n; i++) {
        if (s->kind == SRC_WINDOW) continue;
        struct hash128 x = expr_hash(h, s->keys.at[i]);
        if (placed) hashes_add(h, &keys, x);
        else hashes_add_new(h, &keys, x);
    }
    for (size_t i = 0; placed && i < s->aggs.n; i++)
        if (expr_has_op(s->aggs.at[i], SC_GROUPING)) normal_refuse(h->n, "GROUPING of a key that another one equals");
    struct hash128 out = hash128_mix(tag_hash(TAG_AGGREGATE, s->kind, s->grouped), hashes_list(TAG_KEYS, &keys, !placed));
    if (placed) return hash128_mix(out, hash128(s->sets, s->n_sets * sizeof *s->sets));
    return s->n_sets ? hash128_mix(out, sets_hash(h, s)) : out;
}

/* The block under an aggregate or window, its keys and functions as outputs. */
static const struct block *source_inside(struct hasher *h, const struct source *s) {
    if (h->insides[s->id]) return h->insides[s->id];
    struct block *whole = block_new(h->n);
    *whole = *s->block;
    whole->outs = (struct exprs){0};
    for (size_t i = 0; i < s->keys.n; i++) exprs_add(h->n, &whole->outs, s->keys.at[i]);
    for (size_t i = 0; i < s->aggs.n; i++) exprs_add(h->n, &whole->outs, s->aggs.at[i]);
    return h->insides[s->id] = whole;
}

static struct hash128 source_spell(struct hasher *h, const struct source *s) {
    switch (s->kind) {
    case SRC_TABLE:
        return hash128_mix(tag_hash(TAG_TABLE, 0, 0), hash128(s->name, strlen(s->name)));
    case SRC_AGG:
    case SRC_WINDOW: {
        struct hash128 inner = block_hash(h, source_inside(h, s), false);
        return hash128_mix(inner, agg_hash(h, s));
    }
    case SRC_LIMIT: {
        struct hash128 inner = block_hash(h, s->block, false);
        inner = hash128_mix(inner, order_hash(h, s->order, s->n_order));
        inner = hash128_mix(inner, s->limit ? expr_hash(h, s->limit) : tag_hash(TAG_ALL, 0, 0));
        if (s->offset) inner = hash128_mix(inner, hash128_mix(tag_hash(TAG_OFFSET, 0, 0), expr_hash(h, s->offset)));
        return hash128_mix(inner, text_hash(TAG_LIMIT, s->name ? s->name : ""));
    }
    case SRC_SETOP:
        return setop_hash(h, s);
    case SRC_FULL:
        return full_hash(h, s);
    case SRC_VALUES: {
        HASHES(rows);
        for (size_t r = 0; r < s->n_rows; r++) {
            HASHES(row);
            for (size_t c = 0; c < s->n_columns; c++) hashes_add(h, &row, expr_hash(h, s->rows[r * s->n_columns + c]));
            hashes_add(h, &rows, hashes_list(TAG_ROW, &row, false));
        }
        return hashes_list(TAG_VALUES, &rows, true);
    }
    case SRC_OPAQUE: {
        struct hash128 out = hash128_mix(tag_hash(TAG_OPAQUE, s->n_columns, 0), hash128(s->name, strlen(s->name)));
        for (size_t i = 0; i < s->aggs.n; i++) out = hash128_mix(out, expr_hash(h, s->aggs.at[i]));
        for (size_t i = 0; i < s->n_branches; i++) out = hash128_mix(out, block_hash(h, s->branches[i], true));
        return out;
    }
    }
    return tag_hash(TAG_NOTHING, 0, 0);
}

static struct hash128 source_parts(struct hasher *h, const struct source *s) {
    if (memo_valid(h, &h->parts[s->id])) return h->parts[s->id].hash;
    struct seen before = h->seen;
    h->seen.n = 0;
    struct hash128 out = source_spell(h, s);
    memo_set(h, &h->parts[s->id], out, &before);
    return out;
}

/* ------------------------------------------------------------ equality classes */

/* A column that is made from the other one is spelled with it: the two are no class. */
static bool class_pred(struct norm *n, const struct block *b, nexpr e) {
    if (e->op != SC_EQ || e->args[0]->op != SC_COLUMN || e->args[1]->op != SC_COLUMN || !class_eligible(n, e->args[0], e->args[1])) return false;
    return !expr_made_from(n, b, e->args[0], e->args[1]->column) && !expr_made_from(n, b, e->args[1], e->args[0]->column);
}

static uint32_t class_new(struct hasher *h, const struct block *owner, int column) {
    struct equal_class *c = vec_add(h->n->arena, &h->classes);
    *c = (struct equal_class){.owner = owner};
    *vec_add(h->n->arena, &c->members) = column;
    return (uint32_t)h->classes.n;
}

/* The classes that the conjuncts of `b` make; a class of an enclosing block is one member, by any of its columns. */
static void classes_make(struct hasher *h, const struct block *b) {
    size_t first = h->classes.n;
    VEC(int) touched = {0};
    uint32_t *own = arena_array(h->n->arena, 2 * b->preds.n + 1, sizeof *own);
    for (size_t i = 0; i < b->preds.n; i++) {
        if (!class_pred(h->n, b, b->preds.at[i])) continue;
        size_t place[2];
        for (int k = 0; k < 2; k++) {
            int column = b->preds.at[i]->args[k]->column;
            place[k] = touched.n;
            for (size_t t = 0; t < touched.n; t++)
                if (touched.at[t] == column) place[k] = t;
            if (place[k] < touched.n) continue;
            *vec_add(h->n->arena, &touched) = column;
            own[place[k]] = class_new(h, b, column);
        }
        uint32_t from = own[place[1]], to = own[place[0]];
        if (from == to) continue;
        struct equal_class *cf = &h->classes.at[from - 1], *ct = &h->classes.at[to - 1];
        for (size_t m = 0; m < cf->members.n; m++) *vec_add(h->n->arena, &ct->members) = cf->members.at[m];
        cf->members.n = 0;
        for (size_t t = 0; t < touched.n; t++)
            if (own[t] == from) own[t] = to;
    }
    for (size_t c = first; c < h->classes.n; c++) {
        struct equal_class *class = &h->classes.at[c];
        class->top.n = 0;
        for (size_t m = 0; m < class->members.n; m++)
            if (!block_owns(b, h->n->columns.at[class->members.at[m]].source)) *vec_add(h->n->arena, &class->top) = class->members.at[m];
        bool inside = class->top.n == 0;
        for (size_t m = 0; inside && m < class->members.n; m++) *vec_add(h->n->arena, &class->top) = class->members.at[m];
    }
    for (size_t t = 0; t < touched.n; t++)
        if (block_owns(b, h->n->columns.at[touched.at[t]].source)) h->class_of[touched.at[t]] = own[t];
}

/* ------------------------------------------------------------ labelling */

struct locals {
    size_t n, cap;
    struct source **at;
};

static void locals_collect(struct hasher *h, const struct block *b, struct locals *out) {
    for (size_t i = 0; i < b->n_sources; i++) *vec_add(h->n->arena, out) = b->sources[i];
    for (size_t i = 0; i < b->n_items; i++) locals_collect(h, b->items[i].block, out);
}

static void items_label(struct hasher *h, const struct block *b) {
    for (size_t i = 0; i < b->n_items; i++) {
        const struct block *in = b->items[i].block;
        items_label(h, in);
        HASHES(labels);
        for (size_t k = 0; k < in->n_sources; k++) hashes_add(h, &labels, tag_hash(TAG_SOURCE, h->labels[in->sources[k]->id], 0));
        for (size_t k = 0; k < in->n_items; k++) hashes_add(h, &labels, tag_hash(TAG_ITEM, h->items[in->items[k].id], 0));
        uint64_t label = hashes_list(TAG_ITEM, &labels, true).lo, *now = &h->items[b->items[i].id];
        if (*now != label) label_changed(h, h->n_labels + (size_t)b->items[i].id);
        *now = label;
    }
}

/* Conjuncts, with those that make classes spelled as the classes they make. */
static void preds_spell(struct hasher *h, const struct block *b, struct hashes *out) {
    VEC(uint32_t) done = {0};
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr e = b->preds.at[i];
        uint32_t class = 0;
        for (int k = 0; k < 2 && class_pred(h->n, b, e); k++) {
            uint32_t of = h->class_of[e->args[k]->column];
            if (of && h->classes.at[of - 1].owner == b) class = of;
        }
        bool seen = false;
        for (size_t k = 0; k < done.n; k++) seen |= class && done.at[k] == class;
        if (seen) continue;
        if (class) *vec_add(h->n->arena, &done) = class;
        if (!class) hashes_add(h, out, expr_hash(h, e));
        else {
            HASHES(members);
            const struct equal_class *c = &h->classes.at[class - 1];
            for (size_t m = 0; m < c->members.n; m++) {
                bool owned = block_owns(b, h->n->columns.at[c->members.at[m]].source);
                uint32_t outer = owned ? 0 : h->class_of[c->members.at[m]];
                hashes_add(h, &members, outer ? class_hash(h, outer, false) : column_own(h, c->members.at[m]));
            }
            hashes_add(h, out, hashes_list(TAG_EQUAL, &members, true));
        }
    }
}

/* Everything of a block under the labels in force. */
static struct hash128 block_spell(struct hasher *h, const struct block *b, bool outs_ordered, bool content) {
    HASHES(sources);
    HASHES(preds);
    HASHES(items);
    HASHES(outs);
    for (size_t i = 0; i < b->n_sources; i++) {
        struct hash128 x = tag_hash(TAG_SOURCE, label_of(h, b->sources[i]), 0);
        hashes_add(h, &sources, content ? hash128_mix(x, source_parts(h, b->sources[i])) : x);
    }
    preds_spell(h, b, &preds);
    for (size_t i = 0; i < b->n_items; i++) hashes_add(h, &items, block_spell(h, b->items[i].block, false, content));
    for (size_t i = 0; i < b->outs.n; i++) hashes_add(h, &outs, expr_hash(h, b->outs.at[i]));
    (void)work_spent(h->n, 1 + (b->preds.n + b->outs.n) / 8);
    struct hash128 out = hash128_mix(hashes_list(TAG_SOURCES, &sources, true), hashes_list(TAG_PREDS, &preds, true));
    out = hash128_mix(out, hash128_mix(hashes_list(TAG_ITEMS, &items, true), hashes_list(TAG_OUTS, &outs, !outs_ordered)));
    return hash128_mix(out, tag_hash(TAG_BLOCK, b->empty, 0));
}

#define MARK 0x5bd1e995u

/* One round: each source that shares its label with another is told apart by what the block looks like from it. */
static bool labels_refine(struct hasher *h, const struct block *b, struct locals *locals) {
    uint64_t *next = arena_array(h->n->arena, locals->n + 1, sizeof *next);
    size_t tied = 0;
    for (size_t i = 0; i < locals->n; i++) {
        uint64_t label = h->labels[locals->at[i]->id];
        bool shared = false;
        for (size_t k = 0; k < locals->n; k++) shared |= k != i && h->labels[locals->at[k]->id] == label;
        next[i] = label;
        if (!shared) continue;
        tied++;
        label_set(h, locals->at[i], label ^ MARK);
        items_label(h, b);
        next[i] = block_spell(h, b, false, false).lo;
        label_set(h, locals->at[i], label);
    }
    for (size_t i = 0; i < locals->n; i++) label_set(h, locals->at[i], next[i]);
    items_label(h, b);
    return tied > 0;
}

static size_t labels_distinct(struct hasher *h, const struct locals *locals) {
    size_t distinct = 0;
    for (size_t i = 0; i < locals->n; i++) {
        bool seen = false;
        for (size_t k = 0; k < i; k++) seen |= h->labels[locals->at[k]->id] == h->labels[locals->at[i]->id];
        distinct += !seen;
    }
    return distinct;
}

static void labels_refine_all(struct hasher *h, const struct block *b, struct locals *locals) {
    size_t before = labels_distinct(h, locals);
    for (int round = 0; round < 4 && before < locals->n; round++) {
        labels_refine(h, b, locals);
        size_t now = labels_distinct(h, locals);
        if (now == before) return;
        before = now;
    }
}

struct label_source {
    uint64_t label;
    struct source *source;
};

static int label_order(const void *a, const void *b) {
    uint64_t x = ((const struct label_source *)a)->label, y = ((const struct label_source *)b)->label;
    return x < y ? -1 : x > y;
}

/* All labels differ: replace them by their ranks and spell the block out. */
static struct hash128 block_final(struct hasher *h, const struct block *b, const struct locals *locals, bool outs_ordered) {
    struct label_source *order = arena_array(h->n->arena, locals->n + 1, sizeof *order);
    for (size_t i = 0; i < locals->n; i++) order[i] = (struct label_source){h->labels[locals->at[i]->id], locals->at[i]};
    if (locals->n > 1) qsort(order, locals->n, sizeof *order, label_order);
    for (size_t i = 0; i < locals->n; i++) label_set(h, order[i].source, tag_hash(TAG_RANK, (uint64_t)h->depth, i).lo);
    items_label(h, b);
    return block_spell(h, b, outs_ordered, true);
}

/* Tries each member of the first tie as "the first one"; the smallest spelling wins. */
static struct hash128 block_individual(struct hasher *h, const struct block *b, struct locals *locals, bool outs_ordered, size_t *budget) {
    size_t tie = locals->n;
    for (size_t i = 0; i < locals->n && tie == locals->n; i++)
        for (size_t k = 0; k < locals->n; k++)
            if (k != i && h->labels[locals->at[k]->id] == h->labels[locals->at[i]->id]) tie = i;
    if (tie == locals->n) return block_final(h, b, locals, outs_ordered);
    uint64_t *saved = arena_array(h->n->arena, locals->n + 1, sizeof *saved), label = h->labels[locals->at[tie]->id];
    for (size_t i = 0; i < locals->n; i++) saved[i] = h->labels[locals->at[i]->id];
    struct hash128 best = {UINT64_MAX, UINT64_MAX};
    uint64_t *winner = arena_array(h->n->arena, locals->n + 1, sizeof *winner);
    for (size_t i = 0; i < locals->n; i++) {
        if (saved[i] != label) continue;
        if (*budget == 0) {
            if (!h->parameters) normal_refuse(h->n, "too many symmetric sources"); /* without literals it only serves look-ups */
            break;
        }
        (*budget)--;
        for (size_t k = 0; k < locals->n; k++) label_set(h, locals->at[k], saved[k]);
        label_set(h, locals->at[i], tag_hash(TAG_FIRST, label, 0).lo);
        items_label(h, b);
        labels_refine_all(h, b, locals);
        struct hash128 x = block_individual(h, b, locals, outs_ordered, budget);
        if (hash128_cmp(x, best) >= 0) continue;
        best = x;
        for (size_t k = 0; k < locals->n; k++) winner[k] = h->labels[locals->at[k]->id];
    }
    for (size_t k = 0; k < locals->n; k++) label_set(h, locals->at[k], winner[k]);
    items_label(h, b);
    return best;
}

/* Leaves the labels of the winning order in force, so that columns of this block can be named from outside. */
static struct hash128 block_label(struct hasher *h, const struct block *b, struct locals *locals, bool outs_ordered) {
    if (locals->n <= 1) return block_final(h, b, locals, outs_ordered); /* nothing to tell apart */
    for (size_t i = 0; i < locals->n; i++) label_set(h, locals->at[i], tag_hash(TAG_UNLABELLED, (uint64_t)h->depth, 0).lo);
    items_label(h, b);
    uint64_t *base = arena_array(h->n->arena, locals->n + 1, sizeof *base);
    for (size_t i = 0; i < locals->n; i++) base[i] = source_parts(h, locals->at[i]).lo;
    for (size_t i = 0; i < locals->n; i++) label_set(h, locals->at[i], base[i]);
    items_label(h, b);
    labels_refine_all(h, b, locals);
    size_t budget = h->parameters ? 6 : NORMAL_LABEL_MAX;
    if (labels_distinct(h, locals) == locals->n) return block_final(h, b, locals, outs_ordered);
    return block_individual(h, b, locals, outs_ordered, &budget);
}

/* A block's own labels are made anew whenever it is hashed: its hash does not depend on them. */
static void locals_forget(struct hasher *h, const struct block *b) {
    for (size_t i = 0; i < b->n_sources; i++) seen_remove(&h->seen, (uint32_t)b->sources[i]->id);
    for (size_t i = 0; i < b->n_items; i++) {
        seen_remove(&h->seen, (uint32_t)(h->n_labels + (size_t)b->items[i].id));
        locals_forget(h, b->items[i].block);
    }
}

static struct hash128 block_hash(struct hasher *h, const struct block *b, bool outs_ordered) {
    if (work_spent(h->n, 1)) return tag_hash(TAG_SPENT, 0, 0);
    struct locals locals = {0};
    locals_collect(h, b, &locals);
    classes_make(h, b);
    h->depth++;
    struct hash128 out = block_label(h, b, &locals, outs_ordered);
    h->depth--;
    locals_forget(h, b);
    return out;
}

struct hash128 root_hash(struct norm *n, struct block *b, int mode, struct hash128 *outputs) {
    struct hasher h = {.n = n, .parameters = mode == 2};
    h.n_labels = (size_t)n->next_source + 1;
    h.labels = arena_array(n->arena, h.n_labels, sizeof *h.labels);
    for (size_t i = 0; i < h.n_labels; i++) h.labels[i] = i; /* sources of enclosing blocks stay apart */
    h.n_items = (size_t)n->next_item + 1;
    h.items = arena_array(n->arena, h.n_items, sizeof *h.items);
    h.epoch = 1;
    h.changed = arena_array(n->arena, h.n_labels + h.n_items, sizeof *h.changed);
    h.slots = arena_array(n->arena, n->table_n + 1, sizeof *h.slots);
    h.parts = arena_array(n->arena, h.n_labels, sizeof *h.parts);
    h.insides = arena_array(n->arena, h.n_labels, sizeof *h.insides);
    h.class_of = arena_array(n->arena, n->columns.n + 1, sizeof *h.class_of);
    h.places = arena_array(n->arena, n->columns.n + 1, sizeof *h.places);
    struct hash128 out = block_hash(&h, b, false);
    for (size_t i = 0; outputs && i < b->outs.n; i++) outputs[i] = expr_hash(&h, b->outs.at[i]);
    return out;
}
