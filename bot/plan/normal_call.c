/* normal_call.c - functions that say what an operator, a literal or another function says too, in one spelling: LIKE for startswith, a date
 * for a date that is computed from one. */
#include "normal_core.h"

#include <ctype.h>

static bool is_text(nexpr e) { return e->op == SC_LITERAL && e->lit.kind == VALUE_TEXT; }

static nexpr text_make(struct norm *n, struct str s) {
    return expr_make(n, (struct scalar){.op = SC_LITERAL, .lit = {.kind = VALUE_TEXT, .s = s}, .type = {TYPE_STRING, 0, 0}});
}

static bool one_of(const char *name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

#define ONE_OF(name, names) one_of(name, names, sizeof(names) / sizeof *(names))

static bool spark(const struct norm *n) { return n->plan->dialect == DIALECT_SPARK || n->plan->dialect == DIALECT_DATABRICKS; }

/* ------------------------------------------------------------ texts */

/* startswith(x, 'ab') is x LIKE 'ab%', where LIKE tells letters' case as the function does. */
static nexpr pattern_of(struct norm *n, const struct scalar *e) {
    static const char *const starts[] = {"startswith", "starts_with"}, *const ends[] = {"endswith", "ends_with"}, *const holds[] = {"contains"};
    enum dialect d = n->plan->dialect;
    bool known = spark(n) || d == DIALECT_SNOWFLAKE || d == DIALECT_BIGQUERY || d == DIALECT_TRINO || d == DIALECT_DUCKDB || d == DIALECT_POSTGRES;
    bool first = ONE_OF(e->name, starts), last = ONE_OF(e->name, ends), within = ONE_OF(e->name, holds);
    if (!known || e->n != 2 || (!first && !last && !within) || e->args[0]->type.kind != TYPE_STRING || !is_text(e->args[1])) return NULL;
    struct str part = e->args[1]->lit.s;
    for (size_t i = 0; i < part.n; i++)
        if (part.p[i] == '%' || part.p[i] == '_' || part.p[i] == '\\') return NULL;
    struct buf text = buf_new(n->arena);
    if (!first) buf_char(&text, '%');
    buf_slice(&text, part);
    if (!last) buf_char(&text, '%');
    nexpr args[2] = {e->args[0], text_make(n, str_of(buf_str(&text)))};
    return expr_make(n, (struct scalar){.op = SC_LIKE, .name = "like", .n = 2, .args = args, .type = {TYPE_BOOL, 0, 0}, .nullable = true});
}

/* concat(a, concat(b, c)) is concat(a, b, c), and a || b || c where a NULL makes it NULL. */
static nexpr concat_of(struct norm *n, const struct scalar *e) {
    enum dialect d = n->plan->dialect;
    bool bars = spark(n) || d == DIALECT_SNOWFLAKE || d == DIALECT_BIGQUERY || d == DIALECT_TRINO, nested = false;
    if (strcmp(e->name, "concat") != 0 || e->n < 2) return NULL;
    struct exprs parts = {0};
    for (size_t i = 0; i < e->n; i++) {
        nexpr a = e->args[i];
        bool inner = a->op == SC_CALL && a->name && strcmp(a->name, "concat") == 0;
        nested |= inner;
        for (size_t k = 0; inner && k < a->n; k++) exprs_add(n, &parts, a->args[k]);
        if (!inner) exprs_add(n, &parts, a);
        bars &= a->type.kind == TYPE_STRING;
    }
    if (parts.n > UINT16_MAX || (!bars && !nested)) return NULL;
    struct scalar out = *e;
    out.n = (uint16_t)parts.n;
    out.args = parts.at;
    if (bars) out.op = SC_CONCAT, out.name = NULL, out.type = (struct type){TYPE_STRING, 0, 0};
    return expr_make(n, out);
}

static nexpr letters_of(struct norm *n, const struct scalar *e) {
    bool low = strcmp(e->name, "lower") == 0;
    if ((!low && strcmp(e->name, "upper") != 0) || e->n != 1 || !is_text(e->args[0])) return NULL;
    struct str s = e->args[0]->lit.s;
    char *text = str_dup(n->arena, s);
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)text[i] >= 0x80) return NULL; /* other letters go by the locale */
        text[i] = (char)(low ? tolower((unsigned char)text[i]) : toupper((unsigned char)text[i]));
    }
    return text_make(n, (struct str){text, s.n});
}

bool text_prefix(struct norm *n, nexpr a, nexpr b, nexpr *like) {
    enum dialect d = n->plan->dialect;
    bool known = spark(n) || d == DIALECT_SNOWFLAKE || d == DIALECT_BIGQUERY || d == DIALECT_TRINO || d == DIALECT_DUCKDB || d == DIALECT_POSTGRES ||
                 d == DIALECT_REDSHIFT;
    bool start = known && a->op == SC_CALL && a->n == 3 && a->name && strcmp(a->name, "substring") == 0 && is_text(b) && b->lit.s.n &&
                 a->args[0]->type.kind == TYPE_STRING && a->args[1] == expr_int(n, 1) && a->args[2]->op == SC_LITERAL &&
                 a->args[2]->lit.kind == VALUE_INT && !a->args[2]->lit.s.n && a->args[2]->lit.i == (int64_t)b->lit.s.n;
    for (size_t i = 0; start && i < b->lit.s.n; i++) {
        unsigned char c = (unsigned char)b->lit.s.p[i];
        start = c < 0x80 && c != '%' && c != '_' && c != '\\';
    }
    if (!start) return false;
    nexpr args[2] = {a->args[0], text_make(n, str_of(arena_printf(n->arena, "%.*s%%", STR_ARG(b->lit.s))))};
    *like = expr_make(n, (struct scalar){.op = SC_LIKE, .name = "like", .n = 2, .args = args, .type = {TYPE_BOOL, 0, 0}, .nullable = true});
    return true;
}

static bool small_count(nexpr e) { return e->op == SC_LITERAL && e->lit.kind == VALUE_INT && !e->lit.s.n && e->lit.i >= 0 && e->lit.i < INT32_MAX; }

/* CHAR_LENGTH(x) and LEN(x) are LENGTH(x) where that counts letters, LEFT(x, 3) is SUBSTRING(x, 1, 3). */
static nexpr length_of(struct norm *n, const struct scalar *e) {
    static const char *const lengths[] = {"length", "char_length", "len"};
    enum dialect d = n->plan->dialect;
    bool letters =
        spark(n) || d == DIALECT_SNOWFLAKE || d == DIALECT_POSTGRES || d == DIALECT_DUCKDB || d == DIALECT_BIGQUERY || d == DIALECT_REDSHIFT;
    if (e->n == 0 || e->args[0]->type.kind != TYPE_STRING || d == DIALECT_SQLITE) return NULL;
    if (e->n == 2 && strcmp(e->name, "left") == 0 && small_count(e->args[1])) {
        nexpr args[3] = {e->args[0], expr_int(n, 1), e->args[1]};
        return expr_make(n, (struct scalar){.op = SC_CALL, .name = "substring", .n = 3, .args = args, .type = {TYPE_STRING, 0, 0}, .nullable = true});
    }
    if (!letters || e->n != 1 || !ONE_OF(e->name, lengths)) return NULL;
    struct scalar out = *e;
    out.name = lengths[0];
    out.type = (struct type){TYPE_INT, 32, 0};
    bool settled = strcmp(e->name, out.name) == 0 && e->type.kind == TYPE_INT && e->type.precision == 32;
    return settled ? NULL : expr_make(n, out);
}

/* Where a text stands in another: INSTR(x, 'a'), POSITION('a' IN x), LOCATE('a', x), STRPOS(x, 'a'), CHARINDEX('a', x). */
static nexpr place_of(struct norm *n, const struct scalar *e) {
    static const char *const whole_first[] = {"instr", "strpos"}, *const part_first[] = {"position::in", "position", "locate", "charindex"};
    enum dialect d = n->plan->dialect;
    bool known = spark(n) || d == DIALECT_SNOWFLAKE || d == DIALECT_POSTGRES || d == DIALECT_DUCKDB || d == DIALECT_BIGQUERY ||
                 d == DIALECT_REDSHIFT || d == DIALECT_TRINO || d == DIALECT_MYSQL;
    bool turned = ONE_OF(e->name, part_first);
    if (!known || e->n != 2 || (!turned && !ONE_OF(e->name, whole_first))) return NULL;
    nexpr whole = e->args[turned], part = e->args[!turned];
    if (whole->type.kind != TYPE_STRING || !is_text(part) || part->lit.s.n == 0) return NULL;
    const char *name = spark(n) || d == DIALECT_MYSQL ? "instr" : d == DIALECT_SNOWFLAKE ? "charindex" : "strpos";
    bool part_leads = d == DIALECT_SNOWFLAKE;
    nexpr args[2] = {part_leads ? part : whole, part_leads ? whole : part};
    bool settled = strcmp(name, e->name) == 0 && e->type.kind == TYPE_INT && e->type.precision == 32;
    if (settled) return NULL;
    return expr_make(n, (struct scalar){.op = SC_CALL, .name = name, .n = 2, .args = args, .type = {TYPE_INT, 32, 0}, .nullable = true});
}

/* ------------------------------------------------------------ dates */

/* The unit of a truncation by its plain name. */
static nexpr unit_of(struct norm *n, const struct scalar *e) {
    static const struct { const char *from, *to; } words[] = {{"yyyy", "year"}, {"yy", "year"}, {"mm", "month"}, {"mon", "month"}, {"dd", "day"}};
    bool trunc = strcmp(e->name, "trunc") == 0;
    if ((!trunc && strcmp(e->name, "date_trunc") != 0) || e->n != 2 || !spark(n)) return NULL;
    size_t at = trunc ? 1 : 0;
    if (!is_text(e->args[at])) return NULL;
    const char *low = str_lower(n->arena, e->args[at]->lit.s), *unit = low;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].from, low) == 0) unit = words[i].to;
    if (str_eq(e->args[at]->lit.s, str_of(unit))) return NULL;
    nexpr args[2] = {e->args[0], e->args[1]};
    args[at] = text_make(n, str_of(unit));
    return expr_with(n, e, args);
}

static nexpr date_make(struct norm *n, int64_t days) {
    return expr_make(n, (struct scalar){.op = SC_LITERAL, .lit = {.kind = VALUE_DATE, .i = days}, .type = {TYPE_DATE, 0, 0}});
}

/* TO_DATE('2024-01-31') */
static nexpr date_of_text(struct norm *n, const struct scalar *e) {
    bool named = strcmp(e->name, "date") == 0 || strcmp(e->name, "to_date") == 0;
    bool known = spark(n) || n->plan->dialect == DIALECT_SNOWFLAKE || n->plan->dialect == DIALECT_BIGQUERY;
    int64_t days;
    if (!named || !known || e->n != 1 || !is_text(e->args[0]) || e->args[0]->lit.s.n != 10 || !literal_date(e->args[0]->lit.s, &days)) return NULL;
    return date_make(n, days);
}

/* DATE(ts), TO_DATE(ts): the day of a moment, as CAST(ts AS DATE) */
static nexpr date_of_moment(struct norm *n, const struct scalar *e) {
    static const char *const names[] = {"date", "to_date"};
    enum dialect d = n->plan->dialect;
    bool known = spark(n) || d == DIALECT_SNOWFLAKE || d == DIALECT_BIGQUERY || d == DIALECT_MYSQL || d == DIALECT_TRINO || d == DIALECT_DUCKDB ||
                 d == DIALECT_POSTGRES || d == DIALECT_REDSHIFT;
    bool moment = e->n == 1 && (e->args[0]->type.kind == TYPE_TIMESTAMP || e->args[0]->type.kind == TYPE_DATE);
    if (!known || !moment || !ONE_OF(e->name, names) || (d == DIALECT_POSTGRES && e->name[0] == 't')) return NULL;
    return expr_make(n, (struct scalar){.op = SC_CAST, .name = "cast", .n = 1, .args = e->args, .type = {TYPE_DATE, 0, 0}, .nullable = true});
}

/* ADD_MONTHS of a literal date, of a day that every month has. */
static nexpr months_added(struct norm *n, const struct scalar *e) {
    bool known = spark(n) || n->plan->dialect == DIALECT_SNOWFLAKE;
    if (!known || e->n != 2 || strcmp(e->name, "add_months") != 0 || e->args[0]->op != SC_LITERAL || e->args[0]->lit.kind != VALUE_DATE) return NULL;
    nexpr by = e->args[1];
    int64_t days;
    if (by->op != SC_LITERAL || by->lit.kind != VALUE_INT || by->lit.s.n || by->lit.i > 10000 || by->lit.i < -10000) return NULL;
    return calendar_add_months(e->args[0]->lit.i, by->lit.i, &days) ? date_make(n, days) : NULL;
}

static bool whole_days(nexpr e, int64_t *days) {
    if (e->op != SC_LITERAL) return false;
    if (e->lit.kind == VALUE_INT && !e->lit.s.n) *days = e->lit.i;
    else if (e->lit.kind == VALUE_INTERVAL && e->lit.scale == 0 && e->lit.i % 86400000000 == 0) *days = e->lit.i / 86400000000;
    else return false;
    return *days > -1000000 && *days < 1000000;
}

static bool by_day(nexpr unit) {
    static const char *const words[] = {"day", "days", "dd", "d"};
    for (size_t i = 0; is_text(unit) && i < sizeof words / sizeof *words; i++)
        if (str_iis(unit->lit.s, words[i])) return true;
    return false;
}

/* A date and whole days added to it, as the dialect writes that; the result is a date again. */
static bool date_plus(const struct norm *n, nexpr e, nexpr *date, int64_t *days) {
    static const char *const adds[] = {"date_add", "adddate"}, *const subs[] = {"date_sub", "subdate"};
    enum dialect d = n->plan->dialect;
    if (e->op != SC_CALL || !e->name) return false;
    if (d == DIALECT_SNOWFLAKE && e->n == 3 && strcmp(e->name, "dateadd") == 0 && by_day(e->args[0])) {
        *date = e->args[2];
        return e->args[1]->op == SC_LITERAL && e->args[1]->lit.kind == VALUE_INT && whole_days(e->args[1], days) && (*date)->type.kind == TYPE_DATE;
    }
    bool less = ONE_OF(e->name, subs), known = spark(n) || d == DIALECT_MYSQL || d == DIALECT_BIGQUERY;
    if (!known || e->n != 2 || (!less && !ONE_OF(e->name, adds)) || e->args[0]->type.kind != TYPE_DATE || !whole_days(e->args[1], days)) return false;
    *date = e->args[0];
    if (less) *days = -*days;
    return true;
}

/* The same date, `by` days later. */
static nexpr date_later(struct norm *n, nexpr date, int64_t by) {
    struct scalar lit = {.op = SC_LITERAL, .lit = {.kind = VALUE_INTERVAL, .i = by * 86400000000}, .type = {TYPE_INTERVAL, 0, 0}};
    if (by == 0) return date;
    nexpr unit = text_make(n, STR("day")), days = spark(n) || n->plan->dialect == DIALECT_SNOWFLAKE ? expr_int(n, by) : expr_make(n, lit);
    nexpr two[2] = {date, days}, three[3] = {unit, days, date};
    bool snow = n->plan->dialect == DIALECT_SNOWFLAKE;
    return expr_make(n, (struct scalar){.op = SC_CALL,
                                        .name = snow ? "dateadd" : "date_add",
                                        .n = snow ? 3 : 2,
                                        .args = snow ? three : two,
                                        .type = {TYPE_DATE, 0, 0},
                                        .nullable = true});
}

#define DATE_DAYS_MAX 2900000 /* the last day of the year 9999 is 2932896 */

static nexpr date_moved(struct norm *n, const struct scalar *e) {
    nexpr date, inner;
    int64_t days, more;
    if (!date_plus(n, e, &date, &days)) return NULL;
    if (date->op == SC_LITERAL && date->lit.kind == VALUE_DATE && date->lit.i + days > -600000 && date->lit.i + days < DATE_DAYS_MAX)
        return date_make(n, date->lit.i + days);
    if (date_plus(n, date, &inner, &more) && (days < 0) == (more < 0)) return date_later(n, inner, days + more);
    bool settled = strcmp(e->name, "dateadd") == 0 || (strcmp(e->name, "date_add") == 0 && (e->args[1]->lit.kind == VALUE_INT) == spark(n));
    return settled && days ? NULL : date_later(n, date, days);
}

/* Days from `from` to `to`, as the dialect's function counts them. */
bool days_between(const struct norm *n, nexpr e, nexpr *from, nexpr *to) {
    enum dialect d = n->plan->dialect;
    if (e->op == SC_SUB && d == DIALECT_POSTGRES) *to = e->args[0], *from = e->args[1];
    else if (e->op != SC_CALL || !e->name) return false;
    else if ((spark(n) || d == DIALECT_MYSQL) && strcmp(e->name, "datediff") == 0 && e->n == 2) *to = e->args[0], *from = e->args[1];
    else if (d == DIALECT_BIGQUERY && strcmp(e->name, "date_diff") == 0 && e->n == 3 && by_day(e->args[2])) *to = e->args[0], *from = e->args[1];
    else if (d == DIALECT_SNOWFLAKE && strcmp(e->name, "datediff") == 0 && e->n == 3 && by_day(e->args[0])) *to = e->args[2], *from = e->args[1];
    else return false;
    return (*from)->type.kind == TYPE_DATE && (*to)->type.kind == TYPE_DATE;
}

nexpr date_equation(struct norm *n, nexpr e) {
    if (e->op != SC_EQ || n->plan->dialect == DIALECT_POSTGRES) return NULL;
    for (int k = 0; k < 2; k++) {
        nexpr a = e->args[k], b = e->args[1 - k], date, from, to;
        int64_t days;
        if (b->op == SC_LITERAL && b->lit.kind == VALUE_INT && whole_days(b, &days) && days_between(n, a, &from, &to))
            return days < 0 ? expr_of2(n, SC_EQ, from, date_later(n, to, -days)) : expr_of2(n, SC_EQ, to, date_later(n, from, days));
        if (b->op != SC_LITERAL && b->type.kind == TYPE_DATE && date_plus(n, a, &date, &days) && days < 0)
            return expr_of2(n, SC_EQ, date, date_later(n, b, -days));
    }
    return NULL;
}

nexpr fold_call(struct norm *n, const struct scalar *e) {
    nexpr (*const rules[])(struct norm *, const struct scalar *) = {pattern_of, concat_of,    letters_of,     length_of,    place_of,
                                                                    unit_of,    date_of_text, date_of_moment, months_added, date_moved};
    for (size_t i = 0; e->name && e->n && i < sizeof rules / sizeof *rules; i++) {
        nexpr out = rules[i](n, e);
        if (out) return out;
    }
    return NULL;
}
