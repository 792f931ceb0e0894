/* tag_facts.c - ALTER .. SET TAGS, SET TAG ON and masks: what a statement says of how private a dataset or column is.
 * https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-syntax-ddl-alter-table-manage-column ·
 * https://docs.snowflake.com/en/sql-reference/sql/alter-table-column */
#include "session.h"

#include "classify.h"
#include "sql_lex.h"

#define TOKENS_MAX 2000 /* longer ones say more than tags */

struct tags {
    struct session *s;
    struct str text;
    const struct token *t; /* the next one */
    const char *dataset, *column;
    int line;
};

static struct str token_text(const struct tags *g, const struct token *t) {
    bool quoted = t->type == TOKEN_STRING || t->type == TOKEN_QUOTED;
    return quoted ? sql_lex_value(g->s->arena, g->text, t, g->s->dialect) : (struct str){g->text.p + t->start, t->end - t->start};
}

static bool take(struct tags *g, const char *word) {
    bool bare = g->t->type == TOKEN_WORD || g->t->type == TOKEN_OP;
    if (!bare || !str_iis(token_text(g, g->t), word)) return false;
    g->t++;
    return true;
}

/* a.b.c as it is written, quotes taken off; NULL when no name stands there. */
static const char *name_take(struct tags *g) {
    struct buf b = buf_new(g->s->arena);
    for (;;) {
        bool name = g->t->type == TOKEN_WORD || g->t->type == TOKEN_QUOTED || g->t->type == TOKEN_STRING;
        if (!name) return NULL;
        buf_slice(&b, token_text(g, g->t++));
        if (!take(g, ".")) return buf_str(&b);
        buf_char(&b, '.');
    }
}

static void class_add(struct tags *g, const char *class) {
    if (!class || !g->dataset) return;
    struct dataset_facts *f = vec_add(g->s->arena, &g->s->out->facts);
    *f = (struct dataset_facts){.dataset = g->dataset, .path = g->s->path, .line = g->line, .bytes = -1, .rows = -1};
    if (!g->column) {
        f->classification = class;
        return;
    }
    f->columns = arena_array(g->s->arena, 1, sizeof *f->columns);
    f->columns[f->column_count++] = (struct column_fact){.name = g->column, .classification = class};
}

/* 'pii' = 'email', or a name alone. */
static bool tag_take(struct tags *g) {
    const char *key = name_take(g), *value = NULL;
    if (!key) return false;
    if (take(g, "=") && !(value = name_take(g))) return false;
    class_add(g, classify_pair(g->s->arena, key, value ? value : "true"));
    return true;
}

static void tags_take(struct tags *g) {
    bool brackets = take(g, "(");
    while (tag_take(g) && take(g, ",")) continue;
    if (brackets) take(g, ")");
}

/* Behind the name of the table: columns are named by ALTER, MODIFY or CHANGE. */
static void alter_read(struct tags *g) {
    while (g->t->type != TOKEN_END) {
        if (take(g, "ALTER") || take(g, "MODIFY") || take(g, "CHANGE")) {
            (void)take(g, "COLUMN");
            g->column = name_take(g);
        } else if (!take(g, "SET")) {
            g->t++;
        } else if (take(g, "TAGS") || take(g, "TAG")) {
            tags_take(g);
        } else if (g->column && (take(g, "MASK") || take(g, "MASKING"))) {
            class_add(g, "masked");
        }
    }
}

/* SET TAG ON COLUMN a.b.c pii = email */
static void set_read(struct tags *g) {
    bool column = take(g, "COLUMN");
    if (!column) g->t++; /* TABLE, VIEW, .. */
    const char *name = name_take(g);
    const char *dot = name && column ? strrchr(name, '.') : NULL;
    if (!name || (column && !dot)) return;
    g->column = dot ? dot + 1 : NULL;
    g->dataset = session_dataset_text(g->s, dot ? (struct str){name, (size_t)(dot - name)} : str_of(name));
    tags_take(g);
}

void tag_facts(struct session *s, const struct sql_statement *st) {
    bool alter = st->kind == STMT_ALTER && st->name;
    if (!alter && st->kind != STMT_SET && st->kind != STMT_OTHER) return;
    struct token_list *tokens = sql_lex(s->arena, st->text, s->dialect);
    struct tags g = {.s = s, .text = st->text, .t = tokens->at, .line = st->range.line};
    if (tokens->count > TOKENS_MAX || !tokens->count) return;
    if (alter) {
        g.t++; /* its own ALTER names no column */
        g.dataset = session_dataset(s, st->name);
        alter_read(&g);
    } else if (take(&g, "SET") && take(&g, "TAG") && take(&g, "ON")) {
        set_read(&g);
    }
}
