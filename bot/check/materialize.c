/* materialize.c - from repeated queries to one table that serves as many of them as it can. */
#include "materialize.h"

#include "bind.h"
#include "feature.h"
#include "sql_print.h"
#include "sql_walk.h"
#include "want.h"

#include <ctype.h>
#include <math.h>

#define MATERIALIZE_BYTES 10e9 /* what one run reads, from which on a table pays */
#define SHARE_PER_KEY     0.02 /* of what a table is made of, stored for each key it is grouped by */
#define SHARE_MAX         0.1  /* a table that stores more than that saves too little */
#define STORE_SHARE       0.1  /* of what all these queries read is to be stored by all tables together at most */
#define TABLES_MAX        200  /* tables looked at */
#define PLAIN_MAX         64   /* queries that may share */
#define OPENED_RUNS       30.0 /* a month, of what is opened by people: once a day */

/* One query, and the table that it is told of. */
struct reader {
    bool taken, plain;
    bool served;  /* by a table that others share */
    size_t table; /* index of the first subject of those that share its table */
    struct want own;
    bool has_below;
    struct want below; /* of one table, before its joins */
    double runs;       /* a month */
};

/* One table that may be made. */
struct choice {
    struct want want;
    uint64_t members; /* bits of materialize.plain */
    double bytes;     /* stored */
    bool is_below;    /* its readers do their joins afterwards */
};

struct materialize {
    struct arena *arena;
    const struct check_input *in;
    struct reader *readers; /* by subject */
    size_t plain[PLAIN_MAX], n_plain;
    struct choice *choices;
    size_t n_choices;
    const struct choice **shared; /* by subject: of the first of those that share a table; NULL others */
};

static bool computes(const struct entry *e) {
    for (size_t i = 0; e->features && i < e->features->n; i++) {
        enum feature_kind kind = e->features->at[i].kind;
        if (kind == FEATURE_AGGREGATE || kind == FEATURE_GROUP_KEY) return true;
    }
    return false;
}

static bool is_repeated_query(const struct subject *s) {
    const struct schedule *t = &s->entry.schedule;
    bool code = s->entry.artefact == ARTEFACT_NOTEBOOK || s->entry.artefact == ARTEFACT_PYTHON; /* display() in a job: nobody reads it */
    if (s->entry.dataset || s->entry.kind != DEF_QUERY || code) return false;
    return s->entry.artefact == ARTEFACT_DASHBOARD || t->cron || t->every_seconds > 0;
}

static bool param_found(void *ctx, struct sql_expr *e) {
    *(bool *)ctx |= e->kind == EX_PARAM;
    return true;
}

/* What the reader chooses (:date_range) cannot be computed beforehand. */
static bool has_parameter(const struct entry *e) {
    bool found = false;
    if (e->query) sql_walk_query(&(struct sql_visitor){.ctx = &found, .expr = param_found}, (struct sql_query *)(uintptr_t)e->query);
    return found;
}

static bool is_candidate(const struct subject *s) {
    return s->changed && !s->reused && is_repeated_query(s) && s->scan.known && s->scan.high >= MATERIALIZE_BYTES && computes(&s->entry) &&
           !has_parameter(&s->entry);
}

static bool same_tables(const struct subject *a, const struct subject *b) {
    if (a->entry.read_count != b->entry.read_count) return false;
    for (size_t i = 0; i < a->entry.read_count; i++) {
        if (strcmp(a->entry.reads[i], b->entry.reads[i]) != 0) return false;
    }
    return true;
}

/* "Sales / dataset by_day" -> "sales_by_day". */
static const char *table_name(struct arena *arena, const struct check_input *in, const char *words) {
    struct buf b = buf_new(arena);
    const char *schema = "gold.";
    for (size_t i = 0; i < in->settings->layer_count; i++) {
        const struct layer_rule *layer = &in->settings->layers[i];
        if (strcmp(layer->layer, "gold") == 0 && text_ends(layer->pattern, ".*"))
            schema = str_dup(arena, (struct str){layer->pattern, strlen(layer->pattern) - 1});
    }
    buf_text(&b, strpbrk(schema, "*?") ? "gold." : schema);
    size_t start = b.n;
    for (const char *p = words; *p && b.n < start + 60; p++) {
        if (isalnum((unsigned char)*p)) buf_char(&b, (char)tolower((unsigned char)*p));
        else if (b.n > start && b.p[b.n - 1] != '_') buf_char(&b, '_');
    }
    while (b.n > start && b.p[b.n - 1] == '_') b.p[--b.n] = 0;
    if (b.n == start) buf_text(&b, "new_table");
    return buf_str(&b);
}

static const char *draft_text(struct arena *arena, const char *name, const char *sql, const char *grain) {
    struct buf b = buf_new(arena);
    buf_printf(&b, "CREATE OR REFRESH MATERIALIZED VIEW %s\n", name);
    if (grain && !strchr(grain, '\'')) buf_printf(&b, "COMMENT 'One row per %s.'\n", grain);
    buf_printf(&b, "AS\n%s;\n", sql);
    return buf_str(&b);
}

/* The name that the select list gives to an expression; empty when none. */
static struct str item_name(const struct sql_select *s, const struct sql_expr *e) {
    for (uint32_t i = 0; i < s->item_count; i++) {
        if (s->items[i].alias.text.n && sql_equal_expr(s->items[i].expr, e)) return s->items[i].alias.text;
    }
    return e->kind == EX_NAME ? e->name : (struct str){0};
}

/* What one row stands for, in the names that its reader sees: GROUP BY 1, and a key that is computed, by their column. */
static const char *grain_text(struct arena *arena, const struct entry *e) {
    const struct sql_query *q = e->query;
    if (!q || q->body != BODY_SELECT || !q->select->group || !q->select->group->item_count) return NULL;
    struct buf b = buf_new(arena);
    for (uint32_t i = 0; i < q->select->group->item_count; i++) {
        const struct sql_expr *key = want_key(q->select, q->select->group->items[i]);
        if (!key) return NULL;
        struct str name = item_name(q->select, key);
        if (i) buf_text(&b, ", ");
        if (name.n) buf_slice(&b, name);
        else sql_print_expr(&b, key, e->dialect);
    }
    return buf_str(&b);
}

/* ---- which tables ---- */

/* Bytes that the table would hold: rows and width by the statistics of what it is made of; without them a share for each key, but a join's column may
 * be different in every row: then nothing is known. */
static double bytes_stored(struct materialize *m, const struct want *want, const struct subject *s, bool is_below) {
    double guess = is_below ? INFINITY : s->scan.high * SHARE_PER_KEY * (double)want->n_keys;
    const char *sql = want_sql(m->arena, want, s->entry.dialect);
    struct plan *plan;
    struct schema *schema;
    struct work work;
    if (catalog_schema(m->arena, m->in->catalogs, m->in->catalog_count, m->in->head, s->entry.reads, s->entry.read_count, &schema)) return guess;
    if (plan_from_sql(m->arena, str_of(sql), schema, s->entry.dialect, &plan)) return guess;
    if (work_of_plan(m->arena, m->in->catalogs, m->in->catalog_count, plan, &work) || !work.known) return guess;
    return work.defaults.n ? guess : fmax(work.output_bytes, 1); /* a guess upon guesses would be larger than any */
}

static void choice_add(struct materialize *m, const struct want *want, uint64_t members, bool is_below) {
    const struct subject *s = &m->in->subjects[m->plain[__builtin_ctzll(members)]];
    double bytes = bytes_stored(m, want, s, is_below);
    if (m->n_choices == TABLES_MAX || bytes > SHARE_MAX * s->scan.high) return;
    m->choices[m->n_choices++] = (struct choice){*want, members, bytes, is_below};
}

/* Single queries first, then what they make together, each set once: a set grows by later queries only. */
static void choices_make(struct materialize *m) {
    for (size_t i = 0; i < m->n_plain; i++) {
        const struct reader *r = &m->readers[m->plain[i]];
        choice_add(m, &r->own, (uint64_t)1 << i, false);
        if (r->has_below) choice_add(m, &r->below, (uint64_t)1 << i, true);
    }
    for (size_t c = 0; c < m->n_choices; c++) {
        const struct choice *of = &m->choices[c];
        size_t last = 63 - (size_t)__builtin_clzll(of->members);
        for (size_t i = last + 1; i < m->n_plain; i++) {
            const struct reader *r = &m->readers[m->plain[i]];
            struct want both;
            if (of->is_below && !r->has_below) continue;
            if (want_merge(&of->want, of->is_below ? &r->below : &r->own, &both)) choice_add(m, &both, of->members | (uint64_t)1 << i, of->is_below);
        }
    }
}

/* Share of what a query reads that a table would spare it: below joins only the grouped one's bytes. */
static double share_spared(const struct materialize *m, const struct choice *c, size_t subject) {
    const struct scan *scan = &m->in->subjects[subject].scan;
    const struct sql_name *name = c->want.select->from->name;
    double bytes = 0;
    if (!c->is_below) return 1;
    for (size_t i = 0; i < scan->part_count; i++) {
        const char *dot = strrchr(scan->parts[i].dataset, '.');
        if (str_ieq(str_of(dot ? dot + 1 : scan->parts[i].dataset), name->parts[name->part_count - 1].text)) bytes += scan->parts[i].high;
    }
    return scan->high > 0 ? fmin(1, bytes / scan->high) : 0;
}

/* Bytes a month that need not be read: of all whom it serves but the busiest, whose runs its refresh takes, less reading it. */
static double benefit(const struct materialize *m, const struct choice *c, uint64_t left) {
    double all = 0, most = 0;
    for (size_t i = 0; i < m->n_plain; i++) {
        const struct reader *r = &m->readers[m->plain[i]];
        if (!(c->members & left & ((uint64_t)1 << i))) continue;
        double spared = m->in->subjects[m->plain[i]].scan.high * share_spared(m, c, m->plain[i]) * r->runs;
        all += spared - r->runs * c->bytes;
        most = fmax(most, spared);
    }
    return all - most;
}

static void choice_take(struct materialize *m, const struct choice *c, uint64_t left) {
    size_t first = m->plain[__builtin_ctzll(c->members & left)];
    m->shared[first] = c;
    for (size_t i = 0; i < m->n_plain; i++) {
        struct reader *r = &m->readers[m->plain[i]];
        if (c->members & left & ((uint64_t)1 << i)) r->table = first, r->served = true;
    }
}

/* The one that saves most for each byte it stores, as long as there is room; then the next, for whom it leaves. */
static void choices_take(struct materialize *m) {
    uint64_t left = m->n_plain == 64 ? ~(uint64_t)0 : ((uint64_t)1 << m->n_plain) - 1;
    double room = 0;
    for (size_t i = 0; i < m->in->subject_count; i++) room += m->readers[i].taken ? m->in->subjects[i].scan.high * STORE_SHARE : 0;
    for (;;) {
        const struct choice *best = NULL;
        for (size_t i = 0; i < m->n_choices; i++) {
            const struct choice *c = &m->choices[i];
            double gain = benefit(m, c, left);
            if (gain <= 0 || c->bytes > room || __builtin_popcountll(c->members & left) < 2) continue;
            if (!best || gain / c->bytes > benefit(m, best, left) / best->bytes) best = c;
        }
        if (!best) return;
        choice_take(m, best, left);
        left &= ~best->members;
        room -= best->bytes;
    }
}

static void reader_read(struct materialize *m, size_t at) {
    const struct subject *s = &m->in->subjects[at];
    struct reader *r = &m->readers[at];
    struct fires fires = fires_of(m->arena, &s->entry.schedule, m->in->now);
    r->table = at;
    r->taken = is_candidate(s);
    r->plain = r->taken && want_read(m->arena, s->entry.query, &r->own);
    r->runs = fires.known && fires.per_month > 0 ? fires.per_month : OPENED_RUNS;
    r->has_below = r->plain && want_below(m->arena, &r->own, &r->below);
    if (r->plain && m->n_plain < PLAIN_MAX) m->plain[m->n_plain++] = at;
}

struct materialize *materialize_plan(struct arena *arena, const struct check_input *in) {
    struct materialize *m = arena_new(arena, struct materialize);
    *m = (struct materialize){.arena = arena, .in = in};
    m->readers = arena_array(arena, in->subject_count + 1, sizeof *m->readers);
    m->shared = arena_array(arena, in->subject_count + 1, sizeof *m->shared);
    m->choices = arena_array(arena, TABLES_MAX, sizeof *m->choices);
    for (size_t i = 0; i < in->subject_count; i++) reader_read(m, i);
    choices_make(m);
    choices_take(m);
    for (size_t i = 0; i < in->subject_count; i++) { /* who is left, over the tables of one before it: said there */
        struct reader *r = &m->readers[i];
        for (size_t k = 0; r->taken && !r->served && r->table == i && k < i; k++) {
            if (m->readers[k].taken && m->readers[k].table == k && same_tables(&in->subjects[k], &in->subjects[i])) r->table = k;
        }
    }
    return m;
}

bool materialize_takes(const struct materialize *m, size_t i) { return m->readers[i].taken; }

/* ---- what is said ---- */

static bool is_served(const struct materialize *m, size_t at, size_t i) {
    return m->readers[i].taken && m->readers[i].table == at && (i == at || m->readers[i].served);
}

/* The table is made as often as its busiest reader runs now: the costs of all others fall away. */
static struct cost saving_of(struct materialize *m, size_t at, size_t *others) {
    const struct cost *most = &m->in->subjects[at].cost;
    struct cost sum = cost_unknown("how often these are opened is not known");
    bool known = true;
    for (size_t i = at; i < m->in->subject_count; i++) {
        const struct cost *c = &m->in->subjects[i].cost;
        if (!is_served(m, at, i)) continue;
        *others += i != at;
        known &= c->known && c->period && strcmp(c->period, "month") == 0;
        if (c->high > most->high) most = c;
    }
    if (!known || !*others) return sum;
    bool first = true;
    for (size_t i = at; i < m->in->subject_count; i++) {
        const struct cost *c = &m->in->subjects[i].cost;
        if (c == most || !is_served(m, at, i)) continue;
        struct cost part = *c;
        double share = m->shared[at] ? share_spared(m, m->shared[at], i) : 1;
        part.low *= share, part.high *= share;
        sum = first ? part : cost_add(m->arena, &sum, &part);
        first = false;
    }
    text_list_add(m->arena, &sum.assumptions, "the table is refreshed as often as its busiest reader runs, and costs what that costs now");
    return sum;
}

static void readers_note(struct materialize *m, size_t at, struct finding *f) {
    for (size_t i = at; i < m->in->subject_count; i++) {
        const struct entry *e = &m->in->subjects[i].entry;
        if (!m->readers[i].taken || m->readers[i].table != at) continue;
        struct fires fires = fires_of(m->arena, &e->schedule, m->in->now);
        const struct choice *c = is_served(m, at, i) ? m->shared[at] : NULL;
        const struct want *own = c && c->is_below ? &m->readers[i].below : &m->readers[i].own;
        const char *rest = c ? want_rest(m->arena, &c->want, own, e->dialect) : NULL, *joins = c ? want_joined(m->arena, own, e->dialect) : NULL;
        if (joins) rest = rest ? arena_printf(m->arena, "%s, joined with %s", rest, joins) : arena_printf(m->arena, "it joined with %s", joins);
        if (i == at && !rest && (!fires.known || !m->readers[i].plain)) continue;
        if (is_served(m, at, i))
            text_list_printf(m->arena, &f->notes, "it serves %s (%s)%s%s", e->name, fires.known ? fires.text : "when it is opened",
                             rest ? ", which asks it for " : "", rest ? rest : "");
        else text_list_printf(m->arena, &f->notes, "it could serve %s too: same tables", e->name);
    }
}

/* How often it has to be made, and by whom it is read. */
static void refresh_note(struct materialize *m, size_t at, struct finding *f) {
    struct fires busiest = {.known = false};
    size_t readers = 0;
    for (size_t i = at; i < m->in->subject_count; i++) {
        if (!is_served(m, at, i)) continue;
        struct fires fires = fires_of(m->arena, &m->in->subjects[i].entry.schedule, m->in->now);
        if (fires.known && (!busiest.known || fires.per_month > busiest.per_month)) busiest = fires;
        readers++;
    }
    const char *when = busiest.known ? arena_printf(m->arena, "%s, as often as %s runs now", busiest.text, readers > 1 ? "the busiest of them" : "it")
                                     : "when its sources change: those who open it get what was made last";
    text_list_printf(m->arena, &f->notes, "read by %zu quer%s of the change; to be refreshed %s", readers, readers == 1 ? "y" : "ies", when);
}

/* What its table is named after: the first of its readers; below joins, what it holds. */
static const char *words_of(struct materialize *m, size_t at) {
    const struct choice *c = m->shared[at];
    if (!c || !c->is_below) return m->in->subjects[at].entry.name;
    const struct sql_name *name = c->want.select->from->name;
    return arena_printf(m->arena, "%.*s by %s", STR_ARG(name->parts[name->part_count - 1].text),
                        want_grain(m->arena, &c->want, m->in->subjects[at].entry.dialect));
}

void materialize_say(struct materialize *m, size_t at, struct findings *out) {
    const struct subject *s = &m->in->subjects[at];
    struct arena *arena = m->arena;
    const struct want *w = m->shared[at] ? &m->shared[at]->want : NULL;
    size_t others = 0;
    if (m->readers[at].table != at) return; /* said there */
    char low[32], high[32];
    text_bytes(s->scan.low, low, sizeof low);
    text_bytes(s->scan.high, high, sizeof high);
    struct finding *f = check_finding(arena, m->in, RULE_MATERIALIZE, s, NULL);
    struct fires fires = fires_of(arena, &s->entry.schedule, m->in->now);
    struct cost saving = saving_of(m, at, &others);
    const char *name = table_name(arena, m->in, words_of(m, at)), *grain = w ? want_grain(arena, w, s->entry.dialect) : grain_text(arena, &s->entry);
    const char *when = fires.known ? fires.text : "each time it is opened";
    const char *many =
        others ? arena_printf(arena, ", as %s %zu other quer%s of the change", others == 1 ? "does" : "do", others, others == 1 ? "y" : "ies") : "";
    f->text = arena_printf(arena, "%s reads %s to %s %s%s; a table would do that once for all its readers.", f->subject, low, high, when, many);
    f->next_step = arena_printf(arena, "make %s%s%s%s and read that", name, grain ? ", one row per `" : "", grain ? grain : "", grain ? "`" : "");
    const char *sql = w ? want_sql(arena, w, s->entry.dialect) : s->entry.sql;
    f->draft = sql ? draft_text(arena, name, sql, grain) : NULL;
    f->cost = s->cost;
    f->saving = others ? saving : cost_unknown(fires.known ? "how many read its result is not known" : "how often it is opened is not known");
    refresh_note(m, at, f);
    readers_note(m, at, f);
    check_say(arena, m->in, out, f);
}
