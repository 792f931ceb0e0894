/* check_duplicate.c - what exists already: the same, a source to derive it from, a part worth sharing, something alike.
 *
 * One finding per new definition, the strongest; proofs come from prove.h and have passed its refuter. */
#include "check.h"

#include "entry.h"
#include "feature.h"
#include "prove.h"
#include "schema.h"
#include "sql_parse.h"
#include "sql_print.h"
#include "sql_walk.h"
#include "together.h"
#include "upstream.h"

#include <math.h>
#include <stdlib.h>

#define PROOFS_MAX     16  /* relations looked at for one definition */
#define NAMES_MAX      400 /* tables of the schema that a definition and its candidates are bound with */
#define OTHERS_MAX     3   /* further equal definitions that are named */
#define DIFFERENCE_MAX 80  /* a difference that is no longer stands in the sentence */

/* A candidate with what was found out about it. */
struct match {
    struct candidate candidate;
    const struct relation *relation;
    bool is_here;     /* of the change itself */
    const char *more; /* the others that the relation is with as well: " and gold.b", ", gold.b and gold.c"; NULL: none */
};

struct matching {
    struct arena *arena;
    const struct check_input *in;
    const struct subject *subject;
    VEC(struct candidate) candidates;
    size_t own; /* the first of them that are of the change itself */
    struct schema *schema;
    struct views *views;
    struct entry entry; /* the subject, bound with that schema */
};

static bool kind_speaks(enum definition_kind kind) { return kind != DEF_TEMP && kind != DEF_EPHEMERAL; }

static bool dataset_same(const struct entry *a, const struct entry *b) {
    return a->dataset && b->dataset && str_ieq(str_of(a->dataset), str_of(b->dataset));
}

/* One statement of a program, run for several values of a loop. */
static bool same_statement(const struct entry *a, const struct entry *b) {
    bool code = a->artefact == ARTEFACT_PYTHON || a->artefact == ARTEFACT_NOTEBOOK;
    return code && a->artefact == b->artefact && a->line == b->line && a->cell == b->cell && strcmp(a->path, b->path) == 0 &&
           strcmp(a->repo, b->repo) == 0;
}

static void own_add(struct matching *m) {
    if (m->in->whole) return; /* the catalog has them */
    for (size_t i = 0; i < m->in->subject_count; i++) {
        const struct subject *other = &m->in->subjects[i];
        if (other == m->subject || !kind_speaks(other->entry.kind) || dataset_same(&other->entry, &m->entry)) continue;
        if (same_statement(&other->entry, &m->entry)) continue;
        if (other->changed && other > m->subject) continue; /* of two new ones, the later one is the repetition */
        struct candidate c = {.entry = other->entry, .why = CANDIDATE_SIMILAR};
        if (m->entry.features && other->entry.features) c.score = features_similarity(m->entry.features, other->entry.features);
        if (hash128_eq(other->entry.identity, m->entry.identity)) c.why = CANDIDATE_IDENTITY;
        if (c.why == CANDIDATE_IDENTITY || c.score >= 0.3) *vec_add(m->arena, &m->candidates) = c;
    }
    m->own = m->candidates.n;
}

/* Of this tree, and after the subject in the order of paths and lines. */
static bool is_later(const struct matching *m, const struct entry *e) {
    if (strcmp(e->repo, m->in->repo) != 0) return false;
    int path = strcmp(e->path, m->entry.path);
    return path > 0 || (path == 0 && e->line >= m->entry.line);
}

static int candidate_order(const void *left, const void *right) {
    const struct candidate *a = left, *b = right;
    if (a->why != b->why) return a->why < b->why ? -1 : 1;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return strcmp(a->entry.uid, b->entry.uid);
}

static const struct err *candidates_collect(struct matching *m) {
    struct candidates_skip skip = {.repo = m->in->repo};
    if (m->in->skip) skip = *m->in->skip;
    skip.uid = m->entry.uid;
    own_add(m);
    for (size_t i = 0; i < m->in->catalog_count; i++) {
        struct candidate *found;
        size_t count;
        TRY(candidates_find(m->arena, m->in->catalogs[i], &m->entry, &skip, &found, &count));
        for (size_t k = 0; k < count; k++) {
            if ((m->in->whole && is_later(m, &found[k].entry)) || same_statement(&found[k].entry, &m->entry)) continue;
            if (kind_speaks(found[k].entry.kind)) *vec_add(m->arena, &m->candidates) = found[k];
        }
    }
    if (m->candidates.n) qsort(m->candidates.at, m->candidates.n, sizeof *m->candidates.at, candidate_order);
    if (m->candidates.n > PROOFS_MAX) m->candidates.n = PROOFS_MAX;
    return NULL;
}

static void names_add(struct text_list *names, struct arena *arena, const struct entry *e) {
    for (size_t i = 0; i < e->read_count && names->n < NAMES_MAX; i++) {
        if (!text_list_has(names, e->reads[i])) text_list_add(arena, names, e->reads[i]);
    }
}

/* Both sides of every proof are bound with one schema: that of all tables either of them reads; the candidates when their turn comes. */
static const struct err *all_bind(struct matching *m) {
    struct text_list names = {0};
    names_add(&names, m->arena, &m->entry);
    for (size_t i = 0; i < m->candidates.n; i++) names_add(&names, m->arena, &m->candidates.at[i].entry);
    TRY(catalog_views(m->arena, m->in->catalogs, m->in->catalog_count, m->in->head, names.at, names.n, &m->views));
    size_t name_count;
    const char *const *all = views_names(m->views, &name_count);
    TRY(catalog_schema(m->arena, m->in->catalogs, m->in->catalog_count, m->in->head, all, name_count, &m->schema));
    entry_bind(m->arena, &m->entry, m->schema, m->views);
    return NULL;
}

static bool has_feature(const struct entry *e, enum feature_kind kind) {
    for (size_t i = 0; e->features && i < e->features->n; i++) {
        if (e->features->at[i].kind == kind) return true;
    }
    return false;
}

/* A projection of one table, renamed or not, joins and computes nothing: only an equal one is worth a word. */
static bool is_plain(const struct entry *e) {
    return e->state != ENTRY_TEXT && !has_feature(e, FEATURE_JOIN_EDGE) && !has_feature(e, FEATURE_GROUP_KEY) && !has_feature(e, FEATURE_AGGREGATE);
}

/* Stored under a name that others may read? */
static bool is_readable(const struct entry *e) { return entry_is_whole(e) && kind_speaks(e->kind); }

/* Others depend on it: a table, a view, a dashboard, a scheduled query; not somebody's cell. */
static bool is_lasting(const struct entry *e) {
    return is_readable(e) || e->artefact == ARTEFACT_DASHBOARD || e->schedule.cron || e->schedule.every_seconds > 0;
}

/* It stores what a view that it reads computes: that is use, not repetition. */
static bool stores_view(const struct matching *m, const struct entry *e) {
    if (!e->dataset || definition_kind_stored(e->kind) || !definition_kind_stored(m->entry.kind)) return false;
    for (size_t i = 0; i < m->entry.read_count; i++) {
        if (str_ieq(str_of(m->entry.reads[i]), str_of(e->dataset))) return true;
    }
    return false;
}

/* display(df) beside df.write, or twice: the rows are computed for the table, and looked at. */
static bool shows_own(const struct matching *m, const struct match *match) {
    const struct entry *a = &m->entry, *b = &match->candidate.entry;
    bool code = a->artefact == ARTEFACT_NOTEBOOK || a->artefact == ARTEFACT_PYTHON;
    bool shown = (a->kind == DEF_QUERY && !a->dataset) || (b->kind == DEF_QUERY && !b->dataset);
    return code && shown && match->relation->kind == RELATION_IDENTICAL && strcmp(a->repo, b->repo) == 0 && strcmp(a->path, b->path) == 0 && a->sql &&
           b->sql && strcmp(a->sql, b->sql) == 0;
}

static bool allowed(const struct matching *m, const struct match *match) {
    const struct entry *e = &match->candidate.entry;
    if (stores_view(m, e) || shows_own(m, match)) return false;
    switch (match->relation->kind) {
    case RELATION_IDENTICAL:
        return is_lasting(e) && !dataset_same(e, &m->entry);
    case RELATION_DERIVABLE: /* a view that only filters saves nothing */
        return is_readable(e) && !dataset_same(e, &m->entry) && (definition_kind_stored(e->kind) || !is_plain(e));
    case RELATION_GENERALIZES:
        return is_readable(&m->entry) && is_lasting(e) && !dataset_same(e, &m->entry);
    case RELATION_SHARES:
    case RELATION_SIMILAR:
        return is_lasting(e) && !dataset_same(e, &m->entry);
    default:
        return false;
    }
}

/* SELECT count(*) FROM t in a cell: a look at the data, not a product. */
static bool is_glance(const struct entry *e) {
    if (!e->read_count) return true;
    return (e->kind == DEF_QUERY || e->partial) && e->artefact != ARTEFACT_DASHBOARD && !has_feature(e, FEATURE_JOIN_EDGE) &&
           !has_feature(e, FEATURE_GROUP_KEY);
}

/* CREATE TABLE .. AS SELECT .. WHERE 1 = 0, or a test that finds nothing while its keys hold: all of them are equal, and it says nothing. */
static bool is_empty(struct arena *arena, const struct entry *e) {
    if (e->state != ENTRY_PLANNED || !e->plan) return false;
    const struct normal *pure = normal_make(arena, e->plan, NORMAL_PURE), *declared = normal_make(arena, e->plan, NORMAL_DECLARED);
    return (pure->root && pure->root->empty) || (declared->root && declared->root->empty);
}

/* How much of the work the twin has done already: joins, groups, aggregates. At most 60. */
static double work_done(const struct entry *e) {
    double work = 0;
    for (size_t i = 0; e->features && i < e->features->n; i++) {
        enum feature_kind kind = e->features->at[i].kind;
        if (kind == FEATURE_JOIN_EDGE || kind == FEATURE_AGGREGATE) work += 6;
        else if (kind == FEATURE_GROUP_KEY || kind == FEATURE_TABLE) work += 3;
    }
    return work < 60 ? work : 60;
}

/* How much is said: strength of the relation, then what is stored and on the main branch. */
static double match_rank(const struct match *match) {
    static const double strength[] = {[RELATION_IDENTICAL] = 500, [RELATION_DERIVABLE] = 400, [RELATION_GENERALIZES] = 200,
                                      [RELATION_SHARES] = 300,    [RELATION_SIMILAR] = 100,   [RELATION_UNRELATED] = 0};
    const struct entry *e = &match->candidate.entry;
    double rank = strength[match->relation->kind] + match->relation->score * 10;
    if (match->relation->kind == RELATION_DERIVABLE) rank += work_done(e) + (definition_kind_stored(e->kind) ? 15 : 0);
    enum tier tier = match->relation->tier;
    if (match->relation->kind == RELATION_SIMILAR && (tier == TIER_L1 || tier == TIER_L2 || tier == TIER_L3))
        rank += 250; /* all but equal: more than a part */
    if (e->dataset && definition_kind_stored(e->kind)) rank += 5;
    if (strcmp(e->scope ? e->scope : "", "main") == 0) rank += 2;
    return rank;
}

static struct relation *same_text(struct arena *arena) {
    struct relation *r = arena_new(arena, struct relation);
    *r = (struct relation){
        .kind = RELATION_SIMILAR, .tier = TIER_L3, .score = 1, .reason = "the two texts are equal, but not understood well enough for a proof"};
    return r;
}

static const struct relation *relation_plain(struct matching *m, struct entry *e) {
    if (!m->entry.plan || !e->plan) return hash128_eq(m->entry.exact, e->exact) && (e->exact.hi || e->exact.lo) ? same_text(m->arena) : NULL;
    struct prove_options options = {.b_name = e->dataset, .refute = m->in->refute};
    return relation_find(m->arena, m->entry.plan, e->plan, &options);
}

/* ${env}.orders, {{ db }}.orders, @schema.orders: which table that is, only the run knows. The view of a bare name, only its pipeline. */
static const char *open_name(const struct matching *m) {
    const struct entry *e = &m->entry;
    for (size_t i = 0; i < e->read_count; i++) {
        if (strpbrk(e->reads[i], "${}@&:") || views_several(m->views, e->reads[i])) return e->reads[i];
    }
    return NULL;
}

/* A proof over a name that is open until run time rests on that name meaning the same in both: so it is none. */
static const struct relation *relation_weakened(struct arena *arena, const struct relation *r, const char *name) {
    struct relation *weak = arena_new(arena, struct relation);
    *weak = (struct relation){.kind = RELATION_SIMILAR,
                              .tier = TIER_L3,
                              .score = r->kind == RELATION_IDENTICAL ? 1 : 0.9,
                              .reason = arena_printf(arena, "equal only if %s is the same table in both", name)};
    return weak;
}

static const struct relation *relation_to(struct matching *m, struct entry *e) {
    const struct relation *r = relation_plain(m, e);
    const char *name = open_name(m);
    if (!r || !name || r->kind >= RELATION_SIMILAR) return r;
    return r->kind == RELATION_IDENTICAL || r->kind == RELATION_DERIVABLE ? relation_weakened(m->arena, r, name) : NULL;
}
/* ---- what is said ---- */

static const char *tier_text(const struct relation *r) {
    const char *name = tier_name(r->tier);
    return *name ? name : NULL;
}

static void lines_take(struct arena *arena, struct text_list *list, const char *const *lines, size_t count) {
    for (size_t i = 0; i < count; i++) text_list_add(arena, list, lines[i]);
}

static const char *where_text(struct arena *arena, const struct matching *m, const struct entry *e) {
    if (e->scope && strncmp(e->scope, "pr:", 3) == 0) return arena_printf(arena, " of the open pull request #%s", e->scope + 3);
    if (e->repo && m->in->repo && strcmp(e->repo, m->in->repo) != 0) return arena_printf(arena, " in %s", e->repo);
    return "";
}

/* " (11 readers, refreshed daily at 05:00)": why it may be relied on. */
static const char *life_text(struct arena *arena, const struct twin *t) {
    if (!t->dataset) return "";
    const char *readers = t->readers > 0 ? arena_printf(arena, "%lld reader%s", (long long)t->readers, t->readers == 1 ? "" : "s") : "";
    const char *refresh = t->refresh ? arena_printf(arena, "%srefreshed %s", *readers ? ", " : "", t->refresh) : "";
    return *readers || *refresh ? arena_printf(arena, " (%s%s)", readers, refresh) : "";
}

/* What differs, when it can be said in a few words. */
static const char *differing(struct arena *arena, const struct finding *f) {
    size_t n = f->differences.n;
    bool plain = n == 1 && strlen(f->differences.at[0]) <= DIFFERENCE_MAX;
    if (plain) return arena_printf(arena, ": %s", f->differences.at[0]);
    return n ? arena_printf(arena, ", with %zu difference%s", n, n == 1 ? "" : "s") : "; not proved equal";
}

static const char *sentence(struct arena *arena, const struct matching *m, const struct match *match, const struct finding *f) {
    const char *twin = f->twin.name, *where = where_text(arena, m, &match->candidate.entry);
    switch (f->rule) {
    case RULE_IDENTICAL:
        return arena_printf(arena, "%s %s %s%s%s.", f->subject, f->proved ? "gives the same rows as" : "is the same query as", twin, where,
                            life_text(arena, &f->twin));
    case RULE_DERIVABLE:
        if (match->more) return arena_printf(arena, "%s can be computed from %s%s%s together.", f->subject, twin, where, match->more);
        return arena_printf(arena, "%s can be computed from %s%s%s.", f->subject, twin, where, life_text(arena, &f->twin));
    case RULE_GENERALIZES:
        return arena_printf(arena, "%s%s could be computed from %s.", twin, where, f->subject);
    case RULE_SHARES:
        if (match->more) return arena_printf(arena, "%s computes a part that %s%s%s compute too.", f->subject, twin, where, match->more);
        return arena_printf(arena, "%s computes a part that %s%s computes too.", f->subject, twin, where);
    case RULE_PARAMETERIZE:
        if (match->relation->instance)
            return arena_printf(arena, "%s is %s%s over another instance of its sources (%s).", f->subject, twin, where, match->relation->instance);
        return arena_printf(arena, "%s is %s%s with other literals.", f->subject, twin, where);
    default:
        if (match->relation->tier == TIER_L3 && !fill_same(m->entry.fill, match->candidate.entry.fill) && f->differences.n)
            return arena_printf(arena, "%s has the query of %s%s, but is not filled as it is: %s.", f->subject, twin, where, f->differences.at[0]);
        if (match->relation->tier == TIER_L1 || match->relation->tier == TIER_L3)
            return arena_printf(arena, "%s is the same as %s%s but for what cannot be proved.", f->subject, twin, where);
        return arena_printf(arena, "%s is much like %s%s%s.", f->subject, twin, where, differing(arena, f));
    }
}

static const char *next_step(struct arena *arena, const struct match *match, const struct finding *f) {
    const struct entry *e = &match->candidate.entry;
    switch (f->rule) {
    case RULE_IDENTICAL:
        if (is_readable(e)) return arena_printf(arena, "read %s instead", e->dataset);
        return "keep one of the two, as a table or view that both read";
    case RULE_DERIVABLE:
        return arena_printf(arena, "read %s%s instead, with the rewrite", e->dataset, match->more ? match->more : "");
    case RULE_GENERALIZES:
        return arena_printf(arena, "let %s read this one", f->twin.name);
    case RULE_SHARES:
        return "store the common part once";
    case RULE_PARAMETERIZE:
        if (match->relation->instance) return "make the instance a parameter, or a column of one definition over all of them";
        return "make the literal a parameter or a column of one definition";
    default:
        return "compare the two with its owner; keep one if the differences are not meant";
    }
}

/* Equal but for the order of columns: derivable in the strict sense, and for people the same. */
static bool is_reordered(const struct matching *m, const struct match *match) {
    const struct entry *a = &m->entry, *b = &match->candidate.entry;
    return match->relation->kind == RELATION_DERIVABLE && a->state == ENTRY_PLANNED && b->state == ENTRY_PLANNED &&
           hash128_eq(a->identity, b->identity);
}

static enum rule rule_of(const struct matching *m, const struct match *match) {
    const struct relation *r = match->relation;
    switch (r->kind) {
    case RELATION_IDENTICAL:
        return RULE_IDENTICAL;
    case RELATION_DERIVABLE:
        return is_reordered(m, match) ? RULE_IDENTICAL : RULE_DERIVABLE;
    case RELATION_GENERALIZES:
        return RULE_GENERALIZES;
    case RELATION_SHARES:
        return RULE_SHARES;
    default:
        return r->tier == TIER_L2 ? RULE_PARAMETERIZE : RULE_SIMILAR;
    }
}

/* A whole .sql file or statement can be replaced as it stands; anything else only by hand. */
static void suggest(struct matching *m, struct finding *f) {
    const struct definition *d = m->subject->definition;
    const struct range *q = &d->query_range;
    bool whole_lines = q->line > 0 && q->end_line >= q->line && q->column == 1;
    if (!f->rewrite || !whole_lines || (d->artefact != ARTEFACT_SQL && d->artefact != ARTEFACT_DBT_MODEL)) return;
    if (f->assumes.n || d->artefact == ARTEFACT_DBT_MODEL) return; /* a model reads by ref(): the rewrite is shown, not committed */
    f->suggestion = (struct suggestion){q->line, q->end_column == 1 && q->end_line > q->line ? q->end_line - 1 : q->end_line, f->rewrite};
}

static const struct err *twin_fill(struct matching *m, struct finding *f) {
    for (size_t i = 0; f->twin.dataset && i < m->in->catalog_count; i++) {
        struct dataset *d;
        TRY(catalog_dataset(m->arena, m->in->catalogs[i], f->twin.dataset, &d));
        if (!d) continue;
        if (d->owner) f->twin.owner = d->owner;
        if (f->twin.readers < 0) f->twin.readers = d->readers;
        if (!f->twin.refresh) f->twin.refresh = d->refresh;
    }
    return NULL;
}

/* Of what it reads now, what the rewrite still reads at most: the whole of the dataset it is computed from. 1 when that size is not known. */
static double rest_share(struct matching *m, const struct finding *f) {
    const struct scan *scan = &m->subject->scan;
    double bytes = -1;
    for (size_t i = 0; f->twin.dataset && bytes < 0 && i < m->in->catalog_count; i++) {
        struct dataset *d = NULL;
        if (!catalog_dataset(m->arena, m->in->catalogs[i], f->twin.dataset, &d) && d && d->bytes >= 0) bytes = (double)d->bytes;
    }
    return bytes >= 0 && scan->low > 0 ? fmin(1, bytes / scan->low) : 1;
}

static void saving_fill(struct matching *m, struct finding *f) {
    const struct cost *cost = &m->subject->cost;
    if (f->rule != RULE_IDENTICAL && f->rule != RULE_DERIVABLE) return;
    f->cost = *cost;
    if (!cost->known || strcmp(cost->period, "month") != 0) return;
    f->saving = *cost;
    double rest = f->rule == RULE_DERIVABLE ? rest_share(m, f) : 0;
    f->saving.low *= 1 - rest;
    if (rest >= 1)
        text_list_printf(m->arena, &f->saving.assumptions, "at most what it costs: what reading %s instead costs is not known",
                         f->dataset ? f->dataset : "it");
    else if (rest > 0)
        text_list_printf(m->arena, &f->saving.assumptions, "from it is taken what reading %s instead costs, by its size",
                         f->dataset ? f->dataset : "it");
}

/* The same query may still give other rows (ties of a LIMIT, rand()): then its text is equal and nothing is proved. */
static bool is_proof(const struct matching *m, const struct match *match) {
    bool whole = match->relation->kind == RELATION_IDENTICAL || match->relation->kind == RELATION_DERIVABLE;
    return !whole || (m->entry.state == ENTRY_PLANNED && match->candidate.entry.state == ENTRY_PLANNED);
}

static const struct err *match_say(struct matching *m, const struct match *match, struct findings *out) {
    const struct relation *r = match->relation;
    struct twin twin = check_twin(m->arena, &match->candidate.entry);
    struct finding *f = check_finding(m->arena, m->in, rule_of(m, match), m->subject, twin.name);
    f->twin = twin;
    f->twin.refresh = fires_of(m->arena, &match->candidate.entry.schedule, m->in->now).known
                          ? fires_of(m->arena, &match->candidate.entry.schedule, m->in->now).text
                          : NULL;
    f->dataset = twin.dataset;
    f->relation = f->rule == RULE_IDENTICAL ? rule_info(f->rule)->id : relation_kind_name(r->kind);
    f->tier = tier_text(r);
    f->score = r->score;
    f->proved = rule_info(f->rule)->proof && is_proof(m, match);
    f->rewrite = r->rewrite;
    lines_take(m->arena, &f->proof, r->proof, r->n_proof);
    lines_take(m->arena, &f->assumes, r->assumes, r->n_assumes);
    lines_take(m->arena, &f->differences, r->differences, r->n_differences);
    if (r->reason) text_list_add(m->arena, &f->notes, r->reason);
    TRY(twin_fill(m, f));
    f->text = sentence(m->arena, m, match, f);
    f->next_step = next_step(m->arena, match, f);
    saving_fill(m, f);
    suggest(m, f);
    check_say(m->arena, m->in, out, f);
    return NULL;
}

/* A join, or groups of which something is computed; not a filter or a total of one table, of which all look alike. */
static bool is_worked_on(const struct entry *e) {
    return has_feature(e, FEATURE_JOIN_EDGE) || (has_feature(e, FEATURE_GROUP_KEY) && has_feature(e, FEATURE_AGGREGATE));
}

static bool is_loud_enough(const struct matching *m, const struct match *match) {
    const struct relation *r = match->relation;
    if (r->kind != RELATION_SIMILAR) return true;
    if (r->tier == TIER_L4 || r->tier == TIER_NONE) return r->score >= m->in->settings->similar_min_score && is_worked_on(&m->entry);
    return true;
}

struct reading_of {
    struct arena *arena;
    struct text_list names;
};

static bool table_take(void *ctx, struct sql_from *from) {
    struct reading_of *r = ctx;
    bool named = from->kind == FROM_TABLE && from->name && !from->name->dynamic;
    if (named) text_list_add(r->arena, &r->names, sql_name_text(r->arena, from->name));
    return true;
}

/* A rewrite that reads the stored table alone is worth it; one that still reads others must leave out a table that is read now, and save a join or
 * groups: a maximum looked up, some of the reads of one table, or one read under another name change nothing that anybody pays for. */
static bool saves_work(const struct matching *m, const struct match *match) {
    const struct relation *r = match->relation;
    const struct sql_query *rewrite =
        r->kind == RELATION_DERIVABLE && r->rewrite && m->entry.query ? sql_parse_query(m->arena, str_of(r->rewrite), m->entry.dialect, NULL) : NULL;
    if (!rewrite) return true;
    struct reading_of left = {.arena = m->arena};
    struct reading_of now = {.arena = m->arena};
    sql_walk_query(&(struct sql_visitor){.ctx = &left, .from = table_take}, (struct sql_query *)(uintptr_t)rewrite);
    sql_walk_query(&(struct sql_visitor){.ctx = &now, .from = table_take}, (struct sql_query *)(uintptr_t)m->entry.query);
    if (left.names.n > 1 && left.names.n >= now.names.n && !has_feature(&match->candidate.entry, FEATURE_GROUP_KEY)) return false;
    for (size_t i = 0; i < m->entry.read_count && left.names.n > 1; i++) {
        bool still = false;
        for (size_t k = 0; k < left.names.n; k++) still |= dataset_fits(m->entry.reads[i], left.names.at[k]);
        if (!still) return true;
    }
    return left.names.n <= 1;
}

/* ---- several of them at once ---- */

struct several {
    const struct entry *entries[PROOFS_MAX];
    const struct match *matches[PROOFS_MAX];
    size_t n;
};

static void several_add(struct several *s, const struct match *match) {
    s->entries[s->n] = &match->candidate.entry;
    s->matches[s->n++] = match;
}

/* ", gold.b, gold.c and 3 more" of those in `others`. */
static const char *names_text(struct arena *arena, const struct several *s, const size_t *others, size_t n) {
    struct buf text = buf_new(arena);
    size_t shown = n <= OTHERS_MAX ? n : OTHERS_MAX - 1;
    for (size_t i = 0; i < shown; i++) buf_printf(&text, "%s%s", i + 1 == n ? " and " : ", ", check_twin(arena, s->entries[others[i]]).name);
    if (shown < n) buf_printf(&text, " and %zu more", n - shown);
    return buf_str(&text);
}

/* The subject from two or more stored results that each hold a part of it. */
static void derive_together(struct matching *m, const struct match *seen, size_t n, struct match *best) {
    struct several stored = {.n = 0};
    bool used[PROOFS_MAX] = {false};
    size_t others[PROOFS_MAX], count = 0, first = PROOFS_MAX;
    if (best->relation && best->relation->kind <= RELATION_DERIVABLE) return;
    for (size_t i = 0; i < n && stored.n < PROVE_STORED_MAX; i++) {
        const struct entry *e = &seen[i].candidate.entry;
        bool worth =
            is_readable(e) && definition_kind_stored(e->kind) && !is_plain(e) && e->plan && !dataset_same(e, &m->entry) && !stores_view(m, e);
        for (size_t k = 0; k < stored.n && worth; k++) worth = !dataset_same(e, stored.entries[k]);
        if (worth) several_add(&stored, &seen[i]);
    }
    const struct relation *r = open_name(m) ? NULL : together_derive(m->arena, &m->entry, stored.entries, stored.n, m->in->refute, used);
    if (!r) return;
    for (size_t i = 0; i < stored.n; i++) {
        if (used[i] && first < PROOFS_MAX) others[count++] = i;
        if (used[i] && first == PROOFS_MAX) first = i;
    }
    *best = *stored.matches[first];
    best->relation = r;
    best->more = names_text(m->arena, &stored, others, count);
}

/* The part that most of them have in common, instead of the one that the subject shares with one other. */
static void share_together(struct matching *m, const struct match *seen, size_t n, struct match *best) {
    struct several sharing = {.n = 0};
    size_t others[PROOFS_MAX], count = 0, first = PROOFS_MAX;
    if (!best->relation || best->relation->kind != RELATION_SHARES) return;
    for (size_t i = 0; i < n && sharing.n < TOGETHER_MAX; i++)
        if (seen[i].relation && seen[i].relation->kind == RELATION_SHARES && seen[i].candidate.entry.plan && allowed(m, &seen[i]))
            several_add(&sharing, &seen[i]);
    const struct shared_group *g = together_share(m->arena, &m->entry, sharing.entries, sharing.n);
    if (!g) return;
    for (size_t i = 1; i < g->n_members; i++) {
        size_t at = g->members[i] - 1;
        if (strcmp(sharing.entries[at]->uid, best->candidate.entry.uid) == 0) first = at;
    }
    for (size_t i = 1; i < g->n_members; i++) {
        size_t at = g->members[i] - 1;
        if (first == PROOFS_MAX) first = at;
        else if (at != first) others[count++] = at;
    }
    struct relation *r = arena_new(m->arena, struct relation);
    const char **proof = arena_array(m->arena, 1, sizeof *proof);
    *best = *sharing.matches[first];
    *r = *best->relation;
    proof[0] = arena_printf(m->arena, "all %zu contain %s%s", g->n_members, g->part->words, g->part->n_conjuncts ? " under the same conditions" : "");
    r->proof = proof;
    r->n_proof = 1;
    r->rewrite = g->part->sql;
    best->relation = r;
    best->more = names_text(m->arena, &sharing, others, count);
}

static const struct err *subject_check(struct arena *arena, const struct check_input *in, struct subject *subject, struct findings *out) {
    struct matching m = {.arena = arena, .in = in, .subject = subject, .entry = subject->entry};
    struct match best = {0};
    bool plain = is_plain(&m.entry);
    TRY(candidates_collect(&m));
    if (!m.candidates.n || is_empty(arena, &m.entry)) return NULL;
    TRY(all_bind(&m));
    struct text_list others = {0};
    struct match *seen = arena_array(arena, m.candidates.n + 1, sizeof *seen);
    size_t n_seen = 0;
    for (size_t i = 0; i < m.candidates.n; i++) {
        struct match match = {.candidate = m.candidates.at[i]};
        bool settled = best.relation && best.relation->kind == RELATION_IDENTICAL;
        if (settled && match.candidate.why != CANDIDATE_IDENTITY) break; /* nothing says more */
        entry_bind(arena, &match.candidate.entry, m.schema, m.views);
        match.relation = relation_to(&m, &match.candidate.entry);
        seen[n_seen++] = match;
        if (!match.relation || !allowed(&m, &match) || !is_loud_enough(&m, &match) || !saves_work(&m, &match)) continue;
        if (plain && match.relation->kind != RELATION_IDENTICAL) continue;
        if (match.relation->kind == RELATION_IDENTICAL && is_empty(arena, &match.candidate.entry)) continue;
        if (match.relation->kind == RELATION_IDENTICAL) text_list_add(arena, &others, check_twin(arena, &match.candidate.entry).name);
        if (!best.relation || match_rank(&match) > match_rank(&best)) best = match;
    }
    if (!plain) derive_together(&m, seen, n_seen, &best);
    if (!plain) share_together(&m, seen, n_seen, &best);
    if (!best.relation) return NULL;
    size_t before = out->n;
    TRY(match_say(&m, &best, out));
    if (out->n == before) return NULL;
    struct finding *said = out->at[out->n - 1];
    for (size_t i = 0; i < others.n && said->notes.n < OTHERS_MAX; i++) {
        if (strcmp(others.at[i], said->twin.name) != 0) text_list_printf(arena, &said->notes, "%s gives the same rows too", others.at[i]);
    }
    subject->reused = said->rule == RULE_IDENTICAL || said->rule == RULE_DERIVABLE;
    return NULL;
}

const struct err *check_duplicate(struct arena *arena, const struct check_input *in, struct findings *out) {
    for (size_t i = 0; i < in->subject_count; i++) {
        struct subject *s = &in->subjects[i];
        if (s->changed && kind_speaks(s->entry.kind) && !is_glance(&s->entry)) TRY(subject_check(arena, in, s, out));
    }
    return NULL;
}
