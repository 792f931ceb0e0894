/* sql_refs.c - the tables that a statement reads and writes. */
#include "map.h"
#include "sql_shape.h"
#include "sql_walk.h"

#define ALIASES_MAX 200

/* Names that are no tables: of WITH clauses, and of the tables of the same FROM (for t, t.items). */
struct scope {
    const struct scope *outer;
    const struct sql_cte *ctes;
    uint32_t cte_count;
    const struct sql_from *from;
};

struct collector {
    struct arena *arena;
    struct map *seen;
    VEC(struct sql_ref) refs;
};

static void collect(struct collector *c, enum shape shape, const void *record, const struct scope *scope);

static struct str key_of(struct arena *arena, const struct sql_name *name, bool is_write) {
    struct buf b = buf_new(arena);
    buf_char(&b, is_write ? 'w' : 'r');
    for (uint32_t i = 0; i < name->part_count; i++) {
        buf_char(&b, '\x1f');
        buf_text(&b, str_lower(arena, name->parts[i].text));
    }
    const char *text = buf_str(&b);
    return (struct str){text, b.n};
}

static void ref_add(struct collector *c, const struct sql_name *name, bool is_write, bool is_stream, bool is_guess) {
    if (!name || (!name->part_count && !name->dynamic)) return;
    struct str key = key_of(c->arena, name, is_write);
    if (!name->dynamic && map_put(c->seen, key, c)) return;
    struct str first = name->part_count ? name->parts[name->part_count - 1].text : (struct str){NULL, 0};
    bool is_path = name->part_count && name->parts[name->part_count - 1].quoted && first.n && memchr(first.p, '/', first.n);
    *vec_add(c->arena, &c->refs) =
        (struct sql_ref){.name = name, .is_write = is_write, .is_stream = is_stream, .is_guess = is_guess, .is_path = is_path};
}

static bool is_cte(const struct scope *scope, struct str name) {
    for (; scope; scope = scope->outer) {
        for (uint32_t i = 0; i < scope->cte_count; i++) {
            if (str_ieq(scope->ctes[i].name.text, name)) return true;
        }
    }
    return false;
}

static bool from_has(const struct sql_from *f, struct str name, int budget) {
    for (; f && budget > 0; budget--) {
        if (f->alias.text.n && str_ieq(f->alias.text, name)) return true;
        if (f->kind == FROM_TABLE && !f->alias.text.n && f->name->part_count && str_ieq(f->name->parts[f->name->part_count - 1].text, name))
            return true;
        if (f->right && from_has(f->right, name, budget / 2)) return true;
        f = f->left;
    }
    return false;
}

/* t.items in FROM t, t.items */
static bool is_correlated(const struct scope *scope, const struct sql_name *name) {
    if (name->part_count < 2) return false;
    for (int depth = 0; scope && depth < 8; scope = scope->outer, depth++) {
        if (scope->from && from_has(scope->from, name->parts[0].text, ALIASES_MAX)) return true;
    }
    return false;
}

static void name_read(struct collector *c, const struct sql_name *name, bool is_stream, const struct scope *scope) {
    if (!name) return;
    if (name->part_count == 1 && !name->dynamic && is_cte(scope, name->parts[0].text)) return;
    if (is_correlated(scope, name)) return;
    ref_add(c, name, false, is_stream, false);
}

static void collect_fields(struct collector *c, enum shape shape, const void *record, const struct scope *scope) {
    const struct shape_info *info = &shapes[shape];
    for (size_t i = 0; i < info->field_count; i++) {
        const struct field *f = &info->fields[i];
        const void *at = field_at(record, f);
        if (f->shape == SHAPE_NONE || f->shape == SHAPE_IDENT) continue;
        if (f->kind == FIELD_INLINE) {
            collect(c, f->shape, at, scope);
        } else if (f->kind == FIELD_ONE) {
            const void *one = *(void *const *)at;
            if (one) collect(c, f->shape, one, scope);
        } else if (f->kind == FIELD_LIST) {
            const char *list = *(char *const *)at;
            for (uint32_t k = 0, n = field_count(record, f); k < n; k++) collect(c, f->shape, list + k * shapes[f->shape].size, scope);
        } else if (f->kind == FIELD_MANY) {
            void *const *list = *(void *const *const *)at;
            for (uint32_t k = 0, n = field_count(record, f); k < n; k++) collect(c, f->shape, list[k], scope);
        }
    }
}

static void collect_ctes(struct collector *c, const struct sql_cte *ctes, uint32_t count, bool recursive, const struct scope *scope) {
    for (uint32_t i = 0; i < count; i++) {
        struct scope inner = {.outer = scope, .ctes = ctes, .cte_count = recursive ? count : i};
        collect_fields(c, SHAPE_CTE, &ctes[i], &inner);
    }
}

static void collect_query(struct collector *c, const struct sql_query *q, const struct scope *scope) {
    struct scope inner = {.outer = scope, .ctes = q->ctes, .cte_count = q->cte_count, .from = q->body == BODY_SELECT ? q->select->from : NULL};
    collect_ctes(c, q->ctes, q->cte_count, q->recursive, scope);
    struct sql_query bare = *q;
    bare.ctes = NULL;
    bare.cte_count = 0;
    collect_fields(c, SHAPE_QUERY, &bare, &inner);
    if (q->body == BODY_SELECT && q->select->into) ref_add(c, q->select->into, true, false, false);
}

static void target_write(struct collector *c, const struct sql_from *f, const struct scope *scope) {
    if (!f) return;
    const struct sql_from *leaf = f;
    while (leaf->left) leaf = leaf->left;
    if (leaf->kind == FROM_TABLE) ref_add(c, leaf->name, true, false, false);
    if (leaf != f) collect(c, SHAPE_FROM, f->right ? f->right : f, scope);
}

static bool writes_name(const struct sql_statement *s) {
    switch (s->kind) {
    case STMT_INSERT:
    case STMT_CDC:
    case STMT_TRUNCATE:
    case STMT_CACHE:
    case STMT_COPY:
        return true;
    case STMT_CREATE:
        return s->create->object <= OBJECT_DYNAMIC_TABLE;
    case STMT_ALTER:
    case STMT_DROP:
        return str_ends(s->verb, "TABLE") || str_ends(s->verb, "VIEW");
    default:
        return false;
    }
}

static void collect_statement(struct collector *c, const struct sql_statement *s, const struct scope *scope) {
    struct scope inner = {.outer = scope, .ctes = s->ctes, .cte_count = s->cte_count};
    collect_ctes(c, s->ctes, s->cte_count, s->recursive, scope);
    if (writes_name(s)) {
        ref_add(c, s->name, true, false, false);
        for (uint32_t i = 0; i < s->name_count; i++) ref_add(c, s->names[i], true, false, false);
    }
    if (s->create) {
        if (s->create->like) ref_add(c, s->create->like, false, false, false);
        collect_fields(c, SHAPE_CREATE, s->create, &inner);
    }
    if (s->merge) {
        target_write(c, s->merge->target, &inner);
        struct sql_merge bare = *s->merge;
        bare.target = NULL;
        collect_fields(c, SHAPE_MERGE, &bare, &inner);
    }
    if (s->change) {
        target_write(c, s->change->target, &inner);
        struct sql_change bare = *s->change;
        bare.target = NULL;
        collect_fields(c, SHAPE_CHANGE, &bare, &inner);
    }
    struct sql_statement bare = *s;
    bare.name = NULL;
    bare.name_count = 0;
    bare.create = NULL;
    bare.merge = NULL;
    bare.change = NULL;
    bare.ctes = NULL;
    bare.cte_count = 0;
    collect_fields(c, SHAPE_STATEMENT, &bare, &inner);
    for (uint32_t i = 0; i < s->ref_count; i++) {
        const struct sql_ref *r = &s->refs[i];
        if (r->name->part_count == 1 && is_cte(&inner, r->name->parts[0].text)) continue;
        ref_add(c, r->name, r->is_write, r->is_stream, r->is_guess);
    }
}

static void collect(struct collector *c, enum shape shape, const void *record, const struct scope *scope) {
    switch (shape) {
    case SHAPE_QUERY:
        collect_query(c, record, scope);
        return;
    case SHAPE_STATEMENT:
        collect_statement(c, record, scope);
        return;
    case SHAPE_FROM: {
        const struct sql_from *f = record;
        if (f->kind == FROM_TABLE) name_read(c, f->name, (f->flags & SQL_FROM_STREAM) != 0, scope);
        break;
    }
    case SHAPE_EXPR: {
        const struct sql_expr *e = record;
        const void *more;
        if (e->kind == EX_TABLE_ARG) name_read(c, e->call->path, false, scope);
        enum shape more_shape = shape_of_union(e, &more);
        if (more_shape != SHAPE_NONE && more_shape != SHAPE_NAME) collect(c, more_shape, more, scope);
        break;
    }
    default:
        break;
    }
    collect_fields(c, shape, record, scope);
}

static struct sql_ref *finish(const struct collector *c, uint32_t *count) {
    *count = (uint32_t)c->refs.n;
    return c->refs.at;
}

struct sql_ref *sql_refs(struct arena *arena, const struct sql_statement *statement, uint32_t *count) {
    struct collector c = {.arena = arena, .seen = map_new(arena)};
    collect_statement(&c, statement, NULL);
    return finish(&c, count);
}

struct sql_ref *sql_query_refs(struct arena *arena, const struct sql_query *query, uint32_t *count) {
    struct collector c = {.arena = arena, .seen = map_new(arena)};
    collect_query(&c, query, NULL);
    return finish(&c, count);
}
