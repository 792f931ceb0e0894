/* test_read_dbt.c - a dbt project is read as a full refresh would run it. */
#include "unit.h"

#include "read_helper.h"

static const struct memory_file project[] = {
    {"dw/dbt_project.yml", "name: dw\nprofile: dw\nvars: {start: '2024-01-01', flags: [a, b]}\nmodels:\n  dw:\n    +materialized: view\n    marts:\n "
                           "     +materialized: table\n      +schema: gold\n      +tags: [daily]\n"},
    {"dw/macros/cents.sql", "{% macro cents(c) -%}\n  ({{ c }} / 100)\n{%- endmacro %}\n{% macro default__later(x) %}later({{ x }}){% endmacro "
                            "%}\n{% macro later(x) %}{{ return(adapter.dispatch('later')(x)) }}{% endmacro %}\n"},
    {"dw/models/stg/stg_orders.sql", "{{ config(alias='orders_clean') }}\nselect id, {{ cents('amount') }} as amount, {{ later('day') }} as l\nfrom "
                                     "{{ source('shop', 'orders') }}\nwhere day >= '{{ var(\"start\") }}'\n"},
    {"dw/models/marts/revenue.sql",
     "{{ config(materialized='incremental', unique_key='day') }}\n{%- set kinds = ['a', 'b'] %}\nselect day\n{% for k in kinds %}\n  , sum(case when "
     "kind = '{{ k }}' then amount end) as {{ k }}_amount\n{% endfor %}\n"
     "from {{ ref('stg_orders') }}\n{% if is_incremental() %}\nwhere day > (select max(day) from {{ this }})\n{% endif %}\ngroup by day\n"},
    {"dw/models/marts/odd.sql", "select {{ dbt_utils.star(ref('stg_orders')) }}, {{ nowhere.thing('x') }} as t\nfrom {{ ref('stg_orders') }}\n{% for "
                                "c in dbt_utils.get_column_values(ref('stg_orders'), 'kind') %}, {{ c }}{% endfor %}\n"},
    {"dw/models/schema.yml", "version: 2\nsources:\n  - name: shop\n    schema: raw_shop\n    database: lake\n    meta: {owner: dana}\n    tables:\n "
                             "     - name: orders\n        identifier: t_orders\n        columns: [{name: id, data_tests: [unique, not_null]}]\n"
                             "models:\n  - name: revenue\n    description: Revenue per day\n    meta: {owner: '@mo'}\n    columns:\n      - name: "
                             "day\n        tests: [unique, not_null]\n      - name: order_id\n        tests:\n          - relationships: {to: "
                             "ref('stg_orders'), field: id}\n          - unique: {config: {where: 'x > 1'}}\n"
                             "    tests:\n      - dbt_utils.unique_combination_of_columns: {combination_of_columns: [day, kind]}\n"
                             "exposures:\n  - name: board\n    type: dashboard\n    owner: {email: a@b.c}\n    depends_on: [ref('revenue')]\n"},
    {"dw/models/metrics.yml", "semantic_models:\n  - name: orders\n    model: ref('stg_orders')\n    entities: [{name: order, type: primary, expr: "
                              "id}]\n    dimensions: [{name: day, type: time}]\n    measures:\n      - {name: amount_sum, agg: sum, expr: amount}\n  "
                              "    - {name: buyers, agg: count_distinct, expr: buyer_id}\n"
                              "metrics:\n  - name: revenue\n    label: Revenue\n    type: simple\n    type_params: {measure: amount_sum}\n    "
                              "filter: \"{{ Dimension('order__is_paid') }} = true\"\n  - name: per_buyer\n    type: ratio\n    type_params: "
                              "{numerator: amount_sum, denominator: buyers}\n"},
};
#define PROJECT project, sizeof project / sizeof *project

static void models_are_rendered(void **state) {
    struct reading *r = read_memory(*state, PROJECT);
    const struct definition *d = definition_of(r, "orders_clean");
    assert_int_equal(d->artefact, ARTEFACT_DBT_MODEL);
    assert_int_equal(d->kind, DEF_VIEW);
    assert_string_equal(reads_text(*state, d), "lake.raw_shop.t_orders");
    assert_string_equal(flat_sql(*state, d),
                        "select id, (amount / 100) as amount, later(day) as l from lake.raw_shop.t_orders where day >= '2024-01-01'");
    assert_non_null(d->query);
    d = definition_of(r, "gold.revenue");
    assert_int_equal(d->kind, DEF_INCREMENTAL);
    assert_true(d->incremental);
    assert_string_equal(d->strategy, "merge");
    assert_string_equal(d->unique_key[0], "day");
    assert_string_equal(d->watermark, "where day > (select max(day) from gold.revenue)");
    assert_string_equal(reads_text(*state, d), "orders_clean");
    assert_string_equal(d->owner, "@mo");
    assert_string_equal(d->description, "Revenue per day");
    assert_string_equal(d->tags[0], "daily");
    assert_null(d->doubt);
}

static void unknown_parts_are_doubts(void **state) {
    struct reading *r = read_memory(*state, PROJECT);
    const struct definition *d = definition_of(r, "gold.odd");
    assert_non_null(d->doubt);
    assert_false(d->reads_complete);
    bool said = false;
    for (size_t i = 0; i < r->gaps.n; i++) said |= strcmp(r->gaps.at[i].path, "dw/models/marts/odd.sql") == 0 && r->gaps.at[i].line == 3;
    assert_true(said);
}

/* Macros that are nowhere to be found take the form their place needs; the rest of the model keeps its plan, and no proof rests on it. */
static void unknown_pieces_take_the_form_of_their_place(void **state) {
    static const struct {
        const char *text, *reads;
        bool complete;
    } cases[] = {
        {"{{ ctes([('a', 'x')]) }}, b as (select id from s.t)\nselect * from b", "s.t", false},
        {"with a as (select id from s.t)\n{{ audit('a') }}", "s.t", false},
        {"with a as ({{ get_query(x=1) }}) select a.id from a join s.t on t.id = a.id", "s.t", false},
        {"select id{% for c in adapter.get_columns_in_relation(this) %}, max({{ c.name }}) as {{ c.name }}_last{% endfor %} from s.t group by 1",
         "s.t", false},
        {"select id {{ more_columns() }} from s.t where 1 = 1 {{ partition_filter('x') }} order by 1", "s.t", true},
        {"select id as is_{{ mystery('a') }}, {{ half('b') }} as b from s.t", "s.t", true},
        {"{{ header() }} select id from s.t", "s.t", true},
        {"with a as ({{ get_query(of=ref('inner')) }}) select * from a join s.t using (id)", "inner s.t", false},
        {"{{ automate_dv.hub(src_pk='hk', source_model=['stg_a', 'stg_b']) }}", "stg_a stg_b", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading *r = read_one(*state, "models/m.sql", arena_printf(*state, "{{ config(tags=[]) }}{%% set z = 1 %%}\n%s", cases[i].text));
        if (r->definitions.n != 1 || !r->definitions.at[0].query) fail_msg("%s: not read", cases[i].text);
        const struct definition *d = &r->definitions.at[0];
        assert_string_equal(reads_text(*state, d), cases[i].reads);
        assert_non_null(d->doubt);
        if (d->reads_complete != cases[i].complete) fail_msg("%s: complete is %d", cases[i].text, d->reads_complete);
    }
}

static void staged_columns_have_names(void **state) {
    static const struct memory_file files[] = {
        {"dbt_project.yml", "name: p\n"},
        {"macros/c.sql", "{% macro cols() %}{{ return([{'name': 'id', 'datatype': 'int'}, {'name': 'at', 'alias': 'made_at'}]) }}{% endmacro %}"},
        {"models/a.sql", "select {{ fivetran_utils.fill_staging_columns(source_columns=adapter.get_columns_in_relation(ref('x')), "
                         "staging_columns=cols()) }} from {{ ref('x') }}"},
    };
    const struct definition *d = definition_of(read_memory(*state, files, 3), "a");
    assert_string_equal(flat_sql(*state, d), "select id as id, at as made_at from x");
    assert_non_null(d->doubt);
}

static void versions_groups_and_yaml_snapshots(void **state) {
    static const struct memory_file files[] = {
        {"dbt_project.yml", "name: p\n"},
        {"models/s.yml", "groups:\n  - {name: fin, owner: {email: fin@x.y}}\n"
                         "models:\n  - name: m\n    latest_version: 1\n    config: {group: fin}\n    versions: [{v: 1}, {v: 2, defined_in: m_next}]\n"
                         "    columns: [{name: id, tests: [unique]}]\n"
                         "snapshots:\n  - name: snap\n    relation: ref('m')\n    config: {schema: hist, unique_key: id, strategy: check}\n"
                         "sources:\n  - name: raw\n    freshness: {warn_after: {count: 2, period: hour}}\n    loaded_at_field: at\n"
                         "    tables: [{name: t, tags: [pii]}]\n"},
        {"models/m_v1.sql", "select id from {{ source('raw', 't') }}"},
        {"models/m_next.sql", "select id, 1 as one from {{ source('raw', 't') }}"},
        {"models/r.sql", "select * from {{ ref('m') }} union all select * from {{ ref('m', v=2) }} union all select * from {{ ref('snap') }}"},
    };
    struct reading *r = read_memory(*state, files, 5);
    assert_string_equal(reads_text(*state, definition_of(r, "r")), "hist.snap m_next m_v1");
    assert_string_equal(definition_of(r, "m_next")->owner, "fin@x.y");
    const struct definition *snap = definition_of(r, "hist.snap");
    assert_string_equal(reads_text(*state, snap), "m_v1");
    assert_string_equal(snap->unique_key[0], "id");
    assert_true(snap->partial);
    size_t keys = 0;
    for (size_t i = 0; i < r->facts.n; i++) {
        keys += r->facts.at[i].key_count;
        if (strcmp(r->facts.at[i].dataset, "raw.t") != 0) continue;
        assert_true(r->facts.at[i].warn_seconds == 7200);
        assert_string_equal(r->facts.at[i].loaded_at, "at");
        assert_string_equal(r->facts.at[i].tags[0], "pii");
    }
    assert_int_equal(keys, 2);
}

static void yaml_gives_facts(void **state) {
    struct reading *r = read_memory(*state, PROJECT);
    const struct dataset_facts *revenue = NULL, *orders = NULL;
    for (size_t i = 0; i < r->facts.n; i++) {
        if (strcmp(r->facts.at[i].dataset, "gold.revenue") == 0) revenue = &r->facts.at[i];
        if (strcmp(r->facts.at[i].dataset, "lake.raw_shop.t_orders") == 0) orders = &r->facts.at[i];
    }
    assert_non_null(revenue);
    assert_int_equal(revenue->key_count, 2);
    assert_int_equal(revenue->keys[0].origin, ORIGIN_TEST);
    assert_string_equal(revenue->keys[1].columns[1], "kind");
    assert_true(revenue->columns[0].not_null);
    assert_string_equal(revenue->foreign_keys[0].dataset, "orders_clean");
    assert_non_null(orders);
    assert_string_equal(orders->owner, "dana");
    assert_int_equal(orders->key_count, 1);
    assert_int_equal(r->exposures.n, 1);
    assert_string_equal(r->exposures.at[0].reads[0], "gold.revenue");
}

static void metrics_become_formulas(void **state) {
    struct reading *r = read_memory(*state, PROJECT);
    assert_int_equal(r->metrics.n, 2);
    const struct metric *m = &r->metrics.at[0];
    assert_string_equal(m->name, "revenue");
    assert_string_equal(m->dataset, "orders_clean");
    assert_string_equal(m->expression, "sum(amount)");
    assert_string_equal(m->filter, "is_paid = true");
    assert_non_null(m->query);
    assert_string_equal(r->metrics.at[1].expression, "sum(amount) / count(distinct buyer_id)");
}

static void hooks_that_change_rows_make_partial(void **state) {
    static const struct memory_file files[] = {
        {"dbt_project.yml", "name: p\n"},
        {"models/a.sql", "{{ config(post_hook=['DELETE FROM {{ this }} WHERE x = 1']) }} select 1 as x from s.t"},
        {"models/b.sql", "{{ config(post_hook='GRANT SELECT ON {{ this }} TO r') }} select 1 as x from s.t"},
    };
    struct reading *r = read_memory(*state, files, 3);
    assert_true(definition_of(r, "a")->partial);
    assert_false(definition_of(r, "b")->partial);
}

static void python_models_say_what_they_read(void **state) {
    static const struct memory_file files[] = {
        {"dbt_project.yml", "name: p\n"},
        {"models/a.sql", "select 1 as x from s.t"},
        {"models/b.py", "def model(dbt, session):\n    dbt.config(materialized='table')\n    return dbt.ref('a').filter('x > 1')\n"},
    };
    struct reading *r = read_memory(*state, files, 3);
    assert_string_equal(reads_text(*state, definition_of(r, "b")), "a");
    assert_null(definition_of(r, "b")->query);
    assert_int_equal(r->gaps.n, 1);
}

static void only_the_asked_paths_give_definitions(void **state) {
    struct memory_repo repo = {.files = project, .count = sizeof project / sizeof *project};
    for (size_t i = 0; i < repo.count; i++) repo.paths[i] = project[i].path;
    struct file_source source = {&repo, repo.count, repo.paths, memory_get};
    const char *only[] = {"dw/models/marts/revenue.sql"};
    struct reading *r = NULL;
    assert_null(read_files(*state, &source, &(struct read_options){.only = only, .only_count = 1}, &r));
    assert_int_equal(r->definitions.n, 1);
    assert_string_equal(r->definitions.at[0].dataset, "gold.revenue");
    assert_string_equal(reads_text(*state, &r->definitions.at[0]), "orders_clean");
    assert_int_equal(r->gaps.n, 0);
}

/* Few paths of many: the rest of the project is read only where they name it, and says the same. */
static void few_paths_of_many_read_the_same(void **state) {
    struct memory_file files[64] = {
        {"dbt_project.yml", "name: p\n"},
        {"models/s.yml",
         "models:\n  - name: m\n    config: {schema: mart}\n    columns: [{name: id, tests: [unique]}]\n  - name: up\n    config: {alias: above}\n"
         "sources:\n  - name: raw\n    schema: landing\n    tables: [{name: t}]\n"},
        {"models/m.sql", "select u.id, t.x from {{ ref('up') }} u join {{ source('raw', 't') }} t using (id)"},
        {"models/up.sql", "{{ config(schema='stg') }} select 1 as id"},
    };
    size_t n = 4;
    for (; n < 64; n++) files[n] = (struct memory_file){arena_printf(*state, "models/pad/p%zu.sql", n), "select 1 as x"};
    struct memory_repo repo = {.files = files, .count = n};
    for (size_t i = 0; i < n; i++) repo.paths[i] = files[i].path;
    struct file_source source = {&repo, n, repo.paths, memory_get};
    const char *only[] = {"models/m.sql"};
    struct reading *r = NULL;
    assert_null(read_files(*state, &source, &(struct read_options){.only = only, .only_count = 1}, &r));
    assert_int_equal(r->definitions.n, 1);
    assert_string_equal(r->definitions.at[0].dataset, "mart.m");
    assert_string_equal(reads_text(*state, &r->definitions.at[0]), "landing.t stg.above");
    assert_int_equal(r->facts.n, 1);
    assert_string_equal(r->facts.at[0].keys[0].columns[0], "id");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(few_paths_of_many_read_the_same),
        TEST(models_are_rendered),
        TEST(unknown_parts_are_doubts),
        TEST(unknown_pieces_take_the_form_of_their_place),
        TEST(staged_columns_have_names),
        TEST(versions_groups_and_yaml_snapshots),
        TEST(yaml_gives_facts),
        TEST(metrics_become_formulas),
        TEST(hooks_that_change_rows_make_partial),
        TEST(python_models_say_what_they_read),
        TEST(only_the_asked_paths_give_definitions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
