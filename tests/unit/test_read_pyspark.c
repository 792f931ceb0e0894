/* test_read_pyspark.c - DataFrame calls become SQL; what is not known is said. */
#include "unit.h"

#include "read_helper.h"

static const char head[] = "from pyspark.sql import functions as F, Window\nfrom pyspark.sql.functions import col, lit\n";

static struct reading *read_py(struct arena *arena, const char *text) { return read_one(arena, "job.py", arena_printf(arena, "%s%s", head, text)); }

static void becomes(struct arena *arena, const char *python, const char *sql) {
    struct reading *r = read_py(arena, arena_printf(arena, "%s.write.mode('overwrite').saveAsTable('out')\n", python));
    const struct definition *d = definition_of(r, "out");
    if (!sql) {
        assert_null(d->query);
        return;
    }
    for (size_t i = 0; i < r->gaps.n; i++) print_message("gap: %s\n", r->gaps.at[i].reason);
    assert_non_null(d->query);
    assert_string_equal(flat_sql(arena, d), sql);
    assert_int_equal(d->kind, DEF_TABLE);
    assert_false(d->partial);
}

static void chains(void **state) {
    struct arena *a = *state;
    becomes(a, "spark.table('s.t')", "SELECT * FROM s.t");
    becomes(a, "spark.table('s.t').filter(\"x > 1 AND y = 'a'\").where(col('z').isNull())",
            "SELECT * FROM s.t WHERE x > 1 AND y = 'a' AND z IS NULL");
    becomes(a, "spark.read.table('t').select('a', F.upper('b').alias('u'), (col('c') + 1).alias('c1'))",
            "SELECT a, upper(b) AS u, c + 1 AS c1 FROM t");
    becomes(a, "spark.table('t').withColumn('k', F.when(col('x') > 1, 'big').otherwise('small'))",
            "SELECT * REPLACE OR ADD (CASE WHEN x > 1 THEN 'big' ELSE 'small' END AS k) FROM t");
    becomes(a, "spark.table('t').groupBy('a').agg(F.sum('b').alias('s'), F.countDistinct('c').alias('n'))",
            "SELECT a, sum(b) AS s, count(DISTINCT c) AS n FROM t GROUP BY a");
    becomes(a, "spark.table('t').groupBy('a', 'b').count()", "SELECT a, b, count(*) AS count FROM t GROUP BY a, b");
    becomes(a, "spark.table('t').distinct()", "SELECT DISTINCT * FROM t");
    becomes(a, "spark.table('t').orderBy(F.desc('a')).limit(10)", "SELECT * FROM t ORDER BY a DESC LIMIT 10");
    becomes(a, "spark.table('t').union(spark.table('u'))", "SELECT * FROM t UNION ALL SELECT * FROM u");
    becomes(a, "spark.table('t').drop('x', 'y')", "SELECT * EXCEPT (x, y) FROM t");
    becomes(a, "spark.table('t').selectExpr('a + 1 AS b', '*')", "SELECT a + 1 AS b, * FROM t");
    becomes(a, "spark.table('t').filter(col('d').isin('x', 'y') & ~col('e').like('q%'))",
            "SELECT * FROM t WHERE d IN ('x', 'y') AND NOT (e LIKE 'q%')");
    becomes(a, "spark.table('t').withColumn('r', F.row_number().over(Window.partitionBy('a').orderBy(col('b').desc())))",
            "SELECT * REPLACE OR ADD (row_number() OVER (PARTITION BY a ORDER BY b DESC) AS r) FROM t");
    becomes(a, "spark.table('t').select(F.to_date('d', 'yyyy').cast('string').alias('x'))", "SELECT CAST(to_date(d, 'yyyy') AS string) AS x FROM t");
    becomes(a, "spark.read.format('delta').load('/mnt/x')", "SELECT * FROM delta.`/mnt/x`");
}

static void joins(void **state) {
    struct arena *a = *state;
    becomes(a, "spark.table('a').join(spark.table('b'), 'id', 'left')", "SELECT * FROM a AS t1 LEFT JOIN b AS t2 USING (id)");
    becomes(a, "spark.table('a').alias('x').join(spark.table('b').alias('y'), col('x.id') == col('y.id')).select('x.id', 'y.name')",
            "SELECT x.id, y.name FROM a AS x JOIN b AS y ON x.id = y.id");
    struct reading *r = read_py(a, "o = spark.table('orders')\nc = spark.table('customers').filter('active')\n"
                                   "j = o.join(c, o.customer_id == c.id, how='inner').drop(c.id)\nj.write.saveAsTable('out')\n");
    const struct definition *d = definition_of(r, "out");
    assert_string_equal(reads_text(a, d), "customers orders");
    assert_string_equal(
        flat_sql(a, d),
        "SELECT t1.*, t3.* EXCEPT (id) FROM orders AS t1 JOIN ( SELECT * FROM customers WHERE active ) AS t3 ON t1.customer_id = t3.id");
}

static void sql_texts_are_followed(void **state) {
    struct arena *a = *state;
    struct reading *r = read_py(a, "db = 'silver'\ntable = f'{db}.orders'\nq = f'''\nSELECT id\nFROM {table}\nWHERE x = 1\n'''\n"
                                   "spark.sql(q).createOrReplaceTempView('v')\n"
                                   "spark.sql('CREATE OR REPLACE TABLE gold.o AS SELECT count(*) AS n FROM v')\n"
                                   "spark.sql('INSERT INTO {}.{} SELECT * FROM v'.format(db, 'log'))\n"
                                   "p = dbutils.widgets.get('day')\nspark.sql(f\"SELECT * FROM a.b WHERE day = '{p}'\").display()\n");
    const struct definition *d = definition_of(r, "gold.o");
    assert_string_equal(reads_text(a, d), "silver.orders");
    assert_int_equal(d->range.line, 11);
    assert_string_equal(reads_text(a, definition_of(r, "silver.log")), "silver.orders");
    assert_int_equal(r->gaps.n, 0);
    assert_int_equal(r->definitions.n, 3);
}

static void functions_and_loops(void **state) {
    struct arena *a = *state;
    struct reading *r =
        read_py(a, "def clean(df, least=0):\n    return df.filter(col('x') > least)\n"
                   "for name in ['a', 'b']:\n    clean(spark.table(f'raw.{name}'), 5).write.mode('overwrite').saveAsTable(f'silver.{name}')\n"
                   "def main():\n    spark.table('q').transform(clean).write.saveAsTable('main_out')\n"
                   "if __name__ == '__main__':\n    main()\n"
                   "class Job:\n    def run(self):\n        self.load().write.saveAsTable('from_class')\n    def load(self):\n        return "
                   "spark.table('in_class')\n");
    assert_string_equal(flat_sql(a, definition_of(r, "silver.b")), "SELECT * FROM raw.b WHERE x > 5");
    assert_string_equal(flat_sql(a, definition_of(r, "main_out")), "SELECT * FROM q WHERE x > 0");
    assert_string_equal(reads_text(a, definition_of(r, "from_class")), "in_class");
    assert_false(definition_of(r, "main_out")->partial);
}

static void branches_are_merged(void **state) {
    struct arena *a = *state;
    struct reading *r = read_py(a, "import sys\ndf = spark.table('a')\nif len(sys.argv) > 1:\n    df = spark.table('b')\n    "
                                   "df.write.saveAsTable('maybe')\ndf.write.saveAsTable('out')\n");
    const struct definition *d = definition_of(r, "out");
    assert_null(d->query);
    assert_string_equal(reads_text(a, d), "a b");
    assert_true(definition_of(r, "maybe")->partial);
    assert_int_equal(r->gaps.n, 1);
    assert_int_equal(r->gaps.at[0].line, 5);
}

static void what_is_not_known_is_said(void **state) {
    struct arena *a = *state;
    struct reading *r = read_py(a, "df = spark.table('a').applyInPandas(f, schema='x int')\ndf.write.saveAsTable('out')\n");
    const struct definition *d = definition_of(r, "out");
    assert_null(d->query);
    assert_string_equal(reads_text(a, d), "a");
    assert_int_equal(r->gaps.at[0].line, 3);
    assert_int_equal(r->gap_columns.at[0], 6);
    assert_non_null(strstr(r->gaps.at[0].reason, "applyInPandas"));
    r = read_py(a, "spark.table(get_name()).write.saveAsTable('x')\nspark.table('a').write.saveAsTable(other())\n");
    assert_int_equal(r->gaps.n, 2);
    assert_null(definition_of(r, "x")->query);
}

static void merges_and_streams(void **state) {
    struct arena *a = *state;
    struct reading *r =
        read_py(a, "from delta.tables import DeltaTable\n"
                   "(DeltaTable.forName(spark, 'dim').alias('t')\n  .merge(spark.table('updates').alias('s'), 't.id = s.id')\n  "
                   ".whenMatchedUpdateAll().whenNotMatchedInsertAll().execute())\n"
                   "spark.readStream.table('bronze').filter('ok').writeStream.option('checkpointLocation', '/x').toTable('silver')\n");
    const struct definition *d = definition_of(r, "dim");
    assert_string_equal(d->strategy, "merge");
    assert_string_equal(d->unique_key[0], "id");
    assert_string_equal(reads_text(a, d), "updates");
    d = definition_of(r, "silver");
    assert_int_equal(d->kind, DEF_STREAMING);
    assert_string_equal(reads_text(a, d), "bronze");
}

static void pipelines(void **state) {
    struct arena *a = *state;
    struct reading *r =
        read_one(a, "p.py",
                 "import dlt\nfrom pyspark.sql.functions import *\n"
                 "@dlt.table(name='bronze', comment='raw events')\ndef load():\n    return "
                 "spark.readStream.format('cloudFiles').option('cloudFiles.format', 'json').load('/in')\n"
                 "@dlt.table\n@dlt.expect_or_drop('ok', 'id IS NOT NULL')\ndef silver():\n    return dlt.read_stream('bronze').select(col('id'), "
                 "upper('n').alias('n'))\n"
                 "@dlt.view\ndef v():\n    return spark.sql('SELECT id FROM LIVE.silver')\n"
                 "dlt.create_streaming_table('dim')\ndlt.apply_changes(target='dim', source='silver', keys=['id'], sequence_by=col('ts'))\n");
    assert_int_equal(definition_of(r, "bronze")->kind, DEF_STREAMING);
    assert_string_equal(definition_of(r, "bronze")->description, "raw events");
    const struct definition *d = definition_of(r, "silver");
    assert_string_equal(reads_text(a, d), "bronze");
    assert_non_null(d->query);
    assert_non_null(strstr(flat_sql(a, d), "id IS NOT NULL"));
    assert_int_equal(definition_of(r, "v")->kind, DEF_EPHEMERAL);
    assert_string_equal(reads_text(a, definition_of(r, "v")), "silver");
    assert_string_equal(definition_of(r, "dim")->unique_key[0], "id");
    assert_int_equal(r->gaps.n, 0);
}

static void sharing_does_not_explode(void **state) {
    struct buf b = buf_new(*state);
    buf_text(&b, "df = spark.table('a')\n");
    for (int i = 0; i < 60; i++) buf_text(&b, "df = df.union(df)\n");
    buf_text(&b, "df.write.saveAsTable('out')\n");
    const struct definition *d = definition_of(read_py(*state, buf_str(&b)), "out");
    assert_null(d->query);
    assert_string_equal(reads_text(*state, d), "a");
}

static void loops_and_returns_of_unknown_number(void **state) {
    struct arena *a = *state;
    struct reading *r = read_py(
        a, "df = spark.table('a')\nfor x in names():\n    df = df.union(spark.table('b'))\ndf.write.saveAsTable('out')\n"
           "def pick(flag):\n    if flag:\n        return spark.table('c')\n    return spark.table('d')\npick(ask()).write.saveAsTable('two')\n"
           "cols = ['x']\nif ask():\n    cols.append('y')\nspark.table('e').select(cols).write.saveAsTable('three')\n"
           "for n in ['p', 'q']:\n    if n == skip():\n        continue\n    spark.table(n).write.saveAsTable('w_' + n)\n");
    assert_null(definition_of(r, "out")->query);
    assert_string_equal(reads_text(a, definition_of(r, "out")), "a b");
    assert_null(definition_of(r, "two")->query);
    assert_string_equal(reads_text(a, definition_of(r, "two")), "c d");
    assert_null(definition_of(r, "three")->query);
    assert_true(r->gaps.n >= 3);
    r = read_py(a, "df = spark.table('a')\nmatch ask():\n    case 'x':\n        df = df.filter('p > 1')\n    case _:\n        df = spark.table('b')\n"
                   "df.write.saveAsTable('four')\n");
    assert_null(definition_of(r, "four")->query);
    assert_string_equal(reads_text(a, definition_of(r, "four")), "a b");
}

static void sql_through_other_objects(void **state) {
    struct arena *a = *state;
    struct reading *r =
        read_py(a, "import pandas as pd\ndf = pd.read_sql('SELECT id FROM a.b', engine)\ncursor.execute('INSERT INTO c.d SELECT * FROM a.b')\n"
                   "get_session().sql('SELECT x FROM e').write.saveAsTable('f')\n");
    assert_int_equal(r->definitions.n, 3);
    assert_string_equal(reads_text(a, definition_of(r, "c.d")), "a.b");
    assert_string_equal(reads_text(a, definition_of(r, "f")), "e");
}

static void parameters_in_names_are_doubts(void **state) {
    struct arena *a = *state;
    struct reading *r = read_py(a, "db = dbutils.widgets.get('db')\nspark.sql(f'SELECT id FROM {db}.orders').write.saveAsTable('out')\n");
    const struct definition *d = definition_of(r, "out");
    assert_non_null(d->query);
    assert_non_null(d->doubt);
    assert_string_equal(reads_text(a, d), "${db}.orders");
    assert_true(d->reads_complete);
}

static void modules_of_the_repository(void **state) {
    struct arena *a = *state;
    static const struct memory_file files[] = {
        {"jobs/run.py", "from lib.clean import tidy, TARGET\nfrom lib import names as n\nimport lib.io as io\n\n"
                        "df = tidy(spark.table(n.SOURCE))\ndf.write.saveAsTable(TARGET)\nio.save(df, 'gold.saved')\n"},
        {"lib/__init__.py", ""},
        {"lib/clean.py", "from pyspark.sql.functions import col\nfrom .names import SCHEMA\nTARGET = f'{SCHEMA}.clean'\n"
                         "def tidy(df):\n    return df.filter(col('ok'))\n"},
        {"lib/names.py",
         "SCHEMA = 'silver'\nSOURCE = SCHEMA + '.raw'\nif __name__ == '__main__':\n    spark.table('x').write.saveAsTable('never')\n"},
        {"lib/io.py", "def save(df, name):\n    df.write.mode('overwrite').saveAsTable(name)\n"},
    };
    struct reading *r = read_memory(a, files, sizeof files / sizeof *files);
    const struct definition *d = definition_of(r, "silver.clean");
    assert_string_equal(flat_sql(a, d), "SELECT * FROM silver.raw WHERE ok");
    d = definition_of(r, "gold.saved");
    assert_string_equal(d->path, "jobs/run.py");
    assert_int_equal(d->range.line, 7);
    assert_string_equal(reads_text(a, d), "silver.raw");
}

static void what_is_written_is_told_even_when_unknown(void **state) {
    struct arena *a = *state;
    struct reading *r = read_py(a, "df = build_somehow()\ndf.write.mode('append').saveAsTable('out')\n");
    const struct definition *d = definition_of(r, "out");
    assert_null(d->query);
    assert_false(d->reads_complete);
    assert_int_equal(r->gaps.n, 1);
    assert_int_equal(r->gaps.at[0].line, 4);
}

static void nulls_and_types(void **state) {
    struct arena *a = *state;
    becomes(a, "spark.table('t').select('a', 'b').fillna('x', subset=['a'])",
            "SELECT * REPLACE (CASE WHEN type_family(a) = 'text' THEN coalesce(a, 'x') ELSE a END AS a) FROM ( SELECT a, b FROM t )");
    /* A number stands for NaN of floating columns too. */
    becomes(a, "spark.table('t').select('a', 'b').na.fill({'b': 0})",
            "SELECT * REPLACE (CASE WHEN type_family(b) = 'number' THEN coalesce(nanvl(b, NULL), 0) ELSE b END AS b) FROM ( SELECT a, b FROM t )");
    struct reading *r = read_py(a, "spark.table('t').fillna(0).write.saveAsTable('out')\n");
    assert_non_null(definition_of(r, "out")->query);
    assert_non_null(definition_of(r, "out")->doubt);
}

static void batches_are_not_the_stream(void **state) {
    struct arena *a = *state;
    struct reading *r = read_py(a, "def plain(df, i):\n    df.filter('ok').write.mode('append').saveAsTable('rows')\n"
                                   "def sums(df, i):\n    df.groupBy('k').count().write.mode('append').saveAsTable('counts')\n"
                                   "s = spark.readStream.table('src')\ns.writeStream.foreachBatch(plain).start()\n"
                                   "s.writeStream.foreachBatch(lambda df, i: sums(df, i)).start()\n");
    assert_null(definition_of(r, "rows")->doubt);
    assert_true(definition_of(r, "rows")->partial);
    assert_string_equal(flat_sql(a, definition_of(r, "rows")), "SELECT * FROM src WHERE ok");
    assert_non_null(definition_of(r, "counts")->doubt);
    assert_int_equal(r->definitions.n, 2);
}

static void pandas_on_spark(void **state) {
    struct arena *a = *state;
    struct reading *r = read_py(
        a, "import pyspark.pandas as ps\no = ps.read_table('s.o')\nsame = o\nbig = o[o['x'] > 1]\nbig['y'] = big['x'] * 2\n"
           "big[['y']].to_table('out', mode='append')\nodd = o[o['x'] != 1]\nodd.to_table('odd')\n"
           "o['z'] = o['x'] - 1\nsame.to_delta('/same')\n"
           "j = o.merge(ps.read_delta('/c'), on='id').groupby('k').agg({'x': 'sum'}).reset_index()\nj.fillna(0).to_spark().write.saveAsTable('j')\n");
    const struct definition *d = definition_of(r, "out");
    assert_string_equal(flat_sql(a, d), "SELECT y FROM ( SELECT * REPLACE OR ADD (x * 2 AS y) FROM s.o WHERE x > 1 )");
    assert_null(d->doubt);
    assert_true(d->partial);
    assert_non_null(definition_of(r, "odd")->doubt);
    assert_non_null(strstr(flat_sql(a, definition_of(r, "delta./same")), "x - 1 AS z"));
    d = definition_of(r, "j");
    assert_string_equal(reads_text(a, d), "delta./c s.o");
    assert_non_null(d->doubt);
}

static void what_comes_back_from_pandas(void **state) {
    struct arena *a = *state;
    struct reading *r =
        read_py(a, "pdf = spark.table('s.t').toPandas()\npdf = pdf.drop_duplicates()\nspark.createDataFrame(pdf).write.saveAsTable('out')\n"
                   "top = somebody(spark.table('s.t'))\nspark.sql(f'SELECT * FROM u WHERE d > {top}').write.saveAsTable('u2')\n");
    assert_string_equal(reads_text(a, definition_of(r, "out")), "s.t");
    assert_null(definition_of(r, "out")->query);
    assert_string_equal(reads_text(a, definition_of(r, "u2")), "u");
    assert_non_null(definition_of(r, "u2")->doubt);
}

static void globals_and_decorators(void **state) {
    struct arena *a = *state;
    struct reading *r =
        read_py(a, "df = spark.table('t')\ndef setup():\n    global df\n    df = df.filter('x')\nsetup()\ndf.write.saveAsTable('out')\n"
                   "@audited\ndef build():\n    return spark.table('u')\nbuild().write.saveAsTable('odd')\n"
                   "@staticmethod\ndef plain():\n    return spark.table('u')\nplain().write.saveAsTable('even')\n");
    assert_string_equal(flat_sql(a, definition_of(r, "out")), "SELECT * FROM t WHERE x");
    assert_non_null(definition_of(r, "odd")->doubt);
    assert_string_equal(reads_text(a, definition_of(r, "odd")), "u");
    assert_null(definition_of(r, "even")->doubt);
}

static const char *doubt_of(struct arena *a, const char *python) {
    return definition_of(read_py(a, arena_printf(a, "%s.write.mode('overwrite').saveAsTable('out')\n", python)), "out")->doubt;
}

static void what_python_means_is_not_what_names_say(void **state) {
    struct arena *a = *state;
    /* All of withColumns sees the frame as it was. */
    becomes(a, "spark.table('t').select('a', 'b').withColumns({'a': col('b'), 'b': col('a')})",
            "SELECT * REPLACE (b AS a, a AS b) FROM ( SELECT a, b FROM t )");
    becomes(a, "spark.table('t').orderBy('a', ascending=0).limit(5)", "SELECT * FROM t ORDER BY a DESC LIMIT 5");
    becomes(a, "spark.table('t').orderBy('a', 'b', ascending=[True, False]).limit(5)", "SELECT * FROM t ORDER BY a, b DESC LIMIT 5");
    becomes(a, "spark.table('t').select(F.struct('a', col('b').alias('c')).alias('s'))", "SELECT named_struct('a', a, 'c', b) AS s FROM t");
    becomes(a, "spark.table('t').select(F.lag('a', default=0, offset=2).over(Window.orderBy('b')).alias('x'))", NULL);
    becomes(a, "spark.table('t').select(F.lag('a', offset=2).over(Window.orderBy('b')).alias('x'))",
            "SELECT lag(a, 2) OVER (ORDER BY b) AS x FROM t");
    becomes(a, "spark.read.option('versionAsOf', 3).table('t')", "SELECT * FROM t WITH ('versionAsOf' = '3')");
    becomes(a, "spark.sql('SELECT * FROM t WHERE x = :x', args={'x': 5})", "SELECT * FROM t WHERE x = 5");
    becomes(a, "spark.sql('SELECT * FROM {t} WHERE x', t=spark.table('s.t'))", "WITH frame_1 AS ( SELECT * FROM s.t ) SELECT * FROM frame_1 WHERE x");
}

static void values_of_the_program_are_doubts(void **state) {
    struct arena *a = *state;
    assert_non_null(doubt_of(a, "cut = compute()\nspark.sql(f\"SELECT * FROM t WHERE d > '{cut}'\")"));
    assert_non_null(doubt_of(a, "spark.table('t').filter(col('d') > somewhere.CUT)"));
    assert_null(doubt_of(a, "day = dbutils.widgets.get('day')\nspark.table('t').filter(col('d') == day)"));
    assert_non_null(doubt_of(a, "raw = spark.table('t')\nnew = raw.withColumn('x', raw.x * 2)\nnew.filter(raw.x > 1)"));
    assert_null(doubt_of(a, "raw = spark.table('t')\nnew = raw.withColumn('x', raw.x * 2)\nnew.filter(new.x > 1)"));
    assert_non_null(doubt_of(a, "spark.read.options(**somewhere.OPTIONS).table('t')"));
    assert_null(doubt_of(a, "spark.read.option('password', secret()).table('t')"));
}

static void loops_that_are_left(void **state) {
    struct arena *a = *state;
    static const char start[] = "d = spark.table('t')\n";
    becomes(a, arena_printf(a, "%sfor k in [1, None, 2]:\n    if k is None:\n        continue\n    d = d.where(f'x > {k}')\nd", start),
            "SELECT * FROM t WHERE x > 1 AND x > 2");
    becomes(a,
            arena_printf(a, "%sfor k in [1, 5, 2]:\n    if k > 3:\n        break\n    d = d.where(f'x > {k}')\nelse:\n    d = d.limit(1)\nd", start),
            "SELECT * FROM t WHERE x > 1");
    becomes(a, arena_printf(a, "%sfor k in [1, 2]:\n    d = d.where(f'x > {k}')\nelse:\n    d = d.limit(1)\nd", start),
            "SELECT * FROM t WHERE x > 1 AND x > 2 LIMIT 1");
    /* Whether it is left is not known: neither is what comes after. */
    becomes(a, arena_printf(a, "%sfor k in [1, 2]:\n    if unknown():\n        break\n    d = d.where(f'x > {k}')\nd", start), NULL);
    becomes(a, arena_printf(a, "%sfor k in [1, 2]:\n    if k == other:\n        continue\n    d = d.where(f'x > {k}')\nd", start), NULL);
    becomes(a, arena_printf(a, "%sif 'x' in [other]:\n    d = d.where('x > 1')\nd", start), NULL);
    becomes(a, arena_printf(a, "%se = None\nfor k in [1, 2]:\n    c = F.col('x') == k\n    e = c if e is None else e | c\nd.where(e)", start),
            "SELECT * FROM t WHERE x = 1 OR x = 2");
    /* A loop inside another: what leaves the inner one does not leave the outer one. */
    becomes(
        a,
        arena_printf(a, "%sfor k in [1, 2]:\n    for m in [1, 2]:\n        if m == 2:\n            break\n        d = d.where(f'x > {k}')\nd", start),
        "SELECT * FROM t WHERE x > 1 AND x > 2");
}

static void all_columns_of_a_frame(void **state) {
    struct arena *a = *state;
    static const char start[] = "d = spark.table('t')\n";
    becomes(a, arena_printf(a, "%sd.select([c for c in d.columns if c != 'x' and c not in ('y', 'z')])", start), "SELECT * EXCEPT (x, y, z) FROM t");
    becomes(a, arena_printf(a, "%sd.where('x > 1').select(*[F.col(c) for c in d.columns])", start), "SELECT * FROM t WHERE x > 1");
    becomes(a, arena_printf(a, "%sd.withColumn('x', F.lit(1)).select(*d.columns)", start), NULL);
    becomes(a, arena_printf(a, "%sd.select([F.trim(c) for c in d.columns])", start), NULL);
    becomes(a, arena_printf(a, "%se = d.select('a', 'b')\ne.select([c for c in e.columns if c != 'a'])", start),
            "SELECT b FROM ( SELECT a, b FROM t )");
    becomes(a, "spark.table('t').select('i', 'a', 'b').unpivot('i', ['a', 'b'], 'n', 'v')",
            "SELECT i, 'a' AS n, a AS v FROM ( SELECT i, a, b FROM t ) UNION ALL SELECT i, 'b' AS n, b AS v FROM ( SELECT i, a, b FROM t )");
    becomes(a, "spark.table('t').unionByName(spark.table('u'), allowMissingColumns=True)", NULL);
}

static void functions_with_some_arguments(void **state) {
    struct arena *a = *state;
    static const char keep[] = "from functools import partial\ndef keep(d, c, v):\n    return d.where(F.col(c) == v)\n";
    becomes(a, arena_printf(a, "%spartial(keep, c='a', v=1)(spark.table('t'))", keep), "SELECT * FROM t WHERE a = 1");
    becomes(a, arena_printf(a, "%sspark.table('t').transform(partial(keep, c='a', v=1))", keep), "SELECT * FROM t WHERE a = 1");
    becomes(a, arena_printf(a, "%spartial(keep, c='a', v=1)(spark.table('t'), v=2)", keep), "SELECT * FROM t WHERE a = 2");
}

static void functions_that_take_functions(void **state) {
    struct arena *a = *state;
    becomes(a, "spark.table('t').select(F.transform('xs', lambda x: x + 1).alias('a'))", "SELECT transform(xs, x -> x + 1) AS a FROM t");
    becomes(a, "spark.table('t').select(F.aggregate('xs', F.lit(0), lambda s, v: s + v).alias('a'))",
            "SELECT aggregate(xs, 0, (s, v) -> s + v) AS a FROM t");
    /* A column of the parameter's name is the table's. */
    struct reading *r = read_py(a, "spark.table('t').select(F.exists('xs', lambda x: x == F.col('x')).alias('a')).write.saveAsTable('out')\n");
    const char *sql = flat_sql(a, definition_of(r, "out"));
    assert_non_null(strstr(sql, "x__"));
    assert_non_null(strstr(sql, " = x)"));
    becomes(a, "spark.table('t').rollup('a').agg(F.grouping_id().alias('g'))", "SELECT a, grouping_id() AS g FROM t GROUP BY ROLLUP (a)");
    becomes(a, "spark.table('t').groupingSets([['a', 'b'], []], 'a', 'b').agg(F.sum('c').alias('s'))",
            "SELECT a, b, sum(c) AS s FROM t GROUP BY GROUPING SETS ((a, b), ())");
    becomes(a, "spark.table('t').groupingSets(sets, 'a', 'b').agg(F.sum('c').alias('s'))", NULL);
    becomes(a, "spark.table('t').groupBy(F.window('ts', '1 hour')).count()",
            "SELECT window(ts, '1 hour') AS `window`, count(*) AS count FROM t GROUP BY window(ts, '1 hour')");
    becomes(a, "spark.table('t').select(F.split_part('a', F.lit('-'), F.lit(2)).alias('p'), F.array_append('xs', 'v').alias('q'))",
            "SELECT split_part(a, '-', 2) AS p, array_append(xs, 'v') AS q FROM t");
}

static void the_mode_of_overwriting(void **state) {
    struct arena *a = *state;
    static const char write[] = "spark.table('t').write.mode('overwrite').saveAsTable('out')\n";
    static const char dynamic[] = "'spark.sql.sources.partitionOverwriteMode', 'dynamic'";
    assert_false(definition_of(read_py(a, write), "out")->partial);
    assert_true(definition_of(read_py(a, arena_printf(a, "spark.conf.set(%s)\n%s", dynamic, write)), "out")->partial);
    assert_true(
        definition_of(read_py(a, arena_printf(a, "spark = SparkSession.builder.appName('x').config(%s).getOrCreate()\n%s", dynamic, write)), "out")
            ->partial);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(chains),
        TEST(joins),
        TEST(sql_texts_are_followed),
        TEST(functions_and_loops),
        TEST(branches_are_merged),
        TEST(what_is_not_known_is_said),
        TEST(merges_and_streams),
        TEST(pipelines),
        TEST(sharing_does_not_explode),
        TEST(loops_and_returns_of_unknown_number),
        TEST(sql_through_other_objects),
        TEST(parameters_in_names_are_doubts),
        TEST(modules_of_the_repository),
        TEST(what_is_written_is_told_even_when_unknown),
        TEST(nulls_and_types),
        TEST(batches_are_not_the_stream),
        TEST(what_python_means_is_not_what_names_say),
        TEST(values_of_the_program_are_doubts),
        TEST(globals_and_decorators),
        TEST(pandas_on_spark),
        TEST(what_comes_back_from_pandas),
        TEST(loops_that_are_left),
        TEST(all_columns_of_a_frame),
        TEST(functions_with_some_arguments),
        TEST(functions_that_take_functions),
        TEST(the_mode_of_overwriting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
