/* parse_routine.c - calls of functions that the script itself makes: the name alone does not tell what they do. */
#include "map.h"
#include "sql_parser.h"

#define NAME_MAX_LENGTH 128 /* bytes of a function's name; longer ones are told by these */

static struct str lower_name(struct str name, char *out) {
    size_t n = name.n < NAME_MAX_LENGTH ? name.n : NAME_MAX_LENGTH;
    for (size_t i = 0; i < n; i++) out[i] = (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] | 32 : name.p[i]);
    return (struct str){out, n};
}

void parse_routine_note(struct parser *p, const struct sql_statement *s) {
    if (s->kind != STMT_CREATE || !s->create || s->create->object != OBJECT_FUNCTION || !s->name || !s->name->part_count) return;
    char *name = arena_alloc(p->arena, NAME_MAX_LENGTH);
    struct str *text = arena_new(p->arena, struct str);
    *text = s->text;
    if (!p->routines) p->routines = map_new(p->arena);
    map_put(p->routines, lower_name(s->name->parts[s->name->part_count - 1].text, name), text);
}

void parse_routine_call(struct parser *p, struct sql_expr *call) {
    char name[NAME_MAX_LENGTH];
    const struct str *text = call->name.n ? map_get(p->routines, lower_name(call->name, name)) : NULL;
    if (!text) return;
    if (!call->call) call->call = parse_new(p, struct sql_call);
    call->call->routine = *text;
}
