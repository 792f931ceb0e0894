/* view.c - findings to words and numbers, once for all outputs. */
#include "view.h"

#include "clock.h"
#include "embedded.h"
#include "escape.h"
#include "fs.h"

#include <ctype.h>
#include <stdio.h>

#define SQL_LINES_MAX 400
#define ROWS_SHORT    10
#define CALL_MAX      80 /* brackets longer than that are no name */
#define FOLDED_MAX    20
#define TEMPLATE_MAX  ((size_t)256 << 10)

/* ---- templates: a folder's file, else the built-in one ---- */

struct partials {
    struct arena *arena;
    const char *folder;
};

static const char *template_text(struct arena *arena, const char *folder, const char *name) {
    if (folder) {
        struct str bytes;
        const struct err *missing = fs_read(arena, arena_printf(arena, "%s/%s", folder, name), TEMPLATE_MAX, &bytes);
        if (!missing) return bytes.p;
    }
    return embedded_file(arena_printf(arena, "templates/%s", name)).p;
}

static const char *partial_text(void *ctx, const char *name) {
    struct partials *p = ctx;
    return strstr(name, "..") ? NULL : template_text(p->arena, p->folder, name);
}

const struct err *view_render(struct arena *arena, const char *name, const json_t *view, const char *folder, mustache_escape escape, char **out) {
    struct partials partials = {arena, folder};
    const char *text = template_text(arena, folder, name);
    if (!text) return err_new(ERR_CONFIG, "template %s is missing", name);
    struct mustache_options options = {.escape = escape, .partial = partial_text, .ctx = &partials, .name = name};
    return mustache_render(arena, text, view, &options, out);
}

const struct err *render_check_templates(const char *folder) {
    struct arena *arena = arena_create(ARENA_SMALL);
    const struct err *bad = NULL;
    for (size_t i = 0; !bad && embedded_path(i); i++) {
        const char *path = embedded_path(i);
        if (!text_starts(path, "templates/")) continue;
        const char *name = path + strlen("templates/");
        bad = mustache_check(template_text(arena, folder, name), name);
    }
    arena_destroy(arena);
    return bad;
}

/* ---- words ---- */

static const struct {
    enum rule rule;
    const char *word;
} words[] = {
    {RULE_IDENTICAL, "reuse"}, {RULE_DERIVABLE, "reuse"},        {RULE_GENERALIZES, "reuse"},
    {RULE_SHARES, "overlap"},  {RULE_SIMILAR, "similar"},        {RULE_PARAMETERIZE, "parameterize"},
    {RULE_RENAME, "copy"},     {RULE_METRIC_CONFLICT, "metric"}, {RULE_METRIC_DUPLICATE, "metric"},
    {RULE_COST, "cost"},       {RULE_LARGE_SCAN, "cost"},        {RULE_MATERIALIZE, "gold table"},
};

const char *view_word(const struct finding *finding) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (words[i].rule == finding->rule) return words[i].word;
    }
    return finding->rule_id;
}

static bool is_reuse(const struct finding *f) { return f->proved && (f->rule == RULE_IDENTICAL || f->rule == RULE_DERIVABLE); }

static const char *headline_claim(const struct review *review) {
    size_t reuse = 0, metric = 0, money = 0;
    for (size_t i = 0; i < review->spoken; i++) {
        const struct finding *f = review->findings.at[i];
        reuse += is_reuse(f);
        metric += f->rule == RULE_METRIC_CONFLICT;
        money += f->rule == RULE_COST || f->rule == RULE_LARGE_SCAN || f->rule == RULE_MATERIALIZE;
    }
    if (review->spoken == 0 && review->gap_count) return "not everything could be read";
    if (review->spoken == 0) return review->findings.n ? "small notes only" : "nothing to say";
    if (reuse && reuse * 2 > review->changed_definitions) return "most of this exists already";
    if (reuse) return "part of this exists already";
    if (metric) return "a metric differs from the registered one";
    if (money) return "this can cost less";
    return review->spoken == 1 ? "one thing to look at" : "a few things to look at";
}

const char *view_headline(struct arena *arena, const struct review *review) {
    const char *claim = headline_claim(review);
    if (!review->delta.known || review->delta.high <= 0) return claim;
    return arena_printf(arena, "%s \xC2\xB7 %s if merged as is", claim, cost_text(arena, &review->delta));
}

const char *render_summary_line(struct arena *arena, const struct review *review) {
    size_t n = review->findings.n, gaps = review->gap_count;
    if (n == 0 && gaps == 0) return "nothing to say";
    const char *found = n == 0 ? "no findings" : arena_printf(arena, "%zu finding%s", n, n == 1 ? "" : "s");
    return gaps == 0 ? found : arena_printf(arena, "%s, %zu place%s not understood", found, gaps, gaps == 1 ? "" : "s");
}

/* ---- markdown pieces that templates take as they are ---- */

/* "@dana", "@acme/data-eng": a mention that may stand unescaped, since it can only mention. */
static bool is_mention(const char *who) {
    if (who[0] != '@' || !isalnum((unsigned char)who[1])) return false;
    int slashes = 0;
    for (const char *p = who + 1; *p; p++) {
        slashes += *p == '/';
        if (!isalnum((unsigned char)*p) && !strchr("-_./", *p)) return false;
    }
    return slashes <= 1 && strlen(who) < 120;
}

static const char *who_markdown(struct arena *arena, const char *who) {
    if (!who) return NULL;
    if (is_mention(who)) return who;
    struct buf b = buf_new(arena);
    escape_markdown(&b, str_of(who));
    return buf_str(&b);
}

static bool name_at(const char *text, size_t at, const char *name, size_t n) {
    if (n == 0 || strncmp(text + at, name, n) != 0) return false;
    bool left = at == 0 || !(isalnum((unsigned char)text[at - 1]) || strchr("._`", text[at - 1]));
    bool right = !(isalnum((unsigned char)text[at + n]) || text[at + n] == '_' || (text[at + n] == '.' && isalnum((unsigned char)text[at + n + 1])));
    return left && right;
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The length of "(event_date)" at `text`, brackets included; 0 when they do not close in the sentence. */
static size_t brackets_length(const char *text) {
    int depth = 0;
    for (size_t n = 0; text[n] && n < CALL_MAX; n++) {
        depth += (text[n] == '(') - (text[n] == ')');
        if (depth == 0) return n + 1;
    }
    return 0;
}

/* The length of a word that only code has: silver.orders, order_id, year(order_date), models/orders.sql; 0 when it is none. */
static size_t code_length(const char *text, size_t at) {
    size_t n = 0, call = 0;
    bool code = false, letters = false;
    if (at && (is_word(text[at - 1]) || strchr("./`$-@", text[at - 1]))) return 0;
    for (const char *p = text + at; is_word(p[n]) || (n && p[n] && strchr("./-", p[n]) && is_word(p[n + 1])); n++) {
        letters |= isalpha((unsigned char)p[n]) != 0;
        code |= n && (p[n] == '_' || p[n] == '.') && is_word(p[n - 1]) && is_word(p[n + 1]);
    }
    if (n && letters && text[at + n] == '(') call = brackets_length(text + at + n);
    return letters && (code || call) ? n + call : 0;
}

/* The length of what stands between two backticks at `text`, backticks included; 0 when there is no second one. */
static size_t span_length(const char *text) {
    const char *end = text[0] == '`' && text[1] != '`' ? strchr(text + 1, '`') : NULL;
    return end ? (size_t)(end + 1 - text) : 0;
}

static void code_add(struct buf *out, struct str code) {
    buf_char(out, '`');
    escape_code_span(out, code);
    buf_char(out, '`');
}

/* The sentence with what it has in backticks, the names it speaks of, and what only code looks like, as code. */
static const char *sentence_markdown(struct arena *arena, const char *text, const char *a, const char *b) {
    struct buf out = buf_new(arena);
    size_t job = a && strncmp(a, "the job ", 8) == 0 ? 4 : 0; /* "The job nightly load runs": only its name is code */
    const char *names[2] = {a ? a + job : NULL, b};
    size_t from = 0, n = strlen(text);
    for (size_t at = 0; at < n;) {
        size_t hit = 0, span = span_length(text + at);
        if (span) {
            escape_markdown(&out, (struct str){text + from, at - from});
            code_add(&out, (struct str){text + at + 1, span - 2});
            from = at += span;
            continue;
        }
        for (int i = 0; i < 2 && !hit; i++) {
            size_t length = names[i] ? strlen(names[i]) : 0;
            if (name_at(text, at, names[i] ? names[i] : "", length)) hit = length;
        }
        if (hit && job && strncmp(text + at, "job ", 4) == 0) at += 4, hit -= 4;
        if (!hit) hit = code_length(text, at);
        if (!hit) {
            at++;
            continue;
        }
        escape_markdown(&out, (struct str){text + from, at - from});
        code_add(&out, (struct str){text + at, hit});
        from = at += hit;
    }
    escape_markdown(&out, (struct str){text + from, n - from});
    return buf_str(&out);
}

static const char *fence_sql(struct arena *arena, const char *sql) {
    size_t lines = 0, n = 0;
    while (sql[n] && lines < SQL_LINES_MAX) lines += sql[n++] == '\n';
    struct buf b = buf_new(arena);
    fence_add(&b, "sql", (struct str){sql, n});
    if (sql[n]) buf_text(&b, "(cut)\n");
    return buf_str(&b);
}

/* The SQL with four more columns in front, for terminals. */
static const char *sql_indented(struct arena *arena, const char *sql) {
    struct buf b = buf_new(arena), clean = buf_new(arena);
    escape_terminal(&clean, str_of(sql));
    struct str rest = str_of(buf_str(&clean)), line;
    while (str_split(&rest, '\n', &line)) {
        if (line.n == 0 && !rest.p) break;
        buf_printf(&b, "        %.*s\n", STR_ARG(line));
    }
    return buf_str(&b);
}

/* ---- the views ---- */

static json_t *list_view(struct arena *arena, const struct text_list *list) {
    json_t *out = json_array();
    for (size_t i = 0; i < list->n; i++) {
        json_t *item = json_object();
        jsx_set_text(item, "text", list->at[i]);
        jsx_set_text(item, "sentence", sentence_markdown(arena, list->at[i], NULL, NULL));
        json_array_append_new(out, item);
    }
    return out;
}

static json_t *cost_view(struct arena *arena, const struct cost *cost) {
    json_t *v = json_object();
    jsx_set_text(v, "text", cost_text(arena, cost));
    json_object_set_new(v, "assumptions", list_view(arena, &cost->assumptions));
    if (cost->price_date) jsx_set_text(v, "price_date", cost_dates(arena, cost));
    if (cost->price_source) jsx_set_text(v, "price_source", cost->price_source);
    json_object_set_new(v, "known", json_boolean(cost->known));
    return v;
}

/* The difference, and what was spent before when something was. */
static json_t *delta_view(struct arena *arena, const struct review *review) {
    json_t *v = cost_view(arena, &review->delta);
    if (review->before.high <= 0) return v;
    jsx_set_text(v, "was", cost_text(arena, &review->before));
    jsx_set_text(v, "becomes", cost_text(arena, &review->after));
    return v;
}

static void until_set(json_t *v, int64_t until) {
    char iso[CLOCK_ISO];
    if (until <= 0) return;
    clock_iso(until, iso);
    iso[10] = 0;
    jsx_set_text(v, "until", iso);
}

static void finding_evidence(struct arena *arena, json_t *v, const struct finding *f, enum detail detail) {
    json_object_set_new(v, "proof", list_view(arena, &f->proof));
    json_object_set_new(v, "has_proof", json_boolean(f->proof.n > 0));
    json_object_set_new(v, "assumes", list_view(arena, &f->assumes));
    json_object_set_new(v, "has_assumes", json_boolean(f->assumes.n > 0));
    json_object_set_new(v, "differences", list_view(arena, &f->differences));
    json_object_set_new(v, "has_differences", json_boolean(f->differences.n > 0));
    json_object_set_new(v, "notes", list_view(arena, &f->notes));
    json_object_set_new(v, "has_notes", json_boolean(f->notes.n > 0));
    if (f->cost.known || f->cost.unknown) json_object_set_new(v, "cost", cost_view(arena, &f->cost));
    if (f->saving.known && f->saving.high > 0) json_object_set_new(v, "saving", cost_view(arena, &f->saving));
    bool more =
        f->proof.n || f->assumes.n || f->differences.n || f->notes.n || f->rewrite || f->draft || f->twin.path || f->cost.known || f->cost.unknown;
    json_object_set_new(v, "has_more", json_boolean(more)); /* than its sentence */
    if (detail != DETAIL_FULL) return;
    if (f->rewrite) jsx_set_text(v, "rewrite_fence", fence_sql(arena, f->rewrite));
    if (f->draft) jsx_set_text(v, "draft_fence", fence_sql(arena, f->draft));
    if (f->rewrite) jsx_set_text(v, "rewrite_indented", sql_indented(arena, f->rewrite));
    if (f->draft) jsx_set_text(v, "draft_indented", sql_indented(arena, f->draft));
}

static const char *place_code(struct arena *arena, const struct twin *twin) {
    struct buf code = buf_new(arena);
    code_add(&code, str_of(twin->path));
    return twin->line ? arena_printf(arena, "%s line %d", buf_str(&code), twin->line) : buf_str(&code);
}

json_t *view_finding(struct arena *arena, const struct finding *f, enum detail detail) {
    json_t *v = json_object();
    jsx_set_text(v, "label", f->label);
    jsx_set_text(v, "key", f->key);
    jsx_set_text(v, "word", view_word(f));
    jsx_set_text(v, "rule", f->rule_id);
    jsx_set_text(v, "severity", severity_name(f->severity));
    jsx_set_text(v, "text", f->text);
    jsx_set_text(v, "sentence", sentence_markdown(arena, f->text, f->subject, f->dataset ? f->dataset : f->twin.name));
    jsx_set_text(v, "next", f->next_step ? f->next_step : "");
    jsx_set_text(v, "next_sentence", sentence_markdown(arena, f->next_step ? f->next_step : "", f->subject, f->dataset ? f->dataset : f->twin.name));
    jsx_set_text(v, "who", f->owner ? f->owner : "");
    jsx_set_text(v, "who_markdown", who_markdown(arena, f->owner) ? who_markdown(arena, f->owner) : "");
    jsx_set_text(v, "who_why", f->owner_why ? f->owner_why : "");
    jsx_set_text(v, "path", f->path);
    json_object_set_new(v, "line", json_integer(f->where.line));
    json_object_set_new(v, "has_line", json_boolean(f->where.line > 0));
    if (f->cell) json_object_set_new(v, "cell", json_integer(f->cell));
    if (f->relation) jsx_set_text(v, "relation", f->relation);
    if (f->tier) jsx_set_text(v, "tier", f->tier);
    json_object_set_new(v, "proved", json_boolean(f->proved));
    json_object_set_new(v, "is_new", json_boolean(f->is_new));
    if (f->dataset) jsx_set_text(v, "dataset", f->dataset);
    if (f->twin.path) jsx_set_text(v, "twin_code", place_code(arena, &f->twin));
    if (f->state_by) jsx_set_text(v, "state_by", f->state_by);
    if (f->state_reason) jsx_set_text(v, "state_reason", f->state_reason);
    static const char *const states[] = {"open", "accepted", "snoozed", "different on purpose"};
    jsx_set_text(v, "state", states[f->state]);
    until_set(v, f->state_until);
    if (detail <= DETAIL_NO_SQL) finding_evidence(arena, v, f, detail);
    json_object_set_new(v, "has_evidence", json_boolean(detail <= DETAIL_NO_SQL));
    return v;
}

static json_t *findings_view(struct arena *arena, const struct findings *list, size_t from, size_t to, enum detail detail) {
    json_t *out = json_array();
    for (size_t i = from; i < to && (detail < DETAIL_SHORT_TABLE || i < from + ROWS_SHORT); i++)
        json_array_append_new(out, view_finding(arena, list->at[i], detail));
    return out;
}

/* Notes, one line each: they never take the evidence's place. */
static void folded_view(struct arena *arena, json_t *v, const struct review *review, enum detail detail) {
    size_t n = review->findings.n - review->spoken;
    size_t most = n < FOLDED_MAX || detail == DETAIL_FULL ? n : FOLDED_MAX;
    json_object_set_new(v, "folded", findings_view(arena, &review->findings, review->spoken, review->spoken + most, DETAIL_TABLE));
    json_object_set_new(v, "has_folded", json_boolean(n > 0));
    json_object_set_new(v, "folded_count", json_integer((json_int_t)n));
    json_object_set_new(v, "folded_one", json_boolean(n == 1));
    if (n > most) json_object_set_new(v, "folded_hidden", json_integer((json_int_t)(n - most)));
}

static json_t *gaps_view(const struct review *review, enum detail detail) {
    json_t *out = json_array();
    size_t most = detail == DETAIL_FULL ? 40 : 10;
    for (size_t i = 0; i < review->gap_count && i < most; i++) {
        json_t *gap = json_object();
        jsx_set_text(gap, "path", review->gaps[i].path);
        if (review->gaps[i].line > 0) json_object_set_new(gap, "line", json_integer(review->gaps[i].line));
        jsx_set_text(gap, "text", review->gaps[i].reason);
        json_array_append_new(out, gap);
    }
    return out;
}

/* "Since a1b2c3d: 1 fixed, 1 new, 1 accepted." */
static void since_view(struct arena *arena, json_t *v, const struct review *review) {
    size_t waived = review->waived.n;
    if (review->fixed_count == 0 && waived == 0) return;
    struct buf b = buf_new(arena);
    if (review->fixed_count) buf_printf(&b, "%zu fixed", review->fixed_count);
    if (review->new_count) buf_printf(&b, "%s%zu new", b.n ? ", " : "", review->new_count);
    if (waived) buf_printf(&b, "%s%zu accepted or set aside", b.n ? ", " : "", waived);
    jsx_set_text(v, "since", buf_str(&b));
}

static void problems_view(json_t *v, const struct review *review) {
    const struct settings_problems *p = review->settings_problems;
    json_t *out = json_array();
    for (size_t i = 0; p && i < p->n && i < 20; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "line", json_integer(p->at[i].line));
        jsx_set_text(one, "text", p->at[i].text);
        json_array_append_new(out, one);
    }
    json_object_set_new(v, "has_problems", json_boolean(json_array_size(out) > 0));
    json_object_set_new(v, "problems", out);
}

json_t *view_review(struct arena *arena, const struct review *review, const struct render_options *options, enum detail detail) {
    json_t *v = jsx_own(arena, json_object());
    jsx_set_text(v, "headline", view_headline(arena, review));
    jsx_set_text(v, "summary", render_summary_line(arena, review));
    jsx_set_text(v, "verdict", verdict_name(review->verdict));
    json_object_set_new(v, "gates", json_boolean(review->verdict == VERDICT_GATE));
    json_object_set_new(v, "findings", findings_view(arena, &review->findings, 0, review->spoken, detail));
    json_object_set_new(v, "has_findings", json_boolean(review->spoken > 0));
    folded_view(arena, v, review, detail);
    json_object_set_new(v, "waived", findings_view(arena, &review->waived, 0, review->waived.n, DETAIL_TABLE));
    json_object_set_new(v, "has_waived", json_boolean(review->waived.n > 0));
    json_object_set_new(v, "gaps", gaps_view(review, detail));
    json_object_set_new(v, "gap_count", json_integer((json_int_t)review->gap_count));
    json_object_set_new(v, "has_gaps", json_boolean(review->gap_count > 0));
    json_object_set_new(v, "files", json_integer((json_int_t)review->files));
    json_object_set_new(v, "definitions", json_integer((json_int_t)review->definitions));
    if (review->delta.known && (review->delta.high != 0 || review->delta.low != 0)) json_object_set_new(v, "delta", delta_view(arena, review));
    if (review->avoidable.known && review->avoidable.high > 0) json_object_set_new(v, "avoidable", cost_view(arena, &review->avoidable));
    since_view(arena, v, review);
    problems_view(v, review);
    size_t hidden = detail == DETAIL_SHORT_TABLE && review->spoken > ROWS_SHORT ? review->spoken - ROWS_SHORT : 0;
    if (hidden + review->findings.dropped) json_object_set_new(v, "hidden", json_integer((json_int_t)(hidden + review->findings.dropped)));
    json_object_set_new(v, "has_evidence", json_boolean(detail <= DETAIL_NO_SQL));
    json_object_set_new(v, "is_cut", json_boolean(detail > DETAIL_FULL));
    if (options->url) jsx_set_text(v, "url", options->url);
    if (options->answer) jsx_set_text(v, "answer", options->answer);
    json_object_set_new(v, "is_paused", json_boolean(options->is_paused));
    jsx_set_text(v, "first", review->findings.n ? review->findings.at[0]->label : "F1");
    return v;
}
