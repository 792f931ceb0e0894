/* ddl_facts.c - CREATE TABLE with columns and constraints becomes facts on its dataset. */
#include "session.h"

#include "classify.h"
#include "sql_print.h"

static const char *ident_text(struct arena *arena, const struct sql_ident *ident) { return str_dup(arena, ident->text); }

static const char *const *ident_names(struct arena *arena, const struct sql_ident *idents, uint32_t count) {
    const char **names = arena_array(arena, count + 1, sizeof *names);
    for (uint32_t i = 0; i < count; i++) names[i] = ident_text(arena, &idents[i]);
    return names;
}

static const char *type_text(struct session *s, const struct sql_type *type) {
    if (!type) return NULL;
    struct buf b = buf_new(s->arena);
    sql_print_type(&b, type, s->dialect);
    return buf_str(&b);
}

struct facts_room {
    struct arena *arena;
    struct dataset_facts *facts;
    size_t key_cap, fk_cap;
};

static void key_add(struct facts_room *r, const struct sql_ident *columns, uint32_t count, bool primary) {
    struct dataset_facts *f = r->facts;
    f->keys = arena_grow(r->arena, f->keys, &r->key_cap, f->key_count + 1, sizeof *f->keys);
    f->keys[f->key_count++] = (struct key_fact){ident_names(r->arena, columns, count), count, primary, ORIGIN_DECLARED};
    /* The columns of a primary key hold no NULL. */
    for (size_t i = 0; primary && i < f->column_count; i++) {
        for (uint32_t k = 0; k < count; k++) {
            if (!str_iis(columns[k].text, f->columns[i].name)) continue;
            f->columns[i].not_null = f->columns[i].not_null_known = true;
            f->columns[i].not_null_origin = ORIGIN_DECLARED;
        }
    }
}

static void foreign_key_add(struct session *s, struct facts_room *r, const struct sql_ident *columns, uint32_t count, const struct sql_name *to,
                            const struct sql_ident *referred) {
    struct dataset_facts *f = r->facts;
    f->foreign_keys = arena_grow(r->arena, f->foreign_keys, &r->fk_cap, f->foreign_key_count + 1, sizeof *f->foreign_keys);
    f->foreign_keys[f->foreign_key_count++] = (struct foreign_key_fact){
        ident_names(r->arena, columns, count),
        count,
        session_dataset(s, to),
        referred ? ident_names(r->arena, referred, count) : NULL,
        ORIGIN_DECLARED,
    };
}

static void column_add(struct session *s, struct facts_room *r, const struct sql_column *c) {
    struct column_fact *fact = &r->facts->columns[r->facts->column_count++];
    fact->name = ident_text(s->arena, &c->name);
    fact->type = type_text(s, c->type);
    if (c->comment.n) fact->description = str_dup(s->arena, c->comment);
    if (classify_is_masked(c->tail)) fact->classification = "masked";
    fact->not_null = c->flags & (SQL_COLUMN_NOT_NULL | SQL_COLUMN_PRIMARY);
    fact->not_null_known = true;
    fact->not_null_origin = ORIGIN_DECLARED;
}

static void constraints_read(struct session *s, struct facts_room *r, const struct sql_create *create) {
    for (uint32_t i = 0; i < create->column_count; i++) {
        const struct sql_column *c = &create->columns[i];
        if (c->flags & (SQL_COLUMN_PRIMARY | SQL_COLUMN_UNIQUE)) key_add(r, &c->name, 1, c->flags & SQL_COLUMN_PRIMARY);
        if (c->references) foreign_key_add(s, r, &c->name, 1, c->references, c->reference_count == 1 ? c->reference_columns : NULL);
    }
    for (uint32_t i = 0; i < create->constraint_count; i++) {
        const struct sql_constraint *c = &create->constraints[i];
        if (c->kind == CONSTRAINT_PRIMARY || c->kind == CONSTRAINT_UNIQUE) key_add(r, c->columns, c->column_count, c->kind == CONSTRAINT_PRIMARY);
        if (c->kind == CONSTRAINT_FOREIGN && c->references)
            foreign_key_add(s, r, c->columns, c->column_count, c->references, c->reference_count == c->column_count ? c->reference_columns : NULL);
    }
}

void ddl_facts(struct session *s, const struct sql_statement *st, const char *dataset) {
    const struct sql_create *create = st->create;
    bool typed = false;
    for (uint32_t i = 0; i < create->column_count; i++) typed |= create->columns[i].type != NULL;
    bool is_table = create->object == OBJECT_TABLE || create->object == OBJECT_STREAMING_TABLE || create->object == OBJECT_LIVE_TABLE ||
                    create->object == OBJECT_MATERIALIZED_VIEW;
    if (!is_table || (!typed && !create->comment.n)) return;
    struct dataset_facts *facts = vec_add(s->arena, &s->out->facts);
    *facts = (struct dataset_facts){.dataset = dataset, .path = s->path, .line = st->range.line, .bytes = -1, .rows = -1};
    struct facts_room room = {.arena = s->arena, .facts = facts};
    facts->columns = arena_array(s->arena, create->column_count + create->partition_column_count + 1, sizeof *facts->columns);
    for (uint32_t i = 0; i < create->column_count; i++) column_add(s, &room, &create->columns[i]);
    for (uint32_t i = 0; i < create->partition_column_count; i++) column_add(s, &room, &create->partition_columns[i]);
    facts->columns_complete = typed && !st->query;
    constraints_read(s, &room, create);
    if (create->comment.n) facts->description = str_dup(s->arena, create->comment);
    const char **parts = arena_array(s->arena, create->partition_count + create->partition_column_count + create->cluster_count + 1, sizeof *parts);
    for (uint32_t i = 0; i < create->partition_count; i++)
        parts[facts->partition_count++] = sql_expr_text(s->arena, create->partition_by[i], s->dialect);
    for (uint32_t i = 0; i < create->partition_column_count; i++)
        parts[facts->partition_count++] = ident_text(s->arena, &create->partition_columns[i].name);
    for (uint32_t i = 0; i < create->cluster_count; i++) parts[facts->partition_count++] = sql_expr_text(s->arena, create->cluster_by[i], s->dialect);
    facts->partition_by = parts;
}

void ddl_alter(struct session *s, const struct sql_statement *st) {
    if (!st->create || !st->create->constraint_count || !st->name) return;
    struct dataset_facts facts = {.dataset = session_dataset(s, st->name), .path = s->path, .line = st->range.line, .bytes = -1, .rows = -1};
    struct facts_room room = {.arena = s->arena, .facts = &facts};
    struct sql_create added = {.constraints = st->create->constraints, .constraint_count = st->create->constraint_count};
    constraints_read(s, &room, &added);
    if (facts.key_count || facts.foreign_key_count) *(struct dataset_facts *)vec_add(s->arena, &s->out->facts) = facts;
}
