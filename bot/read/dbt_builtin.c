/* dbt_builtin.c - macros of dbt's cross-database set and of dbt_utils, written as the SQL of the project's dialect.
 * https://docs.getdbt.com/reference/dbt-jinja-functions/cross-database-macros · https://github.com/dbt-labs/dbt-utils */
#include "dbt.h"

#include <ctype.h>

struct call {
    struct dbt_run *run;
    struct jinja *j;
    const struct jv_args *args;
};

typedef struct jv (*macro_fn)(const struct call *c);

static enum dialect dialect_of(const struct call *c) { return c->run->project->dialect; }
static bool is_spark(const struct call *c) { return dialect_of(c) == DIALECT_DATABRICKS || dialect_of(c) == DIALECT_SPARK; }
static bool is_bigquery(const struct call *c) { return dialect_of(c) == DIALECT_BIGQUERY; }

static struct str text(const struct call *c, size_t i, const char *name, const char *otherwise) {
    const struct jv *v = jv_arg(c->args, i, name);
    return v && v->kind != JV_NONE ? jv_str(c->run->arena, *v) : str_of(otherwise);
}

static struct jv made(const struct call *c, struct buf *b) { return jv_text((struct str){buf_str(b), b->n}); }

static const char *string_type(const struct call *c) {
    switch (dialect_of(c)) {
    case DIALECT_DATABRICKS:
    case DIALECT_SPARK:
    case DIALECT_BIGQUERY:
    case DIALECT_CLICKHOUSE:
        return "string";
    case DIALECT_POSTGRES:
        return "text";
    default:
        return "varchar";
    }
}

static struct jv type_of(const struct call *c, const char *bigquery, const char *other) { return jv_cstr(is_bigquery(c) ? bigquery : other); }
static struct jv type_string(const struct call *c) { return jv_cstr(string_type(c)); }
static struct jv type_int(const struct call *c) { return type_of(c, "int64", "int"); }
static struct jv type_bigint(const struct call *c) { return type_of(c, "int64", "bigint"); }
static struct jv type_float(const struct call *c) { return type_of(c, "float64", "float"); }
static struct jv type_numeric(const struct call *c) { return type_of(c, "numeric", is_spark(c) ? "decimal(28,6)" : "numeric(28,6)"); }
static struct jv type_timestamp(const struct call *c) { return jv_cstr("timestamp"); }
static struct jv type_boolean(const struct call *c) { return type_of(c, "bool", "boolean"); }

/* md5 of the coalesced fields, as generate_surrogate_key renders. */
static struct jv surrogate_key(const struct call *c, const char *null_value) {
    struct buf b = buf_new(c->run->arena);
    const struct jv *fields = jv_arg(c->args, 0, "field_list");
    struct jv list = jv_list_new(c->run->arena);
    if (fields && fields->kind == JV_UNKNOWN) return jv_unknown(c->run->arena, "surrogate_key(%.*s)", STR_ARG(fields->s));
    if (fields && fields->kind == JV_LIST) list = *fields;
    for (size_t i = 0; fields && fields->kind != JV_LIST && i < c->args->n; i++) jv_list_add(c->run->arena, list, c->args->at[i]);
    const char *type = string_type(c);
    buf_printf(&b, "md5(cast(");
    if (list.list->n > 1) buf_text(&b, "concat(");
    for (size_t i = 0; i < list.list->n; i++) {
        struct str field = jv_str(c->run->arena, list.list->at[i]);
        if (i) buf_text(&b, ", '-', ");
        buf_printf(&b, "coalesce(cast(%.*s as %s), '%s')", STR_ARG(field), type, null_value);
    }
    buf_printf(&b, "%s as %s))", list.list->n > 1 ? ")" : "", type);
    return made(c, &b);
}
static struct jv generate_surrogate_key(const struct call *c) { return surrogate_key(c, "_dbt_utils_surrogate_key_null_"); }
static struct jv old_surrogate_key(const struct call *c) { return surrogate_key(c, ""); }

static struct jv star(const struct call *c) {
    struct buf b = buf_new(c->run->arena);
    struct str alias = text(c, 1, "relation_alias", "");
    const struct jv *except = jv_arg(c->args, 2, "except"), *prefix = jv_arg(c->args, 4, "prefix");
    if (prefix && prefix->kind == JV_TEXT && prefix->s.n) return jv_unknown(c->run->arena, "star with prefix %.*s", STR_ARG(prefix->s));
    c->run->has_star = !alias.n || c->run->has_star;
    buf_printf(&b, "%.*s%s*", STR_ARG(alias), alias.n ? "." : "");
    if (except && except->kind == JV_LIST && except->list->n) {
        buf_text(&b, dialect_of(c) == DIALECT_SNOWFLAKE || dialect_of(c) == DIALECT_DUCKDB || dialect_of(c) == DIALECT_REDSHIFT ? " exclude ("
                                                                                                                                : " except (");
        for (size_t i = 0; i < except->list->n; i++) {
            struct str name = jv_str(c->run->arena, except->list->at[i]);
            buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(name));
        }
        buf_char(&b, ')');
    }
    return made(c, &b);
}

static struct jv date_trunc(const struct call *c) {
    struct str part = text(c, 0, "datepart", "day"), date = text(c, 1, "date", "");
    if (is_bigquery(c)) return jv_cstr(arena_printf(c->run->arena, "timestamp_trunc(cast(%.*s as timestamp), %.*s)", STR_ARG(date), STR_ARG(part)));
    return jv_cstr(arena_printf(c->run->arena, "date_trunc('%.*s', %.*s)", STR_ARG(part), STR_ARG(date)));
}

static struct jv dateadd(const struct call *c) {
    struct str part = text(c, 0, "datepart", "day"), n = text(c, 1, "interval", "0"), date = text(c, 2, "from_date_or_timestamp", "");
    if (is_bigquery(c))
        return jv_cstr(
            arena_printf(c->run->arena, "datetime_add(cast(%.*s as datetime), interval %.*s %.*s)", STR_ARG(date), STR_ARG(n), STR_ARG(part)));
    if (dialect_of(c) == DIALECT_POSTGRES)
        return jv_cstr(arena_printf(c->run->arena, "%.*s + ((interval '1 %.*s') * (%.*s))", STR_ARG(date), STR_ARG(part), STR_ARG(n)));
    return jv_cstr(arena_printf(c->run->arena, "dateadd(%.*s, %.*s, %.*s)", STR_ARG(part), STR_ARG(n), STR_ARG(date)));
}

static struct jv datediff(const struct call *c) {
    struct str from = text(c, 0, "first_date", ""), to = text(c, 1, "second_date", ""), part = text(c, 2, "datepart", "day");
    if (is_bigquery(c))
        return jv_cstr(arena_printf(c->run->arena, "datetime_diff(cast(%.*s as datetime), cast(%.*s as datetime), %.*s)", STR_ARG(to), STR_ARG(from),
                                    STR_ARG(part)));
    return jv_cstr(arena_printf(c->run->arena, "datediff(%.*s, %.*s, %.*s)", STR_ARG(part), STR_ARG(from), STR_ARG(to)));
}

static struct jv safe_cast(const struct call *c) {
    struct str field = text(c, 0, "field", ""), type = text(c, 1, "type", "string");
    const char *word = is_bigquery(c) ? "safe_cast" : dialect_of(c) == DIALECT_POSTGRES || dialect_of(c) == DIALECT_REDSHIFT ? "cast" : "try_cast";
    return jv_cstr(arena_printf(c->run->arena, "%s(%.*s as %.*s)", word, STR_ARG(field), STR_ARG(type)));
}

static struct jv plain_cast(const struct call *c) {
    struct str field = text(c, 0, "field", ""), type = text(c, 1, "type", "string");
    return jv_cstr(arena_printf(c->run->arena, "cast(%.*s as %.*s)", STR_ARG(field), STR_ARG(type)));
}

static struct jv joined(const struct call *c, const char *open, const char *between, const char *close, const char *before, const char *after) {
    struct buf b = buf_new(c->run->arena);
    const struct jv *fields = c->args->n ? &c->args->at[0] : jv_arg(c->args, 0, "fields");
    if (!fields || fields->kind != JV_LIST) return jv_unknown(c->run->arena, "list");
    buf_text(&b, open);
    for (size_t i = 0; i < fields->list->n; i++) {
        struct str field = jv_str(c->run->arena, fields->list->at[i]);
        buf_printf(&b, "%s%s%.*s%s", i ? between : "", before, STR_ARG(field), after);
    }
    buf_text(&b, close);
    return made(c, &b);
}
static struct jv concat(const struct call *c) {
    return is_spark(c) || is_bigquery(c) ? joined(c, "concat(", ", ", ")", "", "") : joined(c, "", " || ", "", "", "");
}
static struct jv safe_add(const struct call *c) { return joined(c, "", " + ", "", "coalesce(", ", 0)"); }
static struct jv safe_subtract(const struct call *c) { return joined(c, "", " - ", "", "coalesce(", ", 0)"); }

static struct jv safe_divide(const struct call *c) {
    struct str a = text(c, 0, "numerator", ""), b = text(c, 1, "denominator", "");
    return jv_cstr(arena_printf(c->run->arena, "( %.*s ) / nullif( ( %.*s ), 0)", STR_ARG(a), STR_ARG(b)));
}

static struct jv one_argument(const struct call *c, const char *fmt) {
    struct str a = text(c, 0, "expression", "");
    struct buf b = buf_new(c->run->arena);
    const char *at = strchr(fmt, '@');
    buf_add(&b, fmt, (size_t)(at - fmt));
    buf_slice(&b, a);
    buf_text(&b, at + 1);
    return made(c, &b);
}
static struct jv hash(const struct call *c) {
    return one_argument(c, is_bigquery(c) ? "to_hex(md5(cast(@ as string)))" : is_spark(c) ? "md5(cast(@ as string))" : "md5(cast(@ as varchar))");
}
static struct jv any_value(const struct call *c) { return one_argument(c, "any_value(@)"); }
static struct jv bool_or(const struct call *c) { return one_argument(c, is_bigquery(c) ? "logical_or(@)" : "bool_or(@)"); }
static struct jv length(const struct call *c) { return one_argument(c, "length(@)"); }
static struct jv string_literal(const struct call *c) { return one_argument(c, "'@'"); }
static struct jv bool_to_text(const struct call *c) {
    return one_argument(c, is_spark(c) || is_bigquery(c) ? "cast(@ as string)" : "cast(@ as varchar)");
}
static struct jv date_cast(const struct call *c) { return one_argument(c, "cast(@ as date)"); }

static struct jv call_of(const struct call *c, const char *name, size_t most) {
    struct buf b = buf_new(c->run->arena);
    buf_printf(&b, "%s(", name);
    for (size_t i = 0; i < c->args->n && i < most; i++) {
        struct str a = jv_str(c->run->arena, c->args->at[i]);
        buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(a));
    }
    buf_char(&b, ')');
    return made(c, &b);
}
static struct jv replace(const struct call *c) { return call_of(c, "replace", 3); }
static struct jv right(const struct call *c) { return call_of(c, "right", 2); }
static struct jv split_part(const struct call *c) { return is_bigquery(c) ? jv_unknown(c->run->arena, "split_part") : call_of(c, "split_part", 3); }

static struct jv position(const struct call *c) {
    struct str part = text(c, 0, "substring_text", ""), all = text(c, 1, "string_text", "");
    return jv_cstr(arena_printf(c->run->arena, "position(%.*s in %.*s)", STR_ARG(part), STR_ARG(all)));
}

static struct jv last_day(const struct call *c) {
    struct str date = text(c, 0, "date", ""), part = text(c, 1, "datepart", "month");
    if (is_spark(c) && str_iis(part, "month")) return jv_cstr(arena_printf(c->run->arena, "last_day(%.*s)", STR_ARG(date)));
    return jv_cstr(arena_printf(c->run->arena, "last_day(%.*s, %.*s)", STR_ARG(date), STR_ARG(part)));
}

static struct jv current_timestamp(const struct call *c) { return jv_cstr("current_timestamp()"); }

static struct jv listagg(const struct call *c) {
    struct str measure = text(c, 0, "measure", ""), between = text(c, 1, "delimiter_text", "','"), order = text(c, 2, "order_by_clause", "");
    if (is_bigquery(c) || dialect_of(c) == DIALECT_POSTGRES)
        return jv_cstr(arena_printf(c->run->arena, "string_agg(%.*s, %.*s %.*s)", STR_ARG(measure), STR_ARG(between), STR_ARG(order)));
    if (!order.n) return jv_cstr(arena_printf(c->run->arena, "listagg(%.*s, %.*s)", STR_ARG(measure), STR_ARG(between)));
    return jv_cstr(arena_printf(c->run->arena, "listagg(%.*s, %.*s) within group (%.*s)", STR_ARG(measure), STR_ARG(between), STR_ARG(order)));
}

static struct jv group_by(const struct call *c) {
    const struct jv *n = jv_arg(c->args, 0, "n");
    struct buf b = buf_new(c->run->arena);
    buf_text(&b, "group by ");
    for (int64_t i = 1; n && n->kind == JV_INT && i <= n->i && i <= 500; i++) buf_printf(&b, "%s%lld", i > 1 ? "," : "", (long long)i);
    return made(c, &b);
}

/* What reads whole relations: a column of unknown content keeps them apart from queries written by hand. */
static struct jv opaque_rows(const struct call *c, const char *name, const char *columns) {
    const struct jv *relation = jv_arg(c->args, 0, "relation");
    struct str of = relation ? jv_str(c->run->arena, *relation) : STR("");
    struct jv unknown = jv_unknown(c->run->arena, "%s %.*s", name, STR_ARG(of));
    struct str mark = jv_str(c->run->arena, unknown);
    jinja_doubt(c->j, false, "the columns that '%s' gives are only known when it runs", name);
    return jv_cstr(arena_printf(c->run->arena, "select %s, %.*s as _unknown from %.*s", columns, STR_ARG(mark), STR_ARG(of)));
}
static struct jv unpivot(const struct call *c) { return opaque_rows(c, "unpivot", "*"); }

static struct jv union_relations(const struct call *c) {
    const struct jv *relations = jv_arg(c->args, 0, "relations");
    if (!relations || relations->kind != JV_LIST || !relations->list->n) return jv_unknown(c->run->arena, "union_relations");
    struct buf b = buf_new(c->run->arena);
    buf_text(&b, "(");
    for (size_t i = 0; i < relations->list->n; i++) {
        struct str of = jv_str(c->run->arena, relations->list->at[i]);
        buf_printf(&b, "%s select '%.*s' as _dbt_source_relation, * from %.*s", i ? " union all" : "", STR_ARG(of), STR_ARG(of));
    }
    buf_text(&b, ")");
    jinja_doubt(c->j, false, "the columns that 'union_relations' lines up are only known when it runs");
    return made(c, &b);
}

static struct jv deduplicate(const struct call *c) {
    struct str relation = text(c, 0, "relation", ""), partition = text(c, 1, "partition_by", "1"), order = text(c, 2, "order_by", "1");
    return jv_cstr(arena_printf(c->run->arena, "select * from %.*s qualify row_number() over (partition by %.*s order by %.*s) = 1",
                                STR_ARG(relation), STR_ARG(partition), STR_ARG(order)));
}

static struct jv pivot(const struct call *c) {
    struct str column = text(c, 0, "column", ""), agg = text(c, 4, "agg", "sum"), then = text(c, 8, "then_value", "1"),
               otherwise = text(c, 9, "else_value", "0");
    struct str prefix = text(c, 6, "prefix", ""), suffix = text(c, 7, "suffix", "");
    const struct jv *values = jv_arg(c->args, 1, "values");
    if (!values || values->kind != JV_LIST) {
        jinja_doubt(c->j, true, "the columns of 'pivot' are only known when it runs");
        return jv_unknown(c->run->arena, "pivot %.*s", STR_ARG(column));
    }
    struct buf b = buf_new(c->run->arena);
    char quote = dialect_traits(dialect_of(c))->quote[0];
    for (size_t i = 0; i < values->list->n; i++) {
        struct str v = jv_str(c->run->arena, values->list->at[i]);
        buf_printf(&b, "%s%.*s(case when %.*s = '%.*s' then %.*s else %.*s end) as %c%.*s%.*s%.*s%c", i ? ", " : "", STR_ARG(agg), STR_ARG(column),
                   STR_ARG(v), STR_ARG(then), STR_ARG(otherwise), quote, STR_ARG(prefix), STR_ARG(v), STR_ARG(suffix), quote);
    }
    return made(c, &b);
}

static struct jv date_spine(const struct call *c) {
    struct str part = text(c, 0, "datepart", "day"), from = text(c, 1, "start_date", ""), to = text(c, 2, "end_date", "");
    struct jv unknown = jv_unknown(c->run->arena, "date_spine '%.*s' '%.*s' '%.*s'", STR_ARG(part), STR_ARG(from), STR_ARG(to));
    struct str mark = jv_str(c->run->arena, unknown);
    jinja_doubt(c->j, false, "the rows of 'date_spine' are not compared");
    return jv_cstr(arena_printf(c->run->arena, "select %.*s as date_%.*s", STR_ARG(mark), STR_ARG(part)));
}

/* Of each column a package's model stages: the source's when it is there, else NULL; which of the two is only known when it runs. */
static struct jv staging_columns(const struct call *c) {
    const struct jv *list = jv_arg(c->args, 1, "staging_columns");
    struct buf b = buf_new(c->run->arena);
    if (!list || list->kind != JV_LIST || !list->list->n) return jv_unknown(c->run->arena, "fill_staging_columns");
    jinja_doubt(c->j, false, "which columns 'fill_staging_columns' finds is only known when it runs");
    for (size_t i = 0; i < list->list->n; i++) {
        struct jv *name = jv_dict_get(list->list->at[i], STR("name")), *alias = jv_dict_get(list->list->at[i], STR("alias"));
        if (!name || name->kind != JV_TEXT) return jv_unknown(c->run->arena, "fill_staging_columns");
        struct str as = alias && alias->kind == JV_TEXT ? alias->s : name->s;
        buf_printf(&b, "%s%.*s as %.*s", i ? ", " : "", STR_ARG(name->s), STR_ARG(as));
    }
    return made(c, &b);
}

static struct jv empty(const struct call *c) { return jv_cstr(""); }
static struct jv except_word(const struct call *c) { return jv_cstr(is_bigquery(c) ? "except distinct" : "except"); }
static struct jv intersect_word(const struct call *c) { return jv_cstr(is_bigquery(c) ? "intersect distinct" : "intersect"); }

static const struct {
    const char *name;
    macro_fn fn;
    bool only_utils; /* known under dbt_utils only: projects have macros of that name */
} macros[] = {
    {"type_string", type_string, false},
    {"type_int", type_int, false},
    {"type_bigint", type_bigint, false},
    {"type_float", type_float, false},
    {"type_numeric", type_numeric, false},
    {"type_timestamp", type_timestamp, false},
    {"type_boolean", type_boolean, false},
    {"generate_surrogate_key", generate_surrogate_key, false},
    {"surrogate_key", old_surrogate_key, true},
    {"star", star, true},
    {"date_trunc", date_trunc, false},
    {"dateadd", dateadd, false},
    {"datediff", datediff, false},
    {"safe_cast", safe_cast, false},
    {"cast", plain_cast, true},
    {"concat", concat, false},
    {"safe_add", safe_add, true},
    {"safe_subtract", safe_subtract, true},
    {"safe_divide", safe_divide, true},
    {"hash", hash, false},
    {"any_value", any_value, false},
    {"bool_or", bool_or, false},
    {"length", length, false},
    {"string_literal", string_literal, false},
    {"cast_bool_to_text", bool_to_text, false},
    {"date", date_cast, true},
    {"replace", replace, false},
    {"right", right, false},
    {"split_part", split_part, false},
    {"position", position, false},
    {"last_day", last_day, false},
    {"current_timestamp", current_timestamp, false},
    {"current_timestamp_in_utc", current_timestamp, true},
    {"current_timestamp_backcompat", current_timestamp, false},
    {"current_timestamp_in_utc_backcompat", current_timestamp, false},
    {"listagg", listagg, false},
    {"group_by", group_by, true},
    {"unpivot", unpivot, true},
    {"union_relations", union_relations, true},
    {"deduplicate", deduplicate, true},
    {"pivot", pivot, true},
    {"date_spine", date_spine, true},
    {"except", except_word, false},
    {"intersect", intersect_word, false},
    {"log_info", empty, true},
    {"pretty_log_format", empty, true},
};

struct builtin {
    struct dbt_run *run;
    macro_fn fn;
};

static struct jv builtin_call(struct jinja *j, void *self, const struct jv_args *args) {
    struct builtin *b = self;
    return b->fn(&(struct call){b->run, j, args});
}

static struct jv builtin_make(struct dbt_run *run, const char *name, macro_fn fn) {
    struct builtin *b = arena_new(run->arena, struct builtin);
    *b = (struct builtin){run, fn};
    return jv_function_new(run->arena, &(struct jv_function){name, builtin_call, b, NULL});
}

bool dbt_builtin(struct dbt_run *run, struct jinja *j, struct str package, struct str name, struct jv *out) {
    if (str_is(package, "fivetran_utils") && str_is(name, "fill_staging_columns")) {
        *out = builtin_make(run, "fill_staging_columns", staging_columns);
        return true;
    }
    bool utils = str_is(package, "dbt_utils"), ours = utils || str_is(package, "dbt") || package.n == 0;
    for (size_t i = 0; ours && i < sizeof macros / sizeof *macros; i++) {
        if (!str_is(name, macros[i].name) || (macros[i].only_utils && !utils)) continue;
        *out = builtin_make(run, macros[i].name, macros[i].fn);
        return true;
    }
    return false;
}
