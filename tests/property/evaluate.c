/* evaluate.c - runs the evaluator for tests/property: a line {"schema", "dialect", "query", "seed"} in, a line
 * {"tables": {T: {"columns", "rows"}}, "rows"} or {"cannot": why} out. Values are null, true, false, {"i": "12"}, {"f": "1/3"}, "text",
 * {"d": "2020-01-31"}, {"t": "2020-01-31 00:00:00"}. */
#include "bind.h"
#include "random_db.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *value_json(struct arena *arena, struct value v) {
    struct buf text = buf_new(arena);
    value_print(&text, v);
    const char *shown = buf_str(&text);
    size_t n = strlen(shown);
    switch (v.kind) {
    case CELL_NULL:
        return json_null();
    case CELL_BOOL:
        return json_boolean(v.i);
    case CELL_TEXT:
        return json_stringn(v.text.p, v.text.n);
    case CELL_INT:
        return json_pack("{s:s}", "i", shown);
    case CELL_DATE:
        return json_pack("{s:s%}", "d", shown + 6, n - 7);
    case CELL_TIME:
        return json_pack("{s:s%}", "t", shown + 11, n - 12);
    case CELL_EXACT:
        return json_pack("{s:s}", "f", arena_printf(arena, "%lld/%lld", (long long)v.exact.num, (long long)v.exact.den));
    case CELL_REAL:
        return json_pack("{s:s}", "f", arena_printf(arena, "%.17g", v.r));
    default:
        return json_pack("{s:s}", "o", shown);
    }
}

static json_t *bag_json(struct arena *arena, const struct bag *bag) {
    json_t *rows = json_array();
    for (size_t r = 0; r < bag->count; r++) {
        json_t *row = json_array();
        for (size_t c = 0; c < bag->width; c++) json_array_append_new(row, value_json(arena, bag->at[r * bag->width + c]));
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *cannot(const char *why) { return json_pack("{s:s}", "cannot", why); }

static json_t *run_on(struct arena *arena, struct eval_world *world, struct eval_plan *plan, uint64_t seed) {
    struct random_db *db = random_db_new(arena, world, &plan, 1);
    struct bag *tables, rows = {0};
    struct value *params;
    struct eval_run run;
    random_db_fill(db, arena, seed, true, &tables, &params);
    bool good = eval_plan_run(arena, plan, tables, params, &rows, &run);
    json_t *shown = json_object();
    for (size_t t = 0; t < world->tables.n; t++) {
        json_t *columns = json_array();
        for (size_t c = 0; c < world->tables.at[t]->columns.n; c++) json_array_append_new(columns, json_string(world->tables.at[t]->columns.at[c]));
        json_object_set_new(shown, world->tables.at[t]->name, json_pack("{s:o,s:o}", "columns", columns, "rows", bag_json(arena, &tables[t])));
    }
    if (good) return json_pack("{s:o,s:o}", "tables", shown, "rows", bag_json(arena, &rows));
    return json_pack("{s:o,s:s,s:b}", "tables", shown, run.state == EVAL_UNKNOWN ? "cannot" : "fault", run.why, "failed", 1);
}

static json_t *answer(struct arena *arena, const char *line) {
    json_t *in = NULL;
    struct schema *schema = NULL;
    struct plan *plan = NULL;
    enum dialect dialect = DIALECT_POSTGRES;
    const struct err *err = jsx_load(arena, line, strlen(line), &in);
    if (err) return cannot(err->text);
    dialect_parse(str_of(jsx_str(in, "dialect", "postgres")), &dialect);
    if ((err = schema_from_json(arena, jsx_at(in, "schema"), dialect, &schema))) return cannot(err->text);
    if ((err = plan_from_sql(arena, str_of(jsx_str(in, "query", "")), schema, dialect, &plan))) return cannot(err->text);
    struct eval_world *world = eval_world_new(arena);
    struct eval_plan *ready = eval_prepare(world, plan);
    if (plan->reason && !ready->reason) ready->reason = plan->reason;
    return ready->reason ? cannot(ready->reason) : run_on(arena, world, ready, (uint64_t)jsx_int(in, "seed", 0));
}

int main(void) {
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        struct arena *arena = arena_create(ARENA_JOB);
        json_t *out = answer(arena, line);
        char *text = json_dumps(out, JSON_COMPACT);
        puts(text ? text : "{\"cannot\":\"text that is no UTF-8\"}");
        fflush(stdout);
        free(text);
        json_decref(out);
        arena_destroy(arena);
    }
    free(line);
    return 0;
}
