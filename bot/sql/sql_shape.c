/* sql_shape.c - the tables of sql_shape.h, fields in the order of the source text. */
#include "sql_shape.h"

#include <stddef.h>

static const struct field ident_fields[] = {
    {"text", offsetof(struct sql_ident, text), 0, FIELD_TEXT, SHAPE_NONE},
    {"quoted", offsetof(struct sql_ident, quoted), 0, FIELD_BOOL, SHAPE_NONE},
    {"templated", offsetof(struct sql_ident, templated), 0, FIELD_BOOL, SHAPE_NONE},
};

static const struct field name_fields[] = {
    {"dynamic", offsetof(struct sql_name, dynamic), 0, FIELD_ONE, SHAPE_EXPR},
    {"parts", offsetof(struct sql_name, parts), offsetof(struct sql_name, part_count), FIELD_LIST, SHAPE_IDENT},
};

static const struct field expr_fields[] = {
    {"flags", offsetof(struct sql_expr, flags), 0, FIELD_NUMBER, SHAPE_NONE},
    {"name", offsetof(struct sql_expr, name), 0, FIELD_TEXT, SHAPE_NONE},
    {"args", offsetof(struct sql_expr, args), offsetof(struct sql_expr, arg_count), FIELD_MANY, SHAPE_EXPR},
};

static const struct field star_fields[] = {
    {"path", offsetof(struct sql_star, path), 0, FIELD_ONE, SHAPE_NAME},
    {"except", offsetof(struct sql_star, except), offsetof(struct sql_star, except_count), FIELD_LIST, SHAPE_IDENT},
    {"replace", offsetof(struct sql_star, replace), offsetof(struct sql_star, replace_count), FIELD_LIST, SHAPE_ITEM},
    {"adds", offsetof(struct sql_star, adds), 0, FIELD_NUMBER, SHAPE_NONE},
    {"rename", offsetof(struct sql_star, rename), offsetof(struct sql_star, rename_count), FIELD_LIST, SHAPE_RENAME},
    {"like", offsetof(struct sql_star, like), 0, FIELD_ONE, SHAPE_EXPR},
    {"like_case", offsetof(struct sql_star, like_case), 0, FIELD_BOOL, SHAPE_NONE},
    {"like_not", offsetof(struct sql_star, like_not), 0, FIELD_BOOL, SHAPE_NONE},
    {"like_similar", offsetof(struct sql_star, like_similar), 0, FIELD_BOOL, SHAPE_NONE},
};

static const struct field rename_fields[] = {
    {"from", offsetof(struct sql_rename, from), 0, FIELD_INLINE, SHAPE_IDENT},
    {"to", offsetof(struct sql_rename, to), 0, FIELD_INLINE, SHAPE_IDENT},
};

static const struct field order_fields[] = {
    {"expr", offsetof(struct sql_order, expr), 0, FIELD_ONE, SHAPE_EXPR},
    {"direction", offsetof(struct sql_order, direction), 0, FIELD_NUMBER, SHAPE_NONE},
    {"nulls", offsetof(struct sql_order, nulls), 0, FIELD_NUMBER, SHAPE_NONE},
    {"using_op", offsetof(struct sql_order, using_op), 0, FIELD_TEXT, SHAPE_NONE},
    {"fill", offsetof(struct sql_order, fill), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field window_fields[] = {
    {"name", offsetof(struct sql_window, name), 0, FIELD_INLINE, SHAPE_IDENT},
    {"base", offsetof(struct sql_window, base), 0, FIELD_INLINE, SHAPE_IDENT},
    {"is_reference", offsetof(struct sql_window, is_reference), 0, FIELD_BOOL, SHAPE_NONE},
    {"partition", offsetof(struct sql_window, partition), offsetof(struct sql_window, partition_count), FIELD_MANY, SHAPE_EXPR},
    {"order", offsetof(struct sql_window, order), offsetof(struct sql_window, order_count), FIELD_LIST, SHAPE_ORDER},
    {"unit", offsetof(struct sql_window, unit), 0, FIELD_NUMBER, SHAPE_NONE},
    {"start", offsetof(struct sql_window, start), 0, FIELD_NUMBER, SHAPE_NONE},
    {"end", offsetof(struct sql_window, end), 0, FIELD_NUMBER, SHAPE_NONE},
    {"start_expr", offsetof(struct sql_window, start_expr), 0, FIELD_ONE, SHAPE_EXPR},
    {"end_expr", offsetof(struct sql_window, end_expr), 0, FIELD_ONE, SHAPE_EXPR},
    {"exclude", offsetof(struct sql_window, exclude), 0, FIELD_NUMBER, SHAPE_NONE},
};

static const struct field call_fields[] = {
    {"path", offsetof(struct sql_call, path), 0, FIELD_ONE, SHAPE_NAME},
    {"parameters", offsetof(struct sql_call, parameters), offsetof(struct sql_call, parameter_count), FIELD_MANY, SHAPE_EXPR},
    {"having_word", offsetof(struct sql_call, having_word), 0, FIELD_TEXT, SHAPE_NONE},
    {"having", offsetof(struct sql_call, having), 0, FIELD_ONE, SHAPE_EXPR},
    {"order", offsetof(struct sql_call, order), offsetof(struct sql_call, order_count), FIELD_LIST, SHAPE_ORDER},
    {"separator", offsetof(struct sql_call, separator), 0, FIELD_ONE, SHAPE_EXPR},
    {"limit", offsetof(struct sql_call, limit), 0, FIELD_ONE, SHAPE_EXPR},
    {"tail", offsetof(struct sql_call, tail), 0, FIELD_TEXT, SHAPE_NONE},
    {"partition", offsetof(struct sql_call, partition), offsetof(struct sql_call, partition_count), FIELD_MANY, SHAPE_EXPR},
    {"within", offsetof(struct sql_call, within), offsetof(struct sql_call, within_count), FIELD_LIST, SHAPE_ORDER},
    {"filter", offsetof(struct sql_call, filter), 0, FIELD_ONE, SHAPE_EXPR},
    {"after", offsetof(struct sql_call, after), 0, FIELD_TEXT, SHAPE_NONE},
    {"over", offsetof(struct sql_call, over), 0, FIELD_ONE, SHAPE_WINDOW},
    {"columns", offsetof(struct sql_call, columns), offsetof(struct sql_call, column_count), FIELD_LIST, SHAPE_COLUMN},
    {"before", offsetof(struct sql_call, before), 0, FIELD_TEXTS, SHAPE_NONE},
};

static const struct field type_fields[] = {
    {"name", offsetof(struct sql_type, name), 0, FIELD_TEXT, SHAPE_NONE},
    {"path", offsetof(struct sql_type, path), 0, FIELD_ONE, SHAPE_NAME},
    {"params", offsetof(struct sql_type, params), offsetof(struct sql_type, param_count), FIELD_MANY, SHAPE_EXPR},
    {"args", offsetof(struct sql_type, args), offsetof(struct sql_type, arg_count), FIELD_MANY, SHAPE_TYPE},
    {"fields", offsetof(struct sql_type, fields), offsetof(struct sql_type, field_count), FIELD_LIST, SHAPE_COLUMN},
    {"element", offsetof(struct sql_type, element), 0, FIELD_ONE, SHAPE_TYPE},
    {"size", offsetof(struct sql_type, size), 0, FIELD_TEXT, SHAPE_NONE},
    {"tail", offsetof(struct sql_type, tail), 0, FIELD_TEXT, SHAPE_NONE},
    {"not_null", offsetof(struct sql_type, not_null), 0, FIELD_BOOL, SHAPE_NONE},
    {"brackets", offsetof(struct sql_type, brackets), 0, FIELD_BOOL, SHAPE_NONE},
    {"percent", offsetof(struct sql_type, percent), 0, FIELD_BOOL, SHAPE_NONE},
};

static const struct field item_fields[] = {
    {"expr", offsetof(struct sql_item, expr), 0, FIELD_ONE, SHAPE_EXPR},
    {"alias", offsetof(struct sql_item, alias), 0, FIELD_INLINE, SHAPE_IDENT},
    {"aliases", offsetof(struct sql_item, aliases), offsetof(struct sql_item, alias_count), FIELD_LIST, SHAPE_IDENT},
    {"direction", offsetof(struct sql_item, direction), 0, FIELD_NUMBER, SHAPE_NONE},
    {"nulls", offsetof(struct sql_item, nulls), 0, FIELD_NUMBER, SHAPE_NONE},
};

static const struct field travel_fields[] = {
    {"kind", offsetof(struct sql_travel, kind), 0, FIELD_NUMBER, SHAPE_NONE},
    {"words", offsetof(struct sql_travel, words), 0, FIELD_TEXT, SHAPE_NONE},
    {"expr", offsetof(struct sql_travel, expr), 0, FIELD_ONE, SHAPE_EXPR},
    {"upper", offsetof(struct sql_travel, upper), 0, FIELD_ONE, SHAPE_EXPR},
};

static const struct field sample_fields[] = {
    {"method", offsetof(struct sql_sample, method), 0, FIELD_TEXT, SHAPE_NONE},
    {"word", offsetof(struct sql_sample, word), 0, FIELD_TEXT, SHAPE_NONE},
    {"size", offsetof(struct sql_sample, size), 0, FIELD_ONE, SHAPE_EXPR},
    {"of", offsetof(struct sql_sample, of), 0, FIELD_ONE, SHAPE_EXPR},
    {"unit", offsetof(struct sql_sample, unit), 0, FIELD_TEXT, SHAPE_NONE},
    {"on", offsetof(struct sql_sample, on), 0, FIELD_ONE, SHAPE_EXPR},
    {"seed", offsetof(struct sql_sample, seed), 0, FIELD_ONE, SHAPE_EXPR},
};

static const struct field pivot_fields[] = {
    {"more", offsetof(struct sql_pivot, more), 0, FIELD_TEXT, SHAPE_NONE},
    {"aggregates", offsetof(struct sql_pivot, aggregates), offsetof(struct sql_pivot, aggregate_count), FIELD_LIST, SHAPE_ITEM},
    {"columns", offsetof(struct sql_pivot, columns), offsetof(struct sql_pivot, column_count), FIELD_MANY, SHAPE_EXPR},
    {"values", offsetof(struct sql_pivot, values), offsetof(struct sql_pivot, value_count), FIELD_LIST, SHAPE_ITEM},
    {"query", offsetof(struct sql_pivot, query), 0, FIELD_ONE, SHAPE_QUERY},
    {"any", offsetof(struct sql_pivot, any), 0, FIELD_BOOL, SHAPE_NONE},
    {"any_order", offsetof(struct sql_pivot, any_order), offsetof(struct sql_pivot, any_order_count), FIELD_LIST, SHAPE_ORDER},
    {"otherwise", offsetof(struct sql_pivot, otherwise), 0, FIELD_ONE, SHAPE_EXPR},
    {"group", offsetof(struct sql_pivot, group), offsetof(struct sql_pivot, group_count), FIELD_MANY, SHAPE_EXPR},
    {"is_statement", offsetof(struct sql_pivot, is_statement), 0, FIELD_BOOL, SHAPE_NONE},
};

static const struct field from_fields[] = {
    {"flags", offsetof(struct sql_from, flags), 0, FIELD_NUMBER, SHAPE_NONE},
    {"left", offsetof(struct sql_from, left), 0, FIELD_ONE, SHAPE_FROM},
    {"name", offsetof(struct sql_from, name), 0, FIELD_ONE, SHAPE_NAME},
    {"query", offsetof(struct sql_from, query), 0, FIELD_ONE, SHAPE_QUERY},
    {"call", offsetof(struct sql_from, call), 0, FIELD_ONE, SHAPE_EXPR},
    {"right", offsetof(struct sql_from, right), 0, FIELD_ONE, SHAPE_FROM},
    {"match", offsetof(struct sql_from, match), 0, FIELD_ONE, SHAPE_EXPR},
    {"on", offsetof(struct sql_from, on), 0, FIELD_ONE, SHAPE_EXPR},
    {"using_columns", offsetof(struct sql_from, using_columns), offsetof(struct sql_from, using_count), FIELD_LIST, SHAPE_IDENT},
    {"pivot", offsetof(struct sql_from, pivot), 0, FIELD_ONE, SHAPE_PIVOT},
    {"alias", offsetof(struct sql_from, alias), 0, FIELD_INLINE, SHAPE_IDENT},
    {"columns", offsetof(struct sql_from, columns), offsetof(struct sql_from, column_count), FIELD_LIST, SHAPE_COLUMN},
    {"offset", offsetof(struct sql_from, offset), 0, FIELD_INLINE, SHAPE_IDENT},
    {"travel", offsetof(struct sql_from, travel), 0, FIELD_ONE, SHAPE_TRAVEL},
    {"sample", offsetof(struct sql_from, sample), 0, FIELD_ONE, SHAPE_SAMPLE},
    {"hint", offsetof(struct sql_from, hint), 0, FIELD_TEXT, SHAPE_NONE},
    {"options", offsetof(struct sql_from, options), offsetof(struct sql_from, option_count), FIELD_LIST, SHAPE_PROPERTY},
    {"tail", offsetof(struct sql_from, tail), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field group_fields[] = {
    {"items", offsetof(struct sql_group, items), offsetof(struct sql_group, item_count), FIELD_MANY, SHAPE_EXPR},
    {"all", offsetof(struct sql_group, all), 0, FIELD_BOOL, SHAPE_NONE},
    {"distinct", offsetof(struct sql_group, distinct), 0, FIELD_BOOL, SHAPE_NONE},
    {"with_rollup", offsetof(struct sql_group, with_rollup), 0, FIELD_BOOL, SHAPE_NONE},
    {"with_cube", offsetof(struct sql_group, with_cube), 0, FIELD_BOOL, SHAPE_NONE},
    {"with_totals", offsetof(struct sql_group, with_totals), 0, FIELD_BOOL, SHAPE_NONE},
    {"sets", offsetof(struct sql_group, sets), 0, FIELD_ONE, SHAPE_EXPR},
};

static const struct field top_fields[] = {
    {"count", offsetof(struct sql_top, count), 0, FIELD_ONE, SHAPE_EXPR},
    {"percent", offsetof(struct sql_top, percent), 0, FIELD_BOOL, SHAPE_NONE},
    {"ties", offsetof(struct sql_top, ties), 0, FIELD_BOOL, SHAPE_NONE},
};

static const struct field select_fields[] = {
    {"hint", offsetof(struct sql_select, hint), 0, FIELD_TEXT, SHAPE_NONE},
    {"distinct", offsetof(struct sql_select, distinct), 0, FIELD_NUMBER, SHAPE_NONE},
    {"distinct_on", offsetof(struct sql_select, distinct_on), offsetof(struct sql_select, distinct_count), FIELD_MANY, SHAPE_EXPR},
    {"top", offsetof(struct sql_select, top), 0, FIELD_ONE, SHAPE_TOP},
    {"as_struct", offsetof(struct sql_select, as_struct), 0, FIELD_BOOL, SHAPE_NONE},
    {"as_value", offsetof(struct sql_select, as_value), 0, FIELD_BOOL, SHAPE_NONE},
    {"as_type", offsetof(struct sql_select, as_type), 0, FIELD_TEXT, SHAPE_NONE},
    {"from_first", offsetof(struct sql_select, from_first), 0, FIELD_BOOL, SHAPE_NONE},
    {"modifiers", offsetof(struct sql_select, modifiers), 0, FIELD_TEXT, SHAPE_NONE},
    {"items", offsetof(struct sql_select, items), offsetof(struct sql_select, item_count), FIELD_LIST, SHAPE_ITEM},
    {"into", offsetof(struct sql_select, into), 0, FIELD_ONE, SHAPE_NAME},
    {"into_text", offsetof(struct sql_select, into_text), 0, FIELD_TEXT, SHAPE_NONE},
    {"from", offsetof(struct sql_select, from), 0, FIELD_ONE, SHAPE_FROM},
    {"prewhere", offsetof(struct sql_select, prewhere), 0, FIELD_ONE, SHAPE_EXPR},
    {"where", offsetof(struct sql_select, where), 0, FIELD_ONE, SHAPE_EXPR},
    {"start", offsetof(struct sql_select, start), 0, FIELD_ONE, SHAPE_EXPR},
    {"connect", offsetof(struct sql_select, connect), 0, FIELD_ONE, SHAPE_EXPR},
    {"nocycle", offsetof(struct sql_select, nocycle), 0, FIELD_BOOL, SHAPE_NONE},
    {"group", offsetof(struct sql_select, group), 0, FIELD_ONE, SHAPE_GROUP},
    {"having", offsetof(struct sql_select, having), 0, FIELD_ONE, SHAPE_EXPR},
    {"windows", offsetof(struct sql_select, windows), offsetof(struct sql_select, window_count), FIELD_LIST, SHAPE_WINDOW},
    {"qualify", offsetof(struct sql_select, qualify), 0, FIELD_ONE, SHAPE_EXPR},
    {"transform", offsetof(struct sql_select, transform), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field cte_fields[] = {
    {"name", offsetof(struct sql_cte, name), 0, FIELD_INLINE, SHAPE_IDENT},
    {"columns", offsetof(struct sql_cte, columns), offsetof(struct sql_cte, column_count), FIELD_LIST, SHAPE_IDENT},
    {"materialized", offsetof(struct sql_cte, materialized), 0, FIELD_NUMBER, SHAPE_NONE},
    {"key", offsetof(struct sql_cte, key), offsetof(struct sql_cte, key_count), FIELD_MANY, SHAPE_EXPR},
    {"query", offsetof(struct sql_cte, query), 0, FIELD_ONE, SHAPE_QUERY},
    {"statement", offsetof(struct sql_cte, statement), 0, FIELD_ONE, SHAPE_STATEMENT},
    {"scalar", offsetof(struct sql_cte, scalar), 0, FIELD_ONE, SHAPE_EXPR},
    {"recursion_limit", offsetof(struct sql_cte, recursion_limit), 0, FIELD_ONE, SHAPE_EXPR},
    {"cycle", offsetof(struct sql_cte, cycle), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field lock_fields[] = {
    {"text", offsetof(struct sql_lock, text), 0, FIELD_TEXT, SHAPE_NONE},
    {"shapes", offsetof(struct sql_lock, shapes), 0, FIELD_BOOL, SHAPE_NONE},
};

static const struct field pipe_fields[] = {
    {"kind", offsetof(struct sql_pipe, kind), 0, FIELD_NUMBER, SHAPE_NONE},
    {"expr", offsetof(struct sql_pipe, expr), 0, FIELD_ONE, SHAPE_EXPR},
    {"select", offsetof(struct sql_pipe, select), 0, FIELD_ONE, SHAPE_SELECT},
    {"group_items", offsetof(struct sql_pipe, group_items), offsetof(struct sql_pipe, group_item_count), FIELD_LIST, SHAPE_ITEM},
    {"and_order", offsetof(struct sql_pipe, and_order), 0, FIELD_BOOL, SHAPE_NONE},
    {"from", offsetof(struct sql_pipe, from), 0, FIELD_ONE, SHAPE_FROM},
    {"query", offsetof(struct sql_pipe, query), 0, FIELD_ONE, SHAPE_QUERY},
    {"alias", offsetof(struct sql_pipe, alias), 0, FIELD_INLINE, SHAPE_IDENT},
};

static const struct field query_fields[] = {
    {"ctes", offsetof(struct sql_query, ctes), offsetof(struct sql_query, cte_count), FIELD_LIST, SHAPE_CTE},
    {"recursive", offsetof(struct sql_query, recursive), 0, FIELD_BOOL, SHAPE_NONE},
    {"body", offsetof(struct sql_query, body), 0, FIELD_NUMBER, SHAPE_NONE},
    {"select", offsetof(struct sql_query, select), 0, FIELD_ONE, SHAPE_SELECT},
    {"setop", offsetof(struct sql_query, setop), 0, FIELD_NUMBER, SHAPE_NONE},
    {"setop_flags", offsetof(struct sql_query, setop_flags), 0, FIELD_NUMBER, SHAPE_NONE},
    {"arms", offsetof(struct sql_query, arms), offsetof(struct sql_query, arm_count), FIELD_MANY, SHAPE_QUERY},
    {"corresponding", offsetof(struct sql_query, corresponding), offsetof(struct sql_query, corresponding_count), FIELD_LIST, SHAPE_IDENT},
    {"rows", offsetof(struct sql_query, rows), offsetof(struct sql_query, row_count), FIELD_MANY, SHAPE_EXPR},
    {"from", offsetof(struct sql_query, from), 0, FIELD_ONE, SHAPE_FROM},
    {"statement", offsetof(struct sql_query, statement), 0, FIELD_ONE, SHAPE_STATEMENT},
    {"sample", offsetof(struct sql_query, sample), 0, FIELD_ONE, SHAPE_SAMPLE},
    {"order", offsetof(struct sql_query, order), offsetof(struct sql_query, order_count), FIELD_LIST, SHAPE_ORDER},
    {"order_all", offsetof(struct sql_query, order_all), 0, FIELD_BOOL, SHAPE_NONE},
    {"order_siblings", offsetof(struct sql_query, order_siblings), 0, FIELD_BOOL, SHAPE_NONE},
    {"cluster_by", offsetof(struct sql_query, cluster_by), offsetof(struct sql_query, cluster_count), FIELD_MANY, SHAPE_EXPR},
    {"distribute_by", offsetof(struct sql_query, distribute_by), offsetof(struct sql_query, distribute_count), FIELD_MANY, SHAPE_EXPR},
    {"sort_by", offsetof(struct sql_query, sort_by), offsetof(struct sql_query, sort_count), FIELD_LIST, SHAPE_ORDER},
    {"windows", offsetof(struct sql_query, windows), offsetof(struct sql_query, window_count), FIELD_LIST, SHAPE_WINDOW},
    {"limit_by", offsetof(struct sql_query, limit_by), offsetof(struct sql_query, limit_by_count), FIELD_MANY, SHAPE_EXPR},
    {"limit_by_limit", offsetof(struct sql_query, limit_by_limit), 0, FIELD_ONE, SHAPE_EXPR},
    {"limit_by_offset", offsetof(struct sql_query, limit_by_offset), 0, FIELD_ONE, SHAPE_EXPR},
    {"limit", offsetof(struct sql_query, limit), 0, FIELD_ONE, SHAPE_EXPR},
    {"limit_all", offsetof(struct sql_query, limit_all), 0, FIELD_BOOL, SHAPE_NONE},
    {"limit_percent", offsetof(struct sql_query, limit_percent), 0, FIELD_BOOL, SHAPE_NONE},
    {"limit_ties", offsetof(struct sql_query, limit_ties), 0, FIELD_BOOL, SHAPE_NONE},
    {"fetch", offsetof(struct sql_query, fetch), 0, FIELD_BOOL, SHAPE_NONE},
    {"offset", offsetof(struct sql_query, offset), 0, FIELD_ONE, SHAPE_EXPR},
    {"locks", offsetof(struct sql_query, locks), offsetof(struct sql_query, lock_count), FIELD_LIST, SHAPE_LOCK},
    {"pipes", offsetof(struct sql_query, pipes), offsetof(struct sql_query, pipe_count), FIELD_LIST, SHAPE_PIPE},
};

static const struct field property_fields[] = {
    {"key", offsetof(struct sql_property, key), 0, FIELD_TEXT, SHAPE_NONE},
    {"value", offsetof(struct sql_property, value), 0, FIELD_ONE, SHAPE_EXPR},
    {"text", offsetof(struct sql_property, text), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field column_fields[] = {
    {"name", offsetof(struct sql_column, name), 0, FIELD_INLINE, SHAPE_IDENT},
    {"type", offsetof(struct sql_column, type), 0, FIELD_ONE, SHAPE_TYPE},
    {"flags", offsetof(struct sql_column, flags), 0, FIELD_NUMBER, SHAPE_NONE},
    {"default_value", offsetof(struct sql_column, default_value), 0, FIELD_ONE, SHAPE_EXPR},
    {"generated", offsetof(struct sql_column, generated), 0, FIELD_ONE, SHAPE_EXPR},
    {"check", offsetof(struct sql_column, check), 0, FIELD_ONE, SHAPE_EXPR},
    {"references", offsetof(struct sql_column, references), 0, FIELD_ONE, SHAPE_NAME},
    {"reference_columns", offsetof(struct sql_column, reference_columns), offsetof(struct sql_column, reference_count), FIELD_LIST, SHAPE_IDENT},
    {"comment", offsetof(struct sql_column, comment), 0, FIELD_TEXT, SHAPE_NONE},
    {"mode", offsetof(struct sql_column, mode), 0, FIELD_TEXT, SHAPE_NONE},
    {"path", offsetof(struct sql_column, path), 0, FIELD_TEXT, SHAPE_NONE},
    {"tail", offsetof(struct sql_column, tail), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field constraint_fields[] = {
    {"kind", offsetof(struct sql_constraint, kind), 0, FIELD_NUMBER, SHAPE_NONE},
    {"name", offsetof(struct sql_constraint, name), 0, FIELD_INLINE, SHAPE_IDENT},
    {"columns", offsetof(struct sql_constraint, columns), offsetof(struct sql_constraint, column_count), FIELD_LIST, SHAPE_IDENT},
    {"references", offsetof(struct sql_constraint, references), 0, FIELD_ONE, SHAPE_NAME},
    {"reference_columns", offsetof(struct sql_constraint, reference_columns), offsetof(struct sql_constraint, reference_count), FIELD_LIST,
     SHAPE_IDENT},
    {"expr", offsetof(struct sql_constraint, expr), 0, FIELD_ONE, SHAPE_EXPR},
    {"violation", offsetof(struct sql_constraint, violation), 0, FIELD_NUMBER, SHAPE_NONE},
    {"flags", offsetof(struct sql_constraint, flags), 0, FIELD_NUMBER, SHAPE_NONE},
    {"tail", offsetof(struct sql_constraint, tail), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field create_fields[] = {
    {"object", offsetof(struct sql_create, object), 0, FIELD_NUMBER, SHAPE_NONE},
    {"flags", offsetof(struct sql_create, flags), 0, FIELD_NUMBER, SHAPE_NONE},
    {"columns", offsetof(struct sql_create, columns), offsetof(struct sql_create, column_count), FIELD_LIST, SHAPE_COLUMN},
    {"constraints", offsetof(struct sql_create, constraints), offsetof(struct sql_create, constraint_count), FIELD_LIST, SHAPE_CONSTRAINT},
    {"format", offsetof(struct sql_create, format), 0, FIELD_TEXT, SHAPE_NONE},
    {"location", offsetof(struct sql_create, location), 0, FIELD_TEXT, SHAPE_NONE},
    {"comment", offsetof(struct sql_create, comment), 0, FIELD_TEXT, SHAPE_NONE},
    {"partition_by", offsetof(struct sql_create, partition_by), offsetof(struct sql_create, partition_count), FIELD_MANY, SHAPE_EXPR},
    {"partition_columns", offsetof(struct sql_create, partition_columns), offsetof(struct sql_create, partition_column_count), FIELD_LIST,
     SHAPE_COLUMN},
    {"cluster_by", offsetof(struct sql_create, cluster_by), offsetof(struct sql_create, cluster_count), FIELD_MANY, SHAPE_EXPR},
    {"cluster_auto", offsetof(struct sql_create, cluster_auto), 0, FIELD_BOOL, SHAPE_NONE},
    {"properties", offsetof(struct sql_create, properties), offsetof(struct sql_create, property_count), FIELD_LIST, SHAPE_PROPERTY},
    {"like", offsetof(struct sql_create, like), 0, FIELD_ONE, SHAPE_NAME},
    {"like_word", offsetof(struct sql_create, like_word), 0, FIELD_TEXT, SHAPE_NONE},
    {"schedule", offsetof(struct sql_create, schedule), 0, FIELD_TEXT, SHAPE_NONE},
    {"returns", offsetof(struct sql_create, returns), 0, FIELD_ONE, SHAPE_TYPE},
    {"language", offsetof(struct sql_create, language), 0, FIELD_TEXT, SHAPE_NONE},
    {"body_text", offsetof(struct sql_create, body_text), 0, FIELD_TEXT, SHAPE_NONE},
    {"tail", offsetof(struct sql_create, tail), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field assignment_fields[] = {
    {"target", offsetof(struct sql_assignment, target), 0, FIELD_ONE, SHAPE_EXPR},
    {"value", offsetof(struct sql_assignment, value), 0, FIELD_ONE, SHAPE_EXPR},
};

static const struct field insert_fields[] = {
    {"flags", offsetof(struct sql_insert, flags), 0, FIELD_NUMBER, SHAPE_NONE},
    {"alias", offsetof(struct sql_insert, alias), 0, FIELD_INLINE, SHAPE_IDENT},
    {"columns", offsetof(struct sql_insert, columns), offsetof(struct sql_insert, column_count), FIELD_LIST, SHAPE_IDENT},
    {"partition", offsetof(struct sql_insert, partition), offsetof(struct sql_insert, partition_count), FIELD_LIST, SHAPE_ASSIGNMENT},
    {"replace_where", offsetof(struct sql_insert, replace_where), 0, FIELD_ONE, SHAPE_EXPR},
    {"replace_using", offsetof(struct sql_insert, replace_using), offsetof(struct sql_insert, replace_using_count), FIELD_LIST, SHAPE_IDENT},
    {"replace_on", offsetof(struct sql_insert, replace_on), 0, FIELD_ONE, SHAPE_EXPR},
    {"location", offsetof(struct sql_insert, location), 0, FIELD_TEXT, SHAPE_NONE},
    {"conflict", offsetof(struct sql_insert, conflict), 0, FIELD_TEXT, SHAPE_NONE},
    {"returning", offsetof(struct sql_insert, returning), offsetof(struct sql_insert, returning_count), FIELD_LIST, SHAPE_ITEM},
    {"options", offsetof(struct sql_insert, options), offsetof(struct sql_insert, option_count), FIELD_LIST, SHAPE_PROPERTY},
    {"tail", offsetof(struct sql_insert, tail), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field merge_clause_fields[] = {
    {"when", offsetof(struct sql_merge_clause, when), 0, FIELD_NUMBER, SHAPE_NONE},
    {"by_target", offsetof(struct sql_merge_clause, by_target), 0, FIELD_BOOL, SHAPE_NONE},
    {"condition", offsetof(struct sql_merge_clause, condition), 0, FIELD_ONE, SHAPE_EXPR},
    {"then", offsetof(struct sql_merge_clause, then), 0, FIELD_NUMBER, SHAPE_NONE},
    {"sets", offsetof(struct sql_merge_clause, sets), offsetof(struct sql_merge_clause, set_count), FIELD_LIST, SHAPE_ASSIGNMENT},
    {"columns", offsetof(struct sql_merge_clause, columns), offsetof(struct sql_merge_clause, column_count), FIELD_LIST, SHAPE_NAME},
    {"values", offsetof(struct sql_merge_clause, values), offsetof(struct sql_merge_clause, value_count), FIELD_MANY, SHAPE_EXPR},
    {"where", offsetof(struct sql_merge_clause, where), 0, FIELD_ONE, SHAPE_EXPR},
    {"except", offsetof(struct sql_merge_clause, except), offsetof(struct sql_merge_clause, except_count), FIELD_MANY, SHAPE_EXPR},
};

static const struct field merge_fields[] = {
    {"evolve", offsetof(struct sql_merge, evolve), 0, FIELD_BOOL, SHAPE_NONE},
    {"target", offsetof(struct sql_merge, target), 0, FIELD_ONE, SHAPE_FROM},
    {"source", offsetof(struct sql_merge, source), 0, FIELD_ONE, SHAPE_FROM},
    {"on", offsetof(struct sql_merge, on), 0, FIELD_ONE, SHAPE_EXPR},
    {"clauses", offsetof(struct sql_merge, clauses), offsetof(struct sql_merge, clause_count), FIELD_LIST, SHAPE_MERGE_CLAUSE},
    {"returning", offsetof(struct sql_merge, returning), offsetof(struct sql_merge, returning_count), FIELD_LIST, SHAPE_ITEM},
    {"tail", offsetof(struct sql_merge, tail), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field change_fields[] = {
    {"modifiers", offsetof(struct sql_change, modifiers), 0, FIELD_TEXT, SHAPE_NONE},
    {"target", offsetof(struct sql_change, target), 0, FIELD_ONE, SHAPE_FROM},
    {"sets", offsetof(struct sql_change, sets), offsetof(struct sql_change, set_count), FIELD_LIST, SHAPE_ASSIGNMENT},
    {"from", offsetof(struct sql_change, from), 0, FIELD_ONE, SHAPE_FROM},
    {"where", offsetof(struct sql_change, where), 0, FIELD_ONE, SHAPE_EXPR},
    {"order", offsetof(struct sql_change, order), offsetof(struct sql_change, order_count), FIELD_LIST, SHAPE_ORDER},
    {"limit", offsetof(struct sql_change, limit), 0, FIELD_ONE, SHAPE_EXPR},
    {"returning", offsetof(struct sql_change, returning), offsetof(struct sql_change, returning_count), FIELD_LIST, SHAPE_ITEM},
    {"tail", offsetof(struct sql_change, tail), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field cdc_fields[] = {
    {"source", offsetof(struct sql_cdc, source), 0, FIELD_ONE, SHAPE_FROM},
    {"snapshot", offsetof(struct sql_cdc, snapshot), 0, FIELD_BOOL, SHAPE_NONE},
    {"keys", offsetof(struct sql_cdc, keys), offsetof(struct sql_cdc, key_count), FIELD_MANY, SHAPE_EXPR},
    {"ignore_null_updates", offsetof(struct sql_cdc, ignore_null_updates), 0, FIELD_BOOL, SHAPE_NONE},
    {"ignore_null_on", offsetof(struct sql_cdc, ignore_null_on), 0, FIELD_ONE, SHAPE_EXPR},
    {"delete_when", offsetof(struct sql_cdc, delete_when), 0, FIELD_ONE, SHAPE_EXPR},
    {"truncate_when", offsetof(struct sql_cdc, truncate_when), 0, FIELD_ONE, SHAPE_EXPR},
    {"where", offsetof(struct sql_cdc, where), 0, FIELD_ONE, SHAPE_EXPR},
    {"sequence_by", offsetof(struct sql_cdc, sequence_by), 0, FIELD_ONE, SHAPE_EXPR},
    {"columns", offsetof(struct sql_cdc, columns), offsetof(struct sql_cdc, column_count), FIELD_MANY, SHAPE_EXPR},
    {"except", offsetof(struct sql_cdc, except), offsetof(struct sql_cdc, except_count), FIELD_LIST, SHAPE_IDENT},
    {"scd_type", offsetof(struct sql_cdc, scd_type), 0, FIELD_TEXT, SHAPE_NONE},
    {"history", offsetof(struct sql_cdc, history), 0, FIELD_TEXT, SHAPE_NONE},
};

static const struct field statement_fields[] = {
    {"kind", offsetof(struct sql_statement, kind), 0, FIELD_NUMBER, SHAPE_NONE},
    {"understood", offsetof(struct sql_statement, understood), 0, FIELD_BOOL, SHAPE_NONE},
    {"verb", offsetof(struct sql_statement, verb), 0, FIELD_TEXT, SHAPE_NONE},
    {"flags", offsetof(struct sql_statement, flags), 0, FIELD_NUMBER, SHAPE_NONE},
    {"label", offsetof(struct sql_statement, label), 0, FIELD_INLINE, SHAPE_IDENT},
    {"ctes", offsetof(struct sql_statement, ctes), offsetof(struct sql_statement, cte_count), FIELD_LIST, SHAPE_CTE},
    {"recursive", offsetof(struct sql_statement, recursive), 0, FIELD_BOOL, SHAPE_NONE},
    {"name", offsetof(struct sql_statement, name), 0, FIELD_ONE, SHAPE_NAME},
    {"names", offsetof(struct sql_statement, names), offsetof(struct sql_statement, name_count), FIELD_MANY, SHAPE_NAME},
    {"create", offsetof(struct sql_statement, create), 0, FIELD_ONE, SHAPE_CREATE},
    {"insert", offsetof(struct sql_statement, insert), 0, FIELD_ONE, SHAPE_INSERT},
    {"merge", offsetof(struct sql_statement, merge), 0, FIELD_ONE, SHAPE_MERGE},
    {"change", offsetof(struct sql_statement, change), 0, FIELD_ONE, SHAPE_CHANGE},
    {"cdc", offsetof(struct sql_statement, cdc), 0, FIELD_ONE, SHAPE_CDC},
    {"assignments", offsetof(struct sql_statement, assignments), offsetof(struct sql_statement, assignment_count), FIELD_LIST, SHAPE_ASSIGNMENT},
    {"exprs", offsetof(struct sql_statement, exprs), offsetof(struct sql_statement, expr_count), FIELD_MANY, SHAPE_EXPR},
    {"query", offsetof(struct sql_statement, query), 0, FIELD_ONE, SHAPE_QUERY},
    {"body", offsetof(struct sql_statement, body), offsetof(struct sql_statement, body_count), FIELD_MANY, SHAPE_STATEMENT},
    {"tail", offsetof(struct sql_statement, tail), 0, FIELD_TEXT, SHAPE_NONE},
};

#define SHAPE(id, type, list) [SHAPE_##id] = {#type, list, sizeof list / sizeof *list, sizeof(struct sql_##type)}
const struct shape_info shapes[SHAPE_COUNT] = {
    SHAPE(IDENT, ident, ident_fields),    SHAPE(NAME, name, name_fields),
    SHAPE(EXPR, expr, expr_fields),       SHAPE(STAR, star, star_fields),
    SHAPE(RENAME, rename, rename_fields), SHAPE(ORDER, order, order_fields),
    SHAPE(WINDOW, window, window_fields), SHAPE(CALL, call, call_fields),
    SHAPE(TYPE, type, type_fields),       SHAPE(ITEM, item, item_fields),
    SHAPE(TRAVEL, travel, travel_fields), SHAPE(SAMPLE, sample, sample_fields),
    SHAPE(PIVOT, pivot, pivot_fields),    SHAPE(FROM, from, from_fields),
    SHAPE(GROUP, group, group_fields),    SHAPE(TOP, top, top_fields),
    SHAPE(SELECT, select, select_fields), SHAPE(CTE, cte, cte_fields),
    SHAPE(LOCK, lock, lock_fields),       SHAPE(PIPE, pipe, pipe_fields),
    SHAPE(QUERY, query, query_fields),    SHAPE(PROPERTY, property, property_fields),
    SHAPE(COLUMN, column, column_fields), SHAPE(CONSTRAINT, constraint, constraint_fields),
    SHAPE(CREATE, create, create_fields), SHAPE(ASSIGNMENT, assignment, assignment_fields),
    SHAPE(INSERT, insert, insert_fields), SHAPE(MERGE_CLAUSE, merge_clause, merge_clause_fields),
    SHAPE(MERGE, merge, merge_fields),    SHAPE(CHANGE, change, change_fields),
    SHAPE(CDC, cdc, cdc_fields),          SHAPE(STATEMENT, statement, statement_fields),
};

enum shape shape_of_union(const struct sql_expr *e, const void **record) {
    enum shape shape = SHAPE_NONE;
    switch (e->kind) {
    case EX_NAME:
    case EX_LAMBDA:
    case EX_ALIASED:
    case EX_FIELD:
    case EX_PATH:
    case EX_COLLATE:
        shape = SHAPE_NAME;
        break;
    case EX_IN_QUERY:
    case EX_LIKE:
    case EX_QUANTIFIED:
    case EX_EXISTS:
    case EX_SUBQUERY:
    case EX_QUERY_ARG:
        shape = SHAPE_QUERY;
        break;
    case EX_CAST:
    case EX_ARRAY:
    case EX_STRUCT:
        shape = SHAPE_TYPE;
        break;
    case EX_LITERAL:
        shape = e->op == LIT_TYPED ? SHAPE_TYPE : SHAPE_NONE;
        break;
    case EX_CALL:
    case EX_TABLE_ARG:
        shape = SHAPE_CALL;
        break;
    case EX_STAR:
        shape = SHAPE_STAR;
        break;
    default:
        break;
    }
    *record = shape == SHAPE_NONE ? NULL : e->path;
    return *record ? shape : SHAPE_NONE;
}
