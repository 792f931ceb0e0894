/* sql_routine.c - calls of functions that the script itself makes: the name alone does not tell what they do. */
#include "sql_routine.h"

#include "map.h"
#include "sql_walk.h"

struct routines {
    struct arena *arena;
    struct map *texts; /* lower-case last part of the name -> text of the CREATE FUNCTION */
};

static bool call_mark(void *ctx, struct sql_expr *e) {
    const struct routines *r = ctx;
    if (e->kind != EX_CALL || !e->name.n) return true;
    const struct str *text = map_get(r->texts, str_of(str_lower(r->arena, e->name)));
    if (!text) return true;
    if (!e->call) e->call = arena_new(r->arena, struct sql_call);
    e->call->routine = *text;
    return true;
}

void sql_routines_mark(struct arena *arena, const struct sql_script *script) {
    struct routines r = {.arena = arena};
    const struct sql_visitor visitor = {.ctx = &r, .expr = call_mark};
    for (uint32_t i = 0; i < script->statement_count; i++) {
        struct sql_statement *st = script->statements[i];
        if (r.texts) sql_walk_statement(&visitor, st);
        if (st->kind != STMT_CREATE || !st->create || st->create->object != OBJECT_FUNCTION || !st->name || !st->name->part_count) continue;
        struct str *text = arena_new(arena, struct str);
        *text = st->text;
        if (!r.texts) r.texts = map_new(arena);
        map_put(r.texts, str_of(str_lower(arena, st->name->parts[st->name->part_count - 1].text)), text);
    }
}
