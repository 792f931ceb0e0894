/* test_read_airflow.c - DAG files of several styles: schedule, tasks, order, limits and SQL. */
#include "unit.h"

#include "read_helper.h"

static const char with_style[] =
    "from airflow import DAG\n"
    "from airflow.providers.snowflake.operators.snowflake import SnowflakeOperator\n"
    "DAYS = 7\n"
    "TABLE = 'mart.daily'\n"
    "default_args = {'owner': 'dana', 'retries': 2, 'retry_delay': timedelta(minutes=5), 'email': ['x@y.z'], 'email_on_failure': True}\n"
    "with DAG('daily_mart', schedule_interval='0 5 * * *', default_args=default_args, max_active_runs=1, tags=['mart'],\n"
    "         dagrun_timeout=timedelta(hours=2)) as dag:\n"
    "    load = SnowflakeOperator(task_id='load', sql=f'''\n"
    "        insert into {TABLE}\n"
    "        select d, sum(v) as v from raw.events where d > current_date - {DAYS} group by d\n"
    "    ''')\n"
    "    files = SnowflakeOperator(task_id='files', sql='sql/more.sql', owner='mo')\n"
    "    note = DatabricksSubmitRunOperator(task_id='note', json={'notebook_task': {'notebook_path': '/nb/x'},\n"
    "        'new_cluster': {'num_workers': 3, 'node_type_id': 'i3.xlarge'}})\n"
    "    load >> [files, note]\n";

static void operators_are_tasks(void **state) {
    const struct memory_file files[] = {{"dags/daily.py", with_style}, {"dags/sql/more.sql", "create table mart.more as select * from mart.daily"}};
    struct reading *r = read_memory(*state, files, 2);
    assert_int_equal(r->jobs.n, 1);
    const struct job *job = &r->jobs.at[0];
    assert_string_equal(job->kind, "airflow");
    assert_string_equal(job->name, "daily_mart");
    assert_string_equal(job->owner, "dana");
    assert_string_equal(job->schedule.cron, "0 5 * * *");
    assert_int_equal(job->schedule.line, 6);
    assert_int_equal(job->max_concurrent_runs, 1);
    assert_int_equal(job->timeout_seconds, 7200);
    assert_string_equal(job->tags[0], "mart");
    assert_int_equal(job->task_count, 3);
    const struct task *load = &job->tasks[0], *more = &job->tasks[1], *note = &job->tasks[2];
    assert_string_equal(load->key, "load");
    assert_int_equal(load->line, 8);
    assert_int_equal(load->max_retries, 2);
    assert_true(load->min_retry_seconds == 300);
    assert_int_equal(load->notice.failure, 1);
    assert_int_equal(load->compute.kind, COMPUTE_UNKNOWN);
    assert_string_equal(more->owner, "mo");
    assert_string_equal(more->path, "dags/sql/more.sql");
    assert_string_equal(more->after[0], "load");
    assert_string_equal(note->type, "notebook");
    assert_int_equal(note->compute.workers_max, 3);
    const struct definition *d = definition_of(r, "mart.daily");
    assert_string_equal(reads_text(*state, d), "raw.events");
    assert_int_equal(d->range.line, 9);
    assert_string_equal(d->job, "daily_mart");
    assert_string_equal(d->schedule.cron, "0 5 * * *");
    assert_string_equal(definition_of(r, "mart.more")->schedule.cron, "0 5 * * *");
}

static void loops_and_tasks_of_python(void **state) {
    const struct memory_file files[] = {
        {"dags/many.py",
         "from airflow import DAG; TABLES = {'orders': {'key': 'order_id'}, 'items': {'key': 'item_id'}}\n"
         "def compute(**context):\n"
         "    spark.table('silver.a').write.saveAsTable('gold.a')\n"
         "with DAG('many', schedule='@daily') as dag:\n"
         "    q = 'create table t.one as select a from s.one'\n"
         "    begin = SnowflakeOperator(task_id='begin', sql=q)\n"
         "    q = 'create table t.two as select a from s.two'\n"
         "    if somewhere:\n"
         "        q = 'create table t.three as select a from s.three'\n"
         "        third = SnowflakeOperator(task_id='third', sql=q)\n"
         "    other = SnowflakeOperator(task_id='other', sql=q)\n"
         "    for name, cfg in TABLES.items():\n"
         "        load = SnowflakeOperator(task_id=f'load_{name}', sql=f\"create table gold.{name} as select {cfg['key']} from silver.{name}\")\n"
         "        begin >> load\n"
         "    PythonOperator(task_id='py', python_callable=compute)\n"},
        {"dags/flow.py", "from airflow.decorators import dag, task\n"
                         "@dag(schedule='0 4 * * *')\n"
                         "def flow():\n"
                         "    @task\n"
                         "    def extract():\n"
                         "        return 1\n"
                         "    @task(retries=2)\n"
                         "    def load(x, y):\n"
                         "        spark.table('silver.b').write.saveAsTable('gold.b')\n"
                         "    for country in ['de', 'fr']:\n"
                         "        load(extract(), country)\n"
                         "flow()\n"}};
    struct reading *r = read_memory(*state, files, 2);
    assert_int_equal(r->jobs.n, 2);
    const struct job *flow = &r->jobs.at[0], *many = &r->jobs.at[1];
    assert_string_equal(flow->name, "flow");
    assert_int_equal(flow->task_count, 4);
    assert_string_equal(flow->tasks[1].key, "load");
    assert_string_equal(flow->tasks[1].after[0], "extract");
    assert_string_equal(definition_of(r, "gold.b")->job, "flow");
    assert_int_equal(many->task_count, 6);
    assert_string_equal(many->tasks[3].key, "load_orders");
    assert_string_equal(many->tasks[3].after[0], "begin");
    assert_string_equal(reads_text(*state, definition_of(r, "t.one")), "s.one");
    assert_string_equal(reads_text(*state, definition_of(r, "t.three")), "s.three");
    assert_string_equal(reads_text(*state, definition_of(r, "gold.items")), "silver.items");
    assert_string_equal(definition_of(r, "gold.a")->job, "many");
    assert_string_equal(definition_of(r, "gold.a")->schedule.cron, "@daily");
    /* Which of the two texts the last one runs is only known then. */
    for (size_t i = 0; i < r->definitions.n; i++) assert_string_not_equal(r->definitions.at[i].dataset, "t.two");
    assert_int_equal(r->gaps.n, 1);
    assert_int_equal(r->gaps.at[0].line, 11);
}

static void dags_of_other_styles(void **state) {
    const struct memory_file files[] = {
        {"a.py", "from airflow.decorators import dag\n@dag(schedule=timedelta(hours=6), catchup=False)\ndef every_six():\n"
                 "    a = PostgresOperator(task_id='a', sql=['truncate table s.t', 'insert into s.t select 1 as x from s.u'])\n"
                 "    b = BashOperator(task_id='b', bash_command='cd x && dbt run --select tag:nightly')\n    a.set_downstream(b)\nevery_six()\n"},
        {"b.py",
         "from airflow import models\ndag = models.DAG('old', schedule_interval='@daily')\n"
         "t = BigQueryInsertJobOperator(task_id='q', dag=dag, configuration={'query': {'query': 'select a from p.d.t', 'useLegacySql': False}})\n"
         "u = BigQueryOperator(task_id='w', dag=dag, sql='select b from p.d.u', destination_dataset_table='p.d.out')\nchain(t, u)\n"
         "v = BigQueryOperator(task_id='v', dag=dag, sql=make_sql())\n"
         "w = BigQueryOperator(task_id='x', dag=dag, sql='select c from p.d.v', destination_dataset_table='{0}.out'.format(PROJECT))\n"
         "BigQueryInsertJobOperator(task_id='y', dag=dag, configuration={'query': {'query': 'select d from p.d.w', 'destinationTable': {'a': 1}}})\n"
         "BigQueryOperator(task_id='z', dag=dag, sql='select e from p.d.x', destination_dataset_table=None)\n"},
        {"c.py", "import airflow\nx = 1\n"},
    };
    struct reading *r = read_memory(*state, files, 3);
    assert_int_equal(r->jobs.n, 2);
    assert_string_equal(r->jobs.at[0].name, "every_six");
    assert_true(r->jobs.at[0].schedule.every_seconds == 21600);
    assert_string_equal(r->jobs.at[0].tasks[1].type, "dbt");
    assert_string_equal(r->jobs.at[0].tasks[1].after[0], "a");
    assert_string_equal(reads_text(*state, definition_of(r, "s.t")), "s.u");
    assert_string_equal(r->jobs.at[1].schedule.cron, "@daily");
    assert_string_equal(definition_of(r, "old / q")->reads[0], "p.d.t");
    assert_string_equal(definition_of(r, "p.d.out")->reads[0], "p.d.u");
    assert_string_equal(r->jobs.at[1].tasks[1].after[0], "q");
    assert_int_equal(definition_of(r, "old / q")->kind, DEF_QUERY);
    assert_int_equal(definition_of(r, "old / x")->kind, DEF_TABLE); /* stored, where is not known */
    assert_null(definition_of(r, "old / x")->dataset);
    assert_int_equal(definition_of(r, "old / y")->kind, DEF_TABLE);
    assert_int_equal(definition_of(r, "old / z")->kind, DEF_QUERY);
    bool told = false;
    for (size_t i = 0; i < r->gaps.n; i++) told |= strstr(r->gaps.at[i].reason, "the SQL of this task") != NULL;
    assert_true(told);
}

/* The statements of one task run over one connection: what one makes, the next one reads. */
static void statements_of_a_task_share_a_session(void **state) {
    static const char text[] = "from airflow import DAG\n"
                               "with DAG('d', schedule='@daily') as dag:\n"
                               "    SnowflakeOperator(task_id='t', sql=[\n"
                               "        'use schema mart',\n"
                               "        'create temporary view recent as select * from raw.events where d > 1',\n"
                               "        'create table daily as select d, count(*) as n from recent group by d',\n"
                               "    ])\n";
    struct reading *r = read_one(*state, "dags/d.py", text);
    const struct definition *d = definition_of(r, "mart.daily");
    assert_string_equal(reads_text(*state, d), "raw.events");
    assert_int_equal(d->range.line, 6);
    assert_string_equal(d->job, "d");
}

static void a_destination_in_a_dictionary(void **state) {
    static const char text[] = "from airflow import DAG\n"
                               "with DAG('d', schedule='@daily') as dag:\n"
                               "    BigQueryInsertJobOperator(task_id='t', configuration={'query': {'query': 'SELECT a FROM `p.d.t`',\n"
                               "        'destinationTable': {'projectId': 'p', 'datasetId': 'd', 'tableId': 'o'}}})\n";
    const struct definition *d = definition_of(read_one(*state, "dags/d.py", text), "p.d.o");
    assert_string_equal(reads_text(*state, d), "p.d.t");
}

int main(void) {
    const struct CMUnitTest tests[] = {TEST(operators_are_tasks), TEST(loops_and_tasks_of_python), TEST(dags_of_other_styles),
                                       TEST(statements_of_a_task_share_a_session), TEST(a_destination_in_a_dictionary)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
