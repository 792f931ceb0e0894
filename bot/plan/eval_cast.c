/* eval_cast.c - CAST, and what the dialects mean where they differ. */
#include "eval_tree.h"

struct eval_rules eval_rules_of(enum dialect dialect) {
    struct eval_rules rules = {.nulls = NULLS_ARE_SMALL, .like_backslash = true, .date_minus_is_days = true};
    switch (dialect) {
    case DIALECT_POSTGRES:
    case DIALECT_REDSHIFT:
        rules.nulls = NULLS_ARE_LARGE;
        rules.cast_rounds = true;
        rules.greatest_skips_null = true;
        rules.concat_skips_null = dialect == DIALECT_POSTGRES;
        break;
    case DIALECT_DATABRICKS:
    case DIALECT_SPARK:
        rules.greatest_skips_null = true;
        rules.date_minus_is_days = false;
        break;
    case DIALECT_DUCKDB:
        rules.cast_rounds = true;
        rules.greatest_skips_null = true;
        rules.concat_skips_null = true;
        rules.like_backslash = false;
        break;
    case DIALECT_MYSQL:
        rules.zero_division_null = true;
        rules.like_folds_case = true;
        rules.cast_rounds = true;
        break;
    case DIALECT_SQLITE:
        rules.zero_division_null = true;
        rules.like_folds_case = true;
        rules.like_backslash = false;
        break;
    case DIALECT_TSQL:
        rules.average_whole = true;
        rules.concat_skips_null = true;
        rules.like_folds_case = true;
        rules.like_backslash = false;
        break;
    case DIALECT_TRINO:
    case DIALECT_SNOWFLAKE:
    case DIALECT_ANSI:
        rules.cast_rounds = true;
        rules.like_backslash = false;
        break;
    default:
        rules.cast_rounds = true;
        break;
    }
    rules.divides_whole = plan_int_division(dialect);
    return rules;
}

static bool to_number(struct run *run, struct value v, bool try_it, struct value *out) {
    if (value_is_number(v)) {
        *out = v;
        return true;
    }
    if (v.kind == CELL_BOOL) {
        *out = value_int(v.i);
        return true;
    }
    if (v.kind != CELL_TEXT) return eval_unknown(&run->base, "cast of this kind to a number");
    if (value_read_number(v.text, out)) return true;
    *out = value_null();
    return try_it || eval_fault(&run->base, "text that is no number");
}

static bool to_int(struct run *run, struct value v, bool try_it, struct value *out) {
    bool is_text = v.kind == CELL_TEXT;
    if (!to_number(run, v, try_it, out)) return false;
    if (out->kind == CELL_NULL || out->kind == CELL_INT) return true;
    if (is_text) return eval_unknown(&run->base, "cast of a fraction in text to an integer");
    if (out->kind == CELL_EXACT && run->base.rules.cast_rounds && out->exact.den == 2)
        return eval_unknown(&run->base, "cast of a half to an integer");
    bool good = run->base.rules.cast_rounds ? value_round(*out, 0, out) : value_truncate(*out, out);
    return good || eval_fault(&run->base, "overflow");
}

static bool to_decimal(struct run *run, struct value v, const struct eval_expr *cast, struct value *out) {
    struct type type = cast->from->type;
    bool try_it = strcmp(cast->from->name, "try_cast") == 0;
    if (!to_number(run, v, try_it, out) || out->kind == CELL_NULL) return run->base.state == EVAL_FINE;
    if (type.precision == 0 && out->kind != CELL_INT) return eval_unknown(&run->base, "DECIMAL without a scale");
    return type.precision == 0 || value_round(*out, type.scale, out) || eval_fault(&run->base, "overflow");
}

static bool to_text(struct run *run, struct value v, const struct eval_expr *cast, struct value *out) {
    struct type from = cast->args[0]->from->type, to = cast->from->type;
    struct buf text = buf_new(run->base.arena);
    switch (v.kind) {
    case CELL_TEXT:
        *out = v;
        break;
    case CELL_BOOL:
        *out = value_text(v.i ? STR("true") : STR("false"));
        break;
    case CELL_INT:
        if (from.kind != TYPE_INT) return eval_unknown(&run->base, "a number of unknown scale as text");
        value_print(&text, v);
        *out = value_text(str_of(buf_str(&text)));
        break;
    case CELL_DATE:
        value_print(&text, v);
        *out = value_text((struct str){buf_str(&text) + 6, 10});
        break;
    default:
        return eval_unknown(&run->base, "cast of this kind to text");
    }
    if (to.precision && out->text.n > to.precision) return eval_unknown(&run->base, "text longer than its type");
    return true;
}

static bool to_date(struct run *run, struct value v, bool try_it, struct value *out) {
    struct value time = v;
    if (v.kind == CELL_DATE) {
        *out = v;
        return true;
    }
    if (v.kind == CELL_TEXT && !value_read_time(v.text, &time)) {
        *out = value_null();
        return try_it || eval_fault(&run->base, "text that is no date");
    }
    if (time.kind != CELL_TIME || !date_truncate(time, UNIT_DAY, &time)) return eval_unknown(&run->base, "cast of this kind to a date");
    *out = value_of_kind(CELL_DATE, time.i / 86400000000);
    return true;
}

static bool to_time(struct run *run, struct value v, bool try_it, struct value *out) {
    *out = v;
    if (v.kind == CELL_TIME) return true;
    if (v.kind == CELL_DATE) {
        *out = value_of_kind(CELL_TIME, v.i * 86400000000);
        return true;
    }
    if (v.kind != CELL_TEXT) return eval_unknown(&run->base, "cast of this kind to a timestamp");
    if (value_read_time(v.text, out)) return true;
    *out = value_null();
    return try_it || eval_fault(&run->base, "text that is no timestamp");
}

static bool to_bool(struct run *run, struct value v, struct value *out) {
    *out = v;
    if (v.kind == CELL_BOOL) return true;
    if (v.kind == CELL_INT) *out = value_bool(v.i != 0);
    if (v.kind == CELL_TEXT && (str_iis(v.text, "true") || str_iis(v.text, "false"))) *out = value_bool(str_iis(v.text, "true"));
    return out->kind == CELL_BOOL || eval_unknown(&run->base, "cast of this kind to a truth");
}

bool eval_cast(struct run *run, struct value v, const struct eval_expr *cast, struct value *out) {
    bool try_it = cast->from->name && strcmp(cast->from->name, "try_cast") == 0;
    *out = v;
    if (v.kind == CELL_NULL) return true;
    switch (cast->from->type.kind) {
    case TYPE_INT:
        return to_int(run, v, try_it, out);
    case TYPE_DECIMAL:
        return to_decimal(run, v, cast, out);
    case TYPE_FLOAT:
        return to_number(run, v, try_it, out);
    case TYPE_STRING:
        return to_text(run, v, cast, out);
    case TYPE_DATE:
        return to_date(run, v, try_it, out);
    case TYPE_TIMESTAMP:
        return to_time(run, v, try_it, out);
    case TYPE_BOOL:
        return to_bool(run, v, out);
    default:
        return eval_unknown(&run->base, "cast to a type that is not known");
    }
}
