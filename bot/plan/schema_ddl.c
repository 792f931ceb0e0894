/* schema_ddl.c - CREATE TABLE statements as a schema. */
#include "schema.h"
#include "sql_parse.h"
#include "sql_print.h"

#define KEY_COLUMNS_MAX 32

static size_t names_of(struct arena *arena, const struct sql_ident *idents, uint32_t n, const char **out) {
    size_t count = n < KEY_COLUMNS_MAX ? n : KEY_COLUMNS_MAX;
    for (size_t i = 0; i < count; i++) out[i] = str_dup(arena, idents[i].text);
    return count;
}

static void key_take(struct arena *arena, struct schema *schema, struct schema_table *table, const char *const *columns, size_t n, bool primary) {
    (void)arena;
    (void)schema_key_add(schema, table, columns, n, ORIGIN_DECLARED);
    for (size_t i = 0; primary && i < n; i++) {
        int at = schema_column_find(table, columns[i]);
        if (at >= 0) table->columns.at[at].not_null = true;
    }
}

static void fk_take(struct arena *arena, struct schema *schema, struct schema_table *table, const char *const *columns, size_t n,
                    const struct sql_name *target, const struct sql_ident *target_idents, uint32_t target_count) {
    const char *targets[KEY_COLUMNS_MAX];
    if (!target || target_count != n || n == 0) return;
    struct schema_table *parent = (struct schema_table *)schema_find(schema, sql_name_text(arena, target));
    if (parent) (void)schema_fk_add(schema, table, columns, parent, targets, names_of(arena, target_idents, target_count, targets), ORIGIN_DECLARED);
}

static void columns_take(struct arena *arena, struct schema *schema, struct schema_table *table, const struct sql_create *create,
                         enum dialect dialect) {
    for (uint32_t i = 0; i < create->column_count; i++) {
        const struct sql_column *c = &create->columns[i];
        struct buf type = buf_new(arena);
        if (c->type) sql_print_type(&type, c->type, dialect);
        const char *name = str_dup(arena, c->name.text);
        struct schema_column *column = schema_column_add(schema, table, name, type_parse((struct str){type.p, type.n}, dialect));
        if (c->flags & SQL_COLUMN_NOT_NULL) column->not_null = true;
        if (c->flags & (SQL_COLUMN_PRIMARY | SQL_COLUMN_UNIQUE)) key_take(arena, schema, table, &name, 1, c->flags & SQL_COLUMN_PRIMARY);
    }
}

static void constraints_take(struct arena *arena, struct schema *schema, struct schema_table *table, const struct sql_create *create) {
    const char *columns[KEY_COLUMNS_MAX];
    for (uint32_t i = 0; i < create->constraint_count; i++) {
        const struct sql_constraint *k = &create->constraints[i];
        size_t n = names_of(arena, k->columns, k->column_count, columns);
        if (k->kind == CONSTRAINT_PRIMARY || k->kind == CONSTRAINT_UNIQUE) key_take(arena, schema, table, columns, n, k->kind == CONSTRAINT_PRIMARY);
        if (k->kind == CONSTRAINT_FOREIGN) fk_take(arena, schema, table, columns, n, k->references, k->reference_columns, k->reference_count);
    }
    for (uint32_t i = 0; i < create->column_count; i++) {
        const struct sql_column *c = &create->columns[i];
        const char *name = str_dup(arena, c->name.text);
        if (c->flags & SQL_COLUMN_REFERENCES) fk_take(arena, schema, table, &name, 1, c->references, c->reference_columns, c->reference_count);
    }
}

/* Does any statement take a constraint of the table away again? Then what was added to it is no fact. */
static bool is_dropped(struct arena *arena, const struct sql_script *script, const char *table) {
    for (uint32_t i = 0; i < script->statement_count; i++) {
        const struct sql_statement *s = script->statements[i];
        if (s->kind != STMT_ALTER || !s->name || !str_iis(str_of(sql_name_text(arena, s->name)), table)) continue;
        struct str rest = s->text, word;
        while (str_split(&rest, ' ', &word)) {
            if (str_iis(str_trim(word), "drop")) return true;
        }
    }
    return false;
}

/* ALTER TABLE t ADD CONSTRAINT .. of a table that the script makes. */
static void alter_take(struct arena *arena, struct schema *schema, const struct sql_script *script, const struct sql_statement *s) {
    if (!s->create || !s->name || s->create->column_count > 0 || !s->create->constraint_count) return;
    const char *name = sql_name_text(arena, s->name);
    struct schema_table *table = (struct schema_table *)schema_find(schema, name);
    if (table && !is_dropped(arena, script, name)) constraints_take(arena, schema, table, s->create);
}

const struct err *schema_from_ddl(struct arena *arena, struct str ddl, enum dialect dialect, struct schema **out) {
    struct sql_script *script;
    sql_parse_script(arena, ddl, dialect, &script);
    if (script->error_count)
        return err_new(ERR_INPUT, "%d:%d: %s", script->errors[0].range.line, script->errors[0].range.column, script->errors[0].message);
    struct schema *schema = schema_new(arena);
    for (int pass = 0; pass < 2; pass++) /* foreign keys may name tables that come later */
        for (uint32_t i = 0; i < script->statement_count; i++) {
            const struct sql_statement *s = script->statements[i];
            if (s->kind == STMT_ALTER && pass == 1) alter_take(arena, schema, script, s);
            if (!s->create || !s->name || s->create->column_count == 0) continue;
            struct schema_table *table = schema_table_add(schema, sql_name_text(arena, s->name));
            table->complete = true;
            if (pass == 0) columns_take(arena, schema, table, s->create, dialect);
            else constraints_take(arena, schema, table, s->create);
        }
    *out = schema;
    return NULL;
}
