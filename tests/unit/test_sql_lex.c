/* test_sql_lex.c - tokens by dialect, and the values of strings. */
#include "unit.h"

#include "sql_lex.h"

#include <string.h>

/* "w:select n:1 ..." one letter per token type, then its text. */
static const char *tokens_text(struct arena *arena, const char *sql, enum dialect dialect) {
    struct str text = str_of(sql);
    struct token_list *list = sql_lex(arena, text, dialect);
    struct buf b = buf_new(arena);
    for (uint32_t i = 0; i + 1 < list->count; i++) {
        const struct token *t = &list->at[i];
        buf_printf(&b, "%s%c:%.*s", i ? " " : "", "EwqsnpohX"[t->type], (int)(t->end - t->start), sql + t->start);
    }
    return buf_str(&b);
}

static void test_words_and_signs(void **state) {
    (void)state;
    struct arena *arena = arena_create(ARENA_SMALL);
    static const struct {
        enum dialect dialect;
        const char *sql, *tokens;
    } cases[] = {
        {DIALECT_DATABRICKS, "a.b<=>c||d::int", "w:a o:. w:b o:<=> w:c o:|| w:d o::: w:int"},
        {DIALECT_DATABRICKS, "1L 2024_sales 1e5 .5 t.1.b 1.5BD", "n:1L w:2024_sales n:1e5 n:.5 w:t o:. w:1 o:. w:b n:1.5BD"},
        {DIALECT_DATABRICKS, "${env}_cat.s {{ db }} $x %(p)s", "w:${env}_cat o:. w:s p:{{ db }} p:$x p:%(p)s"},
        {DIALECT_DATABRICKS, "a -- c\n/* b /* n */ */ c", "w:a w:c"},
        {DIALECT_BIGQUERY, "a # c\n@p @@x r'\\n' '''a'b'''", "w:a p:@p p:@@x s:r'\\n' s:'''a'b'''"},
        {DIALECT_SNOWFLAKE, "a // c\n$$x;y$$ <% ctx.a %>.b @~/x", "w:a s:$$x;y$$ p:<% ctx.a %> o:. w:b p:@~ o:/ w:x"},
        {DIALECT_POSTGRES, "a @> b #>> c $f$ x $f$ E'\\'' |@| -1", "w:a o:@> w:b o:#>> w:c s:$f$ x $f$ s:E'\\'' o:|@| o:- n:1"},
        {DIALECT_TSQL, "[a b] #t @v", "q:[a b] w:#t p:@v"},
        {DIALECT_MYSQL, "a /*!40101 + b */ \"s\" `q`", "w:a o:+ w:b s:\"s\" q:`q`"},
        {DIALECT_DATABRICKS, "select 'open\nselect 1", "w:select X:'open w:select n:1"},
        {DIALECT_DATABRICKS, "\xEF\xBB\xBFselect\xC2\xA0x", "w:select w:x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(tokens_text(arena, cases[i].sql, cases[i].dialect), cases[i].tokens);
    arena_destroy(arena);
}

static void value_check(struct arena *arena, enum dialect dialect, const char *sql, const char *value) {
    struct str text = str_of(sql);
    struct token_list *list = sql_lex(arena, text, dialect);
    assert_int_equal(list->count, 2);
    struct str v = sql_lex_value(arena, text, &list->at[0], dialect);
    assert_int_equal(v.n, strlen(value));
    assert_memory_equal(v.p, value, v.n);
}

/* What is put in before the text is read is told of a string, whatever its quotes. */
static void test_templated(void **state) {
    (void)state;
    struct arena *arena = arena_create(ARENA_SMALL);
    static const char *const templated[] = {"'a ${x}'", "$$a ${x}$$", "$${{ x }}$$"}, *const plain[] = {"'a { x }'", "$$a$ {x}$$", "$$$$"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(sql_lex(arena, str_of(templated[i]), DIALECT_DUCKDB)->at[0].flags & TOKEN_TEMPLATED);
        assert_false(sql_lex(arena, str_of(plain[i]), DIALECT_DUCKDB)->at[0].flags & TOKEN_TEMPLATED);
    }
    arena_destroy(arena);
}

static void test_values(void **state) {
    (void)state;
    struct arena *arena = arena_create(ARENA_SMALL);
    value_check(arena, DIALECT_DATABRICKS, "'a\\'b\\n\\u00e9'", "a'b\n\xC3\xA9");
    value_check(arena, DIALECT_DATABRICKS, "'it''s'", "it's");
    value_check(arena, DIALECT_DATABRICKS, "'50\\%'", "50\\%");
    value_check(arena, DIALECT_DATABRICKS, "r'a\\n'", "a\\n");
    value_check(arena, DIALECT_POSTGRES, "'a\\n'", "a\\n");
    value_check(arena, DIALECT_POSTGRES, "E'a\\n'", "a\n");
    value_check(arena, DIALECT_POSTGRES, "$t$it's$t$", "it's");
    value_check(arena, DIALECT_BIGQUERY, "\"\"\"a\"b\\x41\"\"\"", "a\"bA");
    value_check(arena, DIALECT_DATABRICKS, "`a``b`", "a`b");
    value_check(arena, DIALECT_TSQL, "[a]]b]", "a]b");
    arena_destroy(arena);
}

static void test_keywords(void **state) {
    (void)state;
    for (unsigned k = 1; k < KW_COUNT; k++) {
        const char *word = sql_keyword_text(k);
        assert_int_equal(sql_keyword_find(word, strlen(word)), k);
    }
    assert_int_equal(sql_keyword_find("SeLeCt", 6), KW_SELECT);
    assert_int_equal(sql_keyword_find("selects", 7), KW_NONE);
    assert_int_equal(sql_keyword_find("a_very_long_word_indeed", 23), KW_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words_and_signs), cmocka_unit_test(test_values), cmocka_unit_test(test_templated),
                                       cmocka_unit_test(test_keywords)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
