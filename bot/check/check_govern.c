/* check_govern.c - who answers for a dataset, who may see what is in it, and whether anybody tests it. */
#include "look.h"

#include "trace.h"
#include "upstream.h"

#include <stdio.h>
#include <strings.h>

#define NEIGHBOURS_MAX 200
#define NEIGHBOURS_MIN 3

/* A name one can look up: no file, nothing that is only known at run time. */
static bool is_plain(const char *name) { return name && !strpbrk(name, "/${}@&:* "); }

/* What the change itself, then the catalogs know of a dataset. `own` (may be NULL) are the change's facts. */
struct known {
    struct dataset *stored;
    const struct dataset_facts *own;
};

static const struct err *known_of(struct look *look, const char *name, struct known *out) {
    *out = (struct known){0};
    const struct reading *head = look->in->head;
    for (size_t i = 0; head && i < head->facts.n && !(out->own && out->own->column_count); i++) {
        if (dataset_fits(head->facts.at[i].dataset, name)) out->own = &head->facts.at[i];
    }
    for (size_t c = 0; c < look->in->catalog_count && !out->stored; c++) TRY(catalog_dataset(look->arena, look->in->catalogs[c], name, &out->stored));
    return NULL;
}

/* ---- nobody named, nothing said ---- */

static size_t prefix_of(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot ? (size_t)(dot - name) : 0;
}

/* Is it new with this change, as is the one that is looked at? */
static bool is_new(const struct look *look, const char *dataset) {
    for (size_t i = 0; i < look->in->subject_count; i++) {
        const struct subject *s = &look->in->subjects[i];
        if (!s->before && s->entry.dataset && dataset_fits(s->entry.dataset, dataset)) return true;
    }
    return false;
}

/* Do the datasets beside it mostly have an owner or a description? Where nobody writes them, one more without says nothing. */
static const struct err *is_kept_up(struct look *look, const char *name, bool *out) {
    size_t n = prefix_of(name), all = 0, told = 0;
    *out = false;
    if (!n) return NULL;
    const char *prefix = arena_copy(look->arena, name, n + 1);
    for (size_t c = 0; c < look->in->catalog_count; c++) {
        struct entry *found;
        size_t count;
        TRY(catalog_find(look->arena, look->in->catalogs[c], prefix, NEIGHBOURS_MAX, &found, &count));
        for (size_t i = 0; i < count; i++) {
            const struct entry *e = &found[i];
            if (!e->dataset || strncasecmp(e->dataset, prefix, n + 1) != 0 || strchr(e->dataset + n + 1, '.') || dataset_fits(e->dataset, name))
                continue;
            if (!look->in->whole && is_new(look, e->dataset)) continue;
            all++;
            told += e->owner || e->description;
        }
    }
    *out = all >= NEIGHBOURS_MIN && told * 3 >= all * 2;
    return NULL;
}

static bool settings_owner(const struct look *look, const struct entry *e) {
    const struct repo_settings *s = look->in->settings;
    for (size_t i = 0; i < s->owner_count; i++) {
        if (text_glob(s->owners[i].pattern, e->dataset) || (e->path && text_glob(s->owners[i].pattern, e->path))) return true;
    }
    return s->owner_default != NULL;
}

static const struct err *unknown_look(struct look *look) {
    const struct subject *s = look->subject;
    const struct definition *d = s->definition;
    const struct entry *e = &s->entry;
    struct known known;
    bool kept;
    if (s->before || s->reused || d->partial || !definition_kind_stored(d->kind) || !is_plain(e->dataset)) return NULL;
    if (e->owner || e->description || d->owner || d->description || settings_owner(look, e)) return NULL;
    TRY(known_of(look, e->dataset, &known));
    if (known.own && (known.own->owner || known.own->description)) return NULL;
    if (known.stored && (known.stored->owner || known.stored->description)) return NULL;
    TRY(is_kept_up(look, e->dataset, &kept));
    if (!kept) return NULL;
    struct finding *f = look_finding(look, RULE_GOVERN_UNKNOWN, NULL, (struct range){0});
    f->text = arena_printf(look->arena, "%s is new, and has neither owner nor description, as the datasets beside it have.", f->subject);
    f->next_step = "say in a sentence what a row is, and name an owner";
    look_say(look, f);
    return NULL;
}

/* ---- tests ---- */

static const struct err *tests_of(struct look *look, const char *name, int *out) {
    struct known known;
    const struct reading *head = look->in->head;
    *out = 0;
    for (size_t i = 0; head && i < head->facts.n; i++) {
        if (head->facts.at[i].tests > *out && dataset_fits(head->facts.at[i].dataset, name)) *out = head->facts.at[i].tests;
    }
    TRY(known_of(look, name, &known));
    if (known.stored && known.stored->tests > *out) *out = known.stored->tests;
    return NULL;
}

/* Expectations on a view of the same pipeline are tests of what is stored from it. */
static const struct err *is_stored(struct look *look, const char *name, bool *out) {
    const struct reading *head = look->in->head;
    *out = true;
    for (size_t i = 0; head && i < head->definitions.n; i++) {
        const struct definition *d = &head->definitions.at[i];
        if (d->dataset && dataset_fits(d->dataset, name)) return *out = definition_kind_stored(d->kind), NULL;
    }
    for (size_t c = 0; c < look->in->catalog_count; c++) {
        struct entry *fillers;
        size_t count;
        TRY(catalog_fillers(look->arena, look->in->catalogs[c], name, &fillers, &count));
        if (count) return *out = definition_kind_stored(fillers[0].kind), NULL;
    }
    return NULL;
}

static const struct err *untested_look(struct look *look) {
    const struct subject *s = look->subject;
    const struct definition *d = s->definition;
    int own, most = 0;
    const char *tested = NULL;
    bool where = d->artefact == ARTEFACT_DBT_MODEL || d->kind == DEF_MATERIALIZED || d->kind == DEF_STREAMING; /* where tests are written */
    if (s->before || s->reused || !where || !definition_kind_stored(d->kind) || !is_plain(s->entry.dataset)) return NULL;
    TRY(tests_of(look, s->entry.dataset, &own));
    if (own || d->tests) return NULL;
    for (size_t i = 0; i < d->read_count; i++) {
        int tests = 0;
        bool stored = false, dbt = d->artefact == ARTEFACT_DBT_MODEL; /* where views are tested like tables */
        if (is_plain(d->reads[i])) TRY(is_stored(look, d->reads[i], &stored));
        if (is_plain(d->reads[i]) && (stored || dbt)) TRY(tests_of(look, d->reads[i], &tests));
        if (tests > most) most = tests, tested = d->reads[i];
    }
    if (!tested) return NULL;
    struct finding *f = look_finding(look, RULE_GOVERN_UNTESTED, tested, (struct range){0});
    f->dataset = tested;
    f->text = arena_printf(look->arena, "%s is new and has no tests, while %s, which it reads, has %d.", f->subject, tested, most);
    f->next_step = "test what makes a row one of a kind, and what may not be NULL";
    look_say(look, f);
    return NULL;
}

/* ---- personal data ---- */

/* Names that people give to such columns: a weak sign, which only counts beside a class of the whole dataset. */
static bool name_is_personal(const char *name) {
    static const char *const words[] = {"email",    "e_mail",    "phone",      "mobile_number", "first_name", "last_name",
                                        "surname",  "full_name", "birth_date", "date_of_birth", "birthday",   "ssn",
                                        "passport", "iban",      "street",     "address",       "ip_address", "credit_card"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasestr(name, words[i])) return true;
    }
    return false;
}

static const struct column_fact *column_find(const struct column_fact *columns, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (columns[i].name && str_ieq(str_of(columns[i].name), str_of(name))) return &columns[i];
    }
    return NULL;
}

/* What the change says of it, wherever it does: beside the columns, or by a tag. `column` NULL: of the dataset as a whole. */
static const char *own_class(const struct look *look, const char *dataset, const char *column) {
    const struct reading *head = look->in->head;
    for (size_t i = 0; head && i < head->facts.n; i++) {
        const struct dataset_facts *f = &head->facts.at[i];
        if (!dataset_fits(f->dataset, dataset)) continue;
        const struct column_fact *c = column ? column_find(f->columns, f->column_count, column) : NULL;
        const char *class = column ? (c ? c->classification : NULL) : f->classification;
        if (class) return class;
    }
    return NULL;
}

static const struct err *class_of(struct look *look, const char *dataset, const char *column, const char **out) {
    struct known known;
    TRY(known_of(look, dataset, &known));
    const struct column_fact *stored = known.stored ? column_find(known.stored->columns, known.stored->column_count, column) : NULL;
    *out = own_class(look, dataset, column);
    if (!*out && stored) *out = stored->classification;
    if (*out || !name_is_personal(column)) return NULL;
    *out = own_class(look, dataset, NULL);
    if (!*out && known.stored) *out = known.stored->classification;
    return NULL;
}

/* Another schema has other readers; a dashboard has more of them. A temporary or ephemeral thing has none of its own. */
static bool is_wider(const struct entry *e, const char *source) {
    if (e->artefact == ARTEFACT_DASHBOARD) return true;
    if (!e->dataset || !is_plain(e->dataset) || (!definition_kind_stored(e->kind) && e->kind != DEF_VIEW)) return false;
    size_t n = prefix_of(e->dataset), m = prefix_of(source);
    if (!n || !m) return false;
    const char *a = e->dataset + n, *b = source + m;
    while (a > e->dataset && b > source && a[-1] == b[-1] && a[-1] != '.') a--, b--;
    bool a_done = a == e->dataset || a[-1] == '.', b_done = b == source || b[-1] == '.';
    return !(a_done && b_done);
}

static const struct err *personal_look(struct look *look) {
    const struct plan *plan = look->plan;
    const struct entry *e = &look->subject->entry;
    if (!plan || !plan->root || plan->root->n_columns != plan->n_outputs) return NULL;
    for (size_t i = 0; i < plan->n_outputs; i++) {
        const struct plan_column *from = trace_source(plan, plan->root->columns[i]);
        const char *class, *kept = NULL;
        if (!from || !is_plain(from->rel->name) || !is_wider(e, from->rel->name)) continue;
        TRY(class_of(look, from->rel->name, from->name, &class));
        if (class && e->dataset) TRY(class_of(look, e->dataset, plan->names[i], &kept));
        if (!class || kept) continue;
        struct finding *f =
            look_finding(look, RULE_GOVERN_PERSONAL, arena_printf(look->arena, "%s.%s", from->rel->name, from->name), (struct range){0});
        f->dataset = from->rel->name;
        f->text = arena_printf(look->arena, "%s gives %s of %s, which is classified as %s, to other readers as it is, and without that class.",
                               f->subject, from->name, from->rel->name, class);
        f->next_step = "leave it out, hash or mask it, or carry the classification on";
        look_say(look, f);
    }
    return NULL;
}

const struct look_rule govern_looks[] = {
    {.rule = RULE_GOVERN_PERSONAL, .subject = personal_look},
    {.rule = RULE_GOVERN_UNTESTED, .subject = untested_look},
    {.rule = RULE_GOVERN_UNKNOWN, .subject = unknown_look},
    LOOKS_END,
};
