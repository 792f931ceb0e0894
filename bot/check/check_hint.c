/* check_hint.c - hints in SQL that tell Spark what to do with something large: BROADCAST(t), COALESCE(1), REPARTITION(1).
 * https://spark.apache.org/docs/latest/sql-ref-syntax-qry-select-hints.html */
#include "look.h"

#include "spark_limits.h"
#include "sql_print.h"

#define HINTS_MAX 20

/* One hint and its arguments, as they stand between the brackets. */
struct hint {
    struct str name, arguments;
};

static bool word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '`';
}

static struct str word_take(struct str *text) {
    while (text->n && !word_char(*text->p) && *text->p != '(' && *text->p != ')') text->p++, text->n--;
    size_t n = 0;
    while (n < text->n && word_char(text->p[n])) n++;
    struct str word = {text->p, n};
    text->p += n;
    text->n -= n;
    return word;
}

static size_t hints_read(struct str text, struct hint *out) {
    size_t n = 0;
    while (text.n && n < HINTS_MAX) {
        struct hint h = {.name = word_take(&text)};
        text = str_trim(text);
        if (text.n && *text.p == '(') {
            const char *close = memchr(text.p, ')', text.n);
            size_t length = close ? (size_t)(close - text.p) : text.n;
            h.arguments = str_trim((struct str){text.p + 1, length ? length - 1 : 0});
            text = (struct str){text.p + length, text.n - length};
            if (text.n) text.p++, text.n--;
        } else if (!h.name.n) {
            break;
        }
        if (h.name.n) out[n++] = h;
    }
    return n;
}

/* The table that goes by the name in this FROM; NULL when it is a sub-query, or none. */
static const struct sql_name *table_called(const struct sql_from *from, struct str name) {
    if (!from) return NULL;
    if (from->kind == FROM_JOIN || from->kind == FROM_BRACKETS) {
        const struct sql_name *left = table_called(from->left, name);
        return left ? left : table_called(from->right, name);
    }
    if (from->kind != FROM_TABLE || !from->name || from->name->dynamic || !from->name->part_count) return NULL;
    struct str called = from->alias.text.n ? from->alias.text : from->name->parts[from->name->part_count - 1].text;
    return str_ieq(called, name) ? from->name : NULL;
}

/* Bytes of the table as the scan of this definition has them; -1 when not known. A name of WITH is none of its tables. */
static int64_t bytes_of(const struct look *look, const char *name) {
    const struct scan *scan = &look->subject->scan;
    for (size_t i = 0; i < scan->part_count; i++) {
        if (scan->parts[i].known && str_ieq(str_of(scan->parts[i].dataset), str_of(name))) return (int64_t)scan->parts[i].all;
    }
    return -1;
}

static void broadcast_query(struct look *look, const struct sql_query *query) {
    struct hint hints[HINTS_MAX];
    if (query->body != BODY_SELECT || !query->select || !query->select->hint.n) return;
    size_t n = hints_read(query->select->hint, hints);
    for (size_t i = 0; i < n; i++) {
        if (!str_iis(hints[i].name, "broadcast") && !str_iis(hints[i].name, "broadcastjoin") && !str_iis(hints[i].name, "mapjoin")) continue;
        struct str rest = hints[i].arguments, one;
        while (str_split(&rest, ',', &one)) {
            const struct sql_name *table = table_called(query->select->from, str_trim(one));
            const char *name = table ? sql_name_text(look->arena, table) : NULL;
            int64_t bytes = name ? bytes_of(look, name) : -1;
            if (bytes < JOIN_MAX) continue;
            char size[32];
            text_bytes((double)bytes, size, sizeof size);
            struct finding *f = look_finding(look, RULE_SPARK_BROADCAST, name, query->range);
            f->dataset = name;
            f->text = arena_printf(look->arena, "%s broadcasts %s (%s): every machine gets a whole copy, and Spark ends the query above 8 GB.",
                                   f->subject, name, size);
            f->next_step = "broadcast the small side, or leave the join to the engine";
            look_say(look, f);
        }
    }
}

/* The rows come out as they go in: nothing says that there are fewer. */
static bool is_whole(const struct sql_query *q) {
    const struct sql_select *s = q->select;
    return !s->group && s->distinct != DISTINCT_ROWS && !q->limit && !s->top && s->from;
}

static void single_query(struct look *look, const struct sql_query *query) {
    struct hint hints[HINTS_MAX];
    if (query->body != BODY_SELECT || !query->select || !query->select->hint.n || !is_whole(query)) return;
    double most = -1;
    const char *name = NULL;
    for (size_t i = 0; i < look->subject->scan.part_count; i++) {
        const struct scan_part *p = &look->subject->scan.parts[i];
        if (p->known && p->low > most) most = p->low, name = p->dataset;
    }
    size_t n = hints_read(query->select->hint, hints);
    for (size_t i = 0; i < n && most >= (double)SINGLE_MAX; i++) {
        bool one = str_is(hints[i].arguments, "1") && (str_iis(hints[i].name, "coalesce") || str_iis(hints[i].name, "repartition"));
        if (!one) continue;
        char size[32];
        text_bytes(most, size, sizeof size);
        struct finding *f = look_finding(look, RULE_SPARK_SINGLE, name, query->range);
        f->dataset = name;
        f->text = arena_printf(look->arena, "%.*s(1) puts %s (%s) through one task, while the rest of the cluster waits.", STR_ARG(hints[i].name),
                               name, size);
        f->next_step = "leave the number of files to the engine, or compact the table afterwards";
        look_say(look, f);
        return;
    }
}

const struct look_rule hint_looks[] = {
    {.rule = RULE_SPARK_BROADCAST, .query = broadcast_query},
    {.rule = RULE_SPARK_SINGLE, .query = single_query},
    LOOKS_END,
};
