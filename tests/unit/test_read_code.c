/* test_read_code.c - what Spark code does besides defining datasets, told once per place. */
#include "unit.h"

#include "read_helper.h"

static const char head[] = "from pyspark.sql import functions as F\n"; /* line 1 */

static const char *facts(struct arena *arena, const char *text) {
    struct reading *r = read_one(arena, "job.py", arena_printf(arena, "%s%s", head, text));
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < r->code.n; i++) {
        const struct code_fact *f = &r->code.at[i];
        if (f->kind == FACT_WRITE) continue;
        buf_printf(&b, "%d %s", f->line, code_fact_name(f->kind));
        if (f->subject) buf_printf(&b, " of %s", f->subject);
        if (f->detail) buf_printf(&b, " (%s)", f->detail);
        if (f->twin) buf_printf(&b, " ~ %s", f->twin);
        if (f->amount >= 0) buf_printf(&b, " %ld", f->amount);
        for (size_t k = 0; k < f->read_count; k++) buf_printf(&b, "%s%s", k ? "," : " <- ", f->reads[k]);
        buf_printf(&b, "%s%s\n", f->in_loop ? " loop" : "", f->in_function ? " function" : "");
    }
    return buf_str(&b);
}

static void rows_that_leave_the_engine(void **state) {
    struct arena *a = *state;
    assert_string_equal(facts(a, "df = spark.table('s.t')\nrows = df.collect()\nx = df.limit(10).toPandas()\n"
                                 "one = df.agg(F.max('d')).collect()[0][0]\nhead = df.head(3)\nfirst = df.first()\n"
                                 "if df.count() == 0:\n    raise ValueError()\nn = df.count()\n(df\n   .filter('a')\n   .toPandas())\n"
                                 "df.rdd.map(f)\ndf.foreach(g)\ndf.show()\ndisplay(df)\n"),
                        "3 collect of df (collect) <- s.t\n"
                        "4 to_pandas (toPandas) 10 <- s.t\n"
                        "5 collect (collect) 1 <- s.t\n"
                        "6 collect of df (head) 3 <- s.t\n"
                        "7 collect of df (first) 1 <- s.t\n"
                        "8 count of df (check) <- s.t\n"
                        "10 count of df <- s.t\n"
                        "13 to_pandas (toPandas) <- s.t\n"
                        "14 rdd of df <- s.t\n"
                        "15 foreach of df (foreach) <- s.t\n"
                        "16 display of df (show) <- s.t\n"
                        "17 display of df (display) <- s.t\n");
}

static void what_is_kept_and_spread(void **state) {
    struct arena *a = *state;
    assert_string_equal(facts(a, "a = spark.table('t').cache()\nb = spark.table('u').persist()\nb.count()\nb.write.saveAsTable('o')\nb.unpersist()\n"
                                 "c = spark.table('v').cache()\nmodel.fit(c)\n"
                                 "spark.table('w').repartition(1).write.saveAsTable('p')\nspark.table('w').coalesce(4)\n"
                                 "spark.table('w').repartition(8, 'k', F.col('d'))\n"
                                 "b.join(F.broadcast(spark.table('big')), 'id')\nb.crossJoin(a)\n"),
                        "2 cache of a 0 <- t\n"
                        "3 cache of b (released) 2 <- u\n"
                        "4 count of b <- u\n"
                        "6 unpersist of b <- u\n"
                        "7 cache of c <- v\n"
                        "9 repartition 1 <- w\n"
                        "10 coalesce 4 <- w\n"
                        "11 repartition (k,d) 8 <- w\n"
                        "12 broadcast <- big\n"
                        "13 cross_join <- t,u\n");
}

static void what_is_computed_again(void **state) {
    struct arena *a = *state;
    static const char text[] = "j = spark.table('t').join(spark.table('u'), 'id')\nk = j.groupBy('a').count()\nk.write.saveAsTable('o')\nk.show()\n";
    assert_string_equal(facts(a, text), "3 frame_used_twice of k 2 <- t,u\n5 display of k (show) <- t,u\n");
    static const char kept[] = "j = spark.table('t').join(spark.table('u'), 'id').cache()\nj.write.saveAsTable('o')\nj.show()\nj.unpersist()\n";
    assert_string_equal(facts(a, kept), "2 cache of j (released) 2 <- t,u\n4 display of j (show) <- t,u\n5 unpersist of j <- t,u\n");
}

static void loops(void **state) {
    struct arena *a = *state;
    assert_string_equal(facts(a, "for n in ['a', 'b']:\n    d = spark.table('dim')\n    s = spark.table(n)\n"
                                 "    s.join(d, 'id').write.mode('append').saveAsTable('o_' + n)\n"
                                 "for x in some():\n    spark.table('q').write.mode('append').saveAsTable('p')\n"
                                 "for y in ['a']:\n    spark.table('q').write.saveAsTable('r')\n"),
                        "3 read_in_loop of dim 2 <- dim loop\n5 write_in_loop 2 <- b,dim loop\n"
                        "7 write_in_loop of p <- q loop\n7 read_in_loop of q <- q loop\n");
}

static void python_functions_as_columns(void **state) {
    struct arena *a = *state;
    static const char text[] = "@F.udf('string')\ndef shout(s):\n    return s.upper()\nlong = F.udf(lambda s: len(s), 'int')\n"
                               "@F.udf\ndef band(x):\n    if x > 1:\n        return 'a'\n    return 'b'\n"
                               "def odd(x):\n    y = x + 1\n    return y\nspark.udf.register('odd_sql', odd)\n"
                               "spark.table('t').select(shout('n').alias('n'), long(F.col('n'))).write.saveAsTable('o')\n"
                               "spark.sql('CREATE TABLE p AS SELECT odd_sql(n) AS n FROM t')\n"
                               "spark.table('t').groupBy('g').applyInPandas(f, 'x int').write.saveAsTable('q')\n";
    assert_string_equal(facts(a, text), "2 udf of shout (s.upper()) ~ upper\n5 udf of lambda (len(s)) ~ length\n6 udf of band ~ when().otherwise()\n"
                                        "14 udf of odd_sql\n15 udf_call of shout (s.upper()) ~ upper\n15 udf_call of lambda (len(s)) ~ length\n"
                                        "17 apply_pandas (applyInPandas) <- t\n");
    struct reading *r = read_one(a, "job.py", arena_printf(a, "%s%s", head, text));
    assert_string_equal(definition_of(r, "o")->doubt, "a function written in Python computes a column");
    assert_non_null(definition_of(r, "o")->query);
    assert_string_equal(reads_text(a, definition_of(r, "o")), "t");
    assert_non_null(definition_of(r, "p")->doubt);
}

static void reading_and_streaming(void **state) {
    struct arena *a = *state;
    assert_string_equal(facts(a, "d = spark.read.option('inferSchema', True).csv('/in/a.csv')\n"
                                 "e = spark.read.csv('/in/b.csv', header=True, inferSchema=True)\nspark.read.csv('/in/c.csv', schema=s)\n"
                                 "q = spark.readStream.table('b')\nq.writeStream.option('checkpointLocation', '/cp').toTable('s')\n"
                                 "q.writeStream.toTable('u')\n"),
                        "2 infer_schema of /in/a.csv <- csv./in/a.csv\n3 infer_schema of /in/b.csv <- csv./in/b.csv\n"
                        "6 stream_write of s (/cp) <- b\n7 stream_write of u <- b\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(rows_that_leave_the_engine),  TEST(what_is_kept_and_spread), TEST(what_is_computed_again), TEST(loops),
        TEST(python_functions_as_columns), TEST(reading_and_streaming),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
