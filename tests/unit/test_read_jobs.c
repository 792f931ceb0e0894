/* test_read_jobs.c - bundles, job JSON and dashboards: schedule, compute and owner reach the definitions. */
#include "unit.h"

#include "read_helper.h"

static const struct memory_file bundle[] = {
    {"databricks.yml", "bundle: {name: shop}\ninclude: [resources/*.yml]\nvariables:\n  workers: {default: 2}\n  cluster:\n    type: complex\n    "
                       "default: {spark_version: 15.4.x-photon-scala2.12, node_type_id: i3.xlarge, num_workers: \"${var.workers}\"}\n"
                       "targets:\n  dev: {default: true}\n  prod:\n    mode: production\n    variables: {workers: 8}\n    resources:\n      jobs:\n  "
                       "      nightly:\n          schedule: {quartz_cron_expression: '0 0 5 * * ?', timezone_id: UTC}\n"},
    {"resources/nightly.yml",
     "resources:\n  jobs:\n    nightly:\n      name: nightly-${bundle.target}\n      run_as: {user_name: dana@example.com}\n      job_clusters:\n    "
     "    - {job_cluster_key: main, new_cluster: \"${var.cluster}\"}\n      tasks:\n"
     "        - task_key: gold\n          job_cluster_key: main\n          notebook_task: {notebook_path: ../src/gold}\n        - task_key: pipe\n   "
     "       depends_on: [{task_key: gold}]\n          pipeline_task: {pipeline_id: \"${resources.pipelines.medallion.id}\"}\n"
     "  pipelines:\n    medallion:\n      name: medallion\n      catalog: main\n      schema: shop\n      serverless: true\n      libraries:\n       "
     " - glob: {include: ../src/dlt/**}\n"},
    {"src/gold.py", "# Databricks notebook source\nspark.table('silver.o').groupBy('d').count().write.mode('overwrite').saveAsTable('gold.n')\n"},
    {"src/dlt/a.sql", "CREATE OR REFRESH MATERIALIZED VIEW agg AS SELECT count(*) AS n FROM raw.x;\n"},
};

static void bundles_reach_definitions(void **state) {
    struct reading *r = read_memory(*state, bundle, 4);
    assert_int_equal(r->gaps.n, 0);
    assert_int_equal(r->jobs.n, 2);
    const struct definition *d = definition_of(r, "gold.n");
    assert_string_equal(d->job, "nightly-prod");
    assert_string_equal(d->schedule.cron, "0 0 5 * * ?");
    assert_string_equal(d->owner, "dana@example.com");
    assert_int_equal(d->compute.kind, COMPUTE_JOB);
    assert_int_equal(d->compute.workers_max, 8);
    assert_true(d->compute.photon);
    assert_string_equal(d->compute.node_type, "i3.xlarge");
    d = definition_of(r, "main.shop.agg");
    assert_string_equal(d->schedule.cron, "0 0 5 * * ?");
    assert_true(d->compute.serverless);
    const struct job *job = &r->jobs.at[0];
    assert_string_equal(job->path, "resources/nightly.yml");
    assert_int_equal(job->tasks[0].line, 9);
    assert_string_equal(job->tasks[1].after[0], "gold");
}

static void job_json_of_every_shape(void **state) {
    struct arena *arena = *state;
    static const char *const texts[] = {
        "{\"job_id\": 7, \"creator_user_name\": \"mo@x.y\", \"settings\": {\"name\": \"a\", \"tasks\": [{\"task_key\": \"t\", "
        "\"existing_cluster_id\": \"c-1\", \"sql_task\": {\"query\": {\"query_text\": \"INSERT OVERWRITE g.x SELECT * FROM s.y\"}, \"warehouse_id\": "
        "\"w\"}}]}}",
        "{\"name\": \"old\", \"notebook_task\": {\"notebook_path\": \"/a/b\"}, \"new_cluster\": {\"num_workers\": 3, \"node_type_id\": \"m5\", "
        "\"spark_version\": \"9\"}, \"schedule\": {\"quartz_cron_expression\": \"0 0 1 * * ?\", \"pause_status\": \"PAUSED\"}}",
        "{\"name\": \"p\", \"continuous\": true, \"target\": \"db\", \"libraries\": [{\"notebook\": {\"path\": \"/x\"}}], \"clusters\": "
        "[{\"autoscale\": {\"min_workers\": 1, \"max_workers\": 5}}]}",
    };
    struct reading r = {0};
    for (size_t i = 0; i < 3; i++) {
        json_t *json = NULL;
        assert_null(jsx_load(arena, texts[i], strlen(texts[i]), &json));
        read_job_json(arena, "api", json, &r);
    }
    assert_int_equal(r.jobs.n, 3);
    assert_string_equal(r.jobs.at[0].id, "7");
    assert_string_equal(r.jobs.at[0].owner, "mo@x.y");
    assert_int_equal(r.jobs.at[0].tasks[0].compute.kind, COMPUTE_WAREHOUSE);
    assert_string_equal(r.definitions.at[0].dataset, "g.x");
    assert_string_equal(r.definitions.at[0].job, "a");
    assert_int_equal(r.jobs.at[1].tasks[0].compute.workers_min, 3);
    assert_true(r.jobs.at[1].schedule.paused);
    assert_string_equal(r.jobs.at[2].kind, "pipeline");
    assert_true(r.jobs.at[2].schedule.continuous);
    assert_int_equal(r.jobs.at[2].tasks[0].compute.workers_max, 5);
    assert_string_equal(r.jobs.at[2].schema, "db");
}

static const char job_text[] =
    "{\n \"name\": \"load\", \"timeout_seconds\": 3600, \"max_concurrent_runs\": 2, \"queue\": {\"enabled\": true},\n"
    " \"run_as\": {\"service_principal_name\": \"0a1b\"},\n"
    " \"parameters\": [{\"name\": \"day\", \"default\": \"2024-01-01\"}],\n"
    " \"email_notifications\": {\"on_failure\": [\"a@b.c\", \"d@b.c\"]},\n"
    " \"schedule\": {\n  \"quartz_cron_expression\": \"0 0 * * * ?\", \"timezone_id\": \"UTC\"},\n"
    " \"job_clusters\": [\n  {\"job_cluster_key\": \"m\", \"new_cluster\": {\n    \"autoscale\": {\"min_workers\": 1, \"max_workers\": 9},\n"
    "    \"instance_pool_id\": \"p1\", \"policy_id\": \"po\", \"autotermination_minutes\": 20,\n"
    "    \"aws_attributes\": {\"availability\": \"SPOT_WITH_FALLBACK\"},\n"
    "    \"spark_conf\": {\"fs.azure.account.key\": \"{{secrets/s/k}}\", \"spark.password\": \"hunter2hunter2\"}}}],\n"
    " \"tasks\": [\n  {\"task_key\": \"t\", \"job_cluster_key\": \"m\", \"max_retries\": -1, \"min_retry_interval_millis\": 60000,\n"
    "   \"retry_on_timeout\": false, \"libraries\": [{\"pypi\": {\"package\": \"pandas\"}}, {\"pypi\": {\"package\": \"x==1.2\"}},\n"
    "    {\"maven\": {\"coordinates\": \"g:a:1.0\"}}, {\"whl\": \"/x.whl\"}],\n"
    "   \"notebook_task\": {\"notebook_path\": \"/a\", \"base_parameters\": {\"api_token\": \"abcdef12345\"}}},\n"
    "  {\"task_key\": \"u\", \"existing_cluster_id\": \"1234-x\", \"spark_python_task\": {\"python_file\": \"/b.py\", \"parameters\": "
    "[\"--password\", "
    "\"s3cretword\", \"--day=1\"]}}]\n}\n";

static void jobs_tell_their_settings(void **state) {
    struct reading *r = read_one(*state, "jobs/load.json", job_text);
    const struct job *job = &r->jobs.at[0];
    assert_int_equal(r->gaps.n, 0);
    assert_int_equal(job->timeout_seconds, 3600);
    assert_int_equal(job->max_concurrent_runs, 2);
    assert_int_equal(job->queue, SAID_YES);
    assert_int_equal(job->run_as_kind, RUN_AS_PRINCIPAL);
    assert_string_equal(job->run_as, "0a1b");
    assert_int_equal(job->notice.failure, 2);
    assert_string_equal(job->parameters[0].name, "day");
    assert_false(job->parameters[0].secret);
    assert_int_equal(job->schedule.line, 7);
    assert_int_equal(job->cluster_count, 1);
    const struct task *t = &job->tasks[0], *u = &job->tasks[1];
    assert_int_equal(t->line, 15);
    assert_int_equal(t->max_retries, -1);
    assert_true(t->min_retry_seconds == 60);
    assert_int_equal(t->timeout_seconds, NOT_SAID);
    assert_int_equal(t->retry_on_timeout, SAID_NO);
    assert_true(t->compute.autoscale && t->compute.spot && !t->compute.existing);
    assert_string_equal(t->compute.pool, "p1");
    assert_string_equal(t->compute.policy, "po");
    assert_int_equal(t->compute.autotermination_minutes, 20);
    assert_int_equal(t->compute.line, 10);
    assert_false(t->compute.configuration[0].secret);
    assert_true(t->compute.configuration[1].secret);
    assert_int_equal(t->library_count, 4);
    assert_false(t->libraries[0].pinned);
    assert_true(t->libraries[1].pinned && t->libraries[2].pinned && t->libraries[3].pinned);
    assert_true(t->parameters[0].secret);
    assert_int_equal(u->compute.kind, COMPUTE_ALL_PURPOSE);
    assert_true(u->compute.existing);
    assert_string_equal(u->parameters[0].name, "--password");
    assert_true(u->parameters[0].secret);
    assert_string_equal(u->parameters[1].name, "--day");
    assert_false(u->parameters[1].secret);
}

static void bundle_clusters_and_targets(void **state) {
    static const struct memory_file files[] = {
        {"databricks.yml", "bundle: {name: b}\nrun_as: {user_name: mo@x.y}\ntargets:\n  live: {mode: production}\n"
                           "resources:\n  clusters:\n    shared: {cluster_name: shared, num_workers: 4, autotermination_minutes: 0}\n"
                           "  jobs:\n    j:\n      name: j\n      trigger: {periodic: {interval: 2, unit: HOURS}}\n      tasks:\n"
                           "        - {task_key: t, existing_cluster_id: '${resources.clusters.shared.id}', notebook_task: {notebook_path: ./n}}\n"},
    };
    struct reading *r = read_memory(*state, files, 1);
    const struct job *job = NULL;
    for (size_t i = 0; i < r->jobs.n; i++) job = strcmp(r->jobs.at[i].kind, "job") == 0 ? &r->jobs.at[i] : job;
    assert_non_null(job);
    assert_string_equal(job->target, "live");
    assert_int_equal(job->run_as_kind, RUN_AS_USER);
    assert_true(job->schedule.every_seconds == 7200);
    assert_true(job->tasks[0].compute.existing);
    assert_int_equal(job->tasks[0].compute.autotermination_minutes, 0);
    assert_int_equal(job->tasks[0].compute.workers_max, 4);
}

static const struct job *job_called(const struct reading *r, const char *name) {
    for (size_t i = 0; i < r->jobs.n; i++) {
        if (strcmp(r->jobs.at[i].name, name) == 0) return &r->jobs.at[i];
    }
    fail_msg("no job is called %s", name);
    return NULL;
}

static void terraform_computes_values(void **state) {
    static const struct memory_file files[] = {
        {"tf/values.tf", "variable \"env\" { default = \"prod\" }\n"
                         "locals {\n  stem = \"load-${var.env}\"\n  sizes = { small = 2, big = 8 }\n  tables = [\"orders\", \"items\"]\n"
                         "  a = \"${local.b}${local.b}\"\n  b = \"${local.a}x\"\n}\n"},
        {"tf/each.tf",
         "resource \"databricks_job\" \"each\" {\n  for_each = toset(local.tables)\n  name = \"${local.stem}-${upper(each.key)}\"\n"
         "  task {\n    task_key = \"t\"\n    notebook_task { notebook_path = \"/jobs/${each.value}\" }\n    new_cluster {\n"
         "      num_workers = local.sizes[\"big\"]\n      node_type_id = var.env == \"prod\" ? \"i3.xlarge\" : \"i3.large\"\n    }\n  }\n}\n"
         "resource \"databricks_pipeline\" \"p\" {\n  for_each = { a = { path = \"/x/a\" }, b = { path = \"/x/b\" } }\n"
         "  name = \"pipe-${each.key}-${var.unknown}\"\n  library {\n    notebook { path = each.value.path }\n  }\n}\n"
         "resource \"databricks_job\" \"circle\" { name = local.a }\n"},
        {"update.json", "{\"job_id\": 5, \"new_settings\": {\"timeout_seconds\": 3600}}"},
    };
    struct reading *r = read_memory(*state, files, 3);
    assert_int_equal(r->jobs.n, 6);
    const struct job *items = job_called(r, "load-prod-ITEMS");
    assert_string_equal(items->tasks[0].what, "/jobs/items");
    assert_int_equal(items->tasks[0].compute.workers_max, 8);
    assert_string_equal(items->tasks[0].compute.node_type, "i3.xlarge");
    assert_non_null(job_called(r, "load-prod-ORDERS"));
    assert_string_equal(job_called(r, "pipe-b-${var.unknown}")->tasks[0].what, "/x/b");
    assert_int_equal(job_called(r, "job 5")->timeout_seconds, 3600);
}

static void terraform_declares_jobs(void **state) {
    static const struct memory_file files[] = {
        {"tf/vars.tf", "variable \"node\" {\n  default = \"i3.2xlarge\"\n}\nlocals {\n  zone = \"Europe/Berlin\" # where we are\n}\n"},
        {"tf/jobs.tf",
         "resource \"databricks_cluster\" \"shared\" {\n  cluster_name = \"shared\"\n  autotermination_minutes = 0\n  autoscale {\n    min_workers = "
         "1\n   "
         " max_workers = 4\n  }\n}\n\nresource \"databricks_job\" \"nightly\" {\n  name = \"nightly\"\n  max_concurrent_runs = 1\n  run_as { "
         "service_principal_name = \"abc\" }\n  schedule {\n    quartz_cron_expression = \"0 0 1 * * ?\"\n    timezone_id = local.zone\n  }\n  "
         "job_cluster "
         "{\n    job_cluster_key = \"j\"\n    new_cluster {\n      num_workers  = 2\n      node_type_id = var.node\n      spark_conf = {\n        "
         "\"spark.x\" : \"1\"\n      }\n    }\n  }\n  task {\n    task_key = \"a\"\n    job_cluster_key = \"j\"\n    sql_task {\n      query {\n "
         "       query_text = <<-EOT\n          create table g.x as select a from s.y\n        EOT\n      }\n    }\n    library {\n      pypi { "
         "package = "
         "\"x==1\" }\n    }\n  }\n  task {\n    task_key = \"b\"\n    depends_on { task_key = \"a\" }\n    existing_cluster_id = "
         "databricks_cluster.shared.id\n    notebook_task {\n      notebook_path = \"${path.module}/n\"\n    }\n  }\n  email_notifications {\n    "
         "on_failure "
         "= [for p in var.people : p.mail]\n  }\n}\n"},
        {"tf/more.tf.json", "{\"resource\": {\"databricks_pipeline\": {\"p\": {\"name\": \"p\", \"library\": [{\"notebook\": {\"path\": \"/x\"}}], "
                            "\"cluster\": {\"num_workers\": 5}}}}}"},
        {"tf/bad.tf", "resource \"databricks_job\" \"x\" {\n  name = \"x\n}\n"},
    };
    struct reading *r = read_memory(*state, files, 4);
    const struct job *job = NULL, *pipeline = NULL;
    for (size_t i = 0; i < r->jobs.n; i++) {
        if (strcmp(r->jobs.at[i].kind, "job") == 0) job = &r->jobs.at[i];
        if (strcmp(r->jobs.at[i].kind, "pipeline") == 0) pipeline = &r->jobs.at[i];
    }
    assert_non_null(job);
    assert_int_equal(job->line, 10);
    assert_int_equal(job->run_as_kind, RUN_AS_PRINCIPAL);
    assert_string_equal(job->schedule.timezone, "Europe/Berlin");
    assert_int_equal(job->task_count, 2);
    assert_string_equal(job->tasks[0].compute.node_type, "i3.2xlarge");
    assert_int_equal(job->tasks[0].compute.workers_max, 2);
    assert_true(job->tasks[0].libraries[0].pinned);
    assert_string_equal(job->tasks[0].compute.configuration[0].name, "spark.x");
    assert_string_equal(job->tasks[1].after[0], "a");
    assert_true(job->tasks[1].compute.existing);
    assert_int_equal(job->tasks[1].compute.workers_max, 4);
    assert_string_equal(reads_text(*state, definition_of(r, "g.x")), "s.y");
    assert_non_null(pipeline);
    assert_int_equal(pipeline->tasks[0].compute.workers_max, 5);
    assert_int_equal(r->gaps.n, 1);
    assert_string_equal(r->gaps.at[0].path, "tf/bad.tf");
    static const char *const cut[] = {"resource \"databricks_job\" \"x\" { a = <<", "databricks_ = f(\"${", "resource \"databricks_job\" { /*",
                                      "databricks_ = ["};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) assert_int_equal(read_one(*state, "cut.tf", cut[i])->jobs.n, 0);
}

static void external_jobs_say_what_they_say(void **state) {
    struct arena *arena = *state;
    static const char text[] = "{\"name\": \"n\", \"owner\": \"mo\", \"schedule\": \"0 5 * * *\", \"max_concurrent_runs\": 1, "
                               "\"tasks\": [{\"key\": \"a\", \"sql\": \"select 1\", \"timeout_seconds\": 60}]}";
    json_t *json = NULL;
    struct reading r = {0};
    assert_null(jsx_load(arena, text, strlen(text), &json));
    read_job_external(arena, "n", json, &r);
    assert_string_equal(r.jobs.at[0].kind, "external");
    assert_string_equal(r.jobs.at[0].schedule.cron, "0 5 * * *");
    assert_string_equal(r.jobs.at[0].owner, "mo");
    assert_string_equal(r.jobs.at[0].tasks[0].key, "a");
    assert_int_equal(r.jobs.at[0].tasks[0].timeout_seconds, 60);
    assert_int_equal(r.jobs.at[0].tasks[0].compute.kind, COMPUTE_UNKNOWN);
}

static void dashboards_are_queries(void **state) {
    struct reading *r =
        read_one(*state, "d/sales.lvdash.json",
                 "{\n \"datasets\": [\n  {\"name\": \"x\", \"displayName\": \"by day\", \"catalog\": \"main\", \"schema\": \"gold\",\n   "
                 "\"queryLines\": [\n    \"SELECT day, sum(v) AS v\\n\",\n    \"FROM orders\\n\",\n    \"GROUP BY day\"\n   ]},\n"
                 "  {\"name\": \"y\", \"query\": \"SELECT !!\"}\n ],\n \"pages\": []\n}\n");
    const struct definition *d = definition_of(r, "sales / by day");
    assert_string_equal(reads_text(*state, d), "main.gold.orders");
    assert_int_equal(d->range.line, 5);
    assert_int_equal(d->range.end_line, 7);
    assert_int_equal(r->exposures.n, 1);
    assert_string_equal(r->exposures.at[0].reads[0], "main.gold.orders");
    assert_int_equal(r->gaps.n, 1);
}

static void dashboards_are_refreshed(void **state) {
    struct reading *r =
        read_one(*state, "d/api.json",
                 "{\"display_name\": \"board\", \"warehouse_id\": \"w\", \"serialized_dashboard\": \"{\\\"datasets\\\": [{\\\"name\\\": "
                 "\\\"x\\\", \\\"query\\\": \\\"select a from g.t where d = :day\\\"}], \\\"pages\\\": []}\", \"schedules\": [{\"pause_status\": "
                 "\"PAUSED\", \"cron_schedule\": {\"quartz_cron_expression\": \"0 0 1 * * ?\"}}, {\"cron_schedule\": "
                 "{\"quartz_cron_expression\": \"0 30 6 * * ?\", \"timezone_id\": \"UTC\"}}]}");
    const struct definition *d = definition_of(r, "board / x");
    assert_string_equal(d->schedule.cron, "0 30 6 * * ?");
    assert_false(d->schedule.paused);
    assert_string_equal(d->compute.key, "w");
    r = read_one(
        *state, "d/old.json",
        "{\"name\": \"old\", \"widgets\": [{\"visualization\": {\"query\": {\"name\": \"q\", \"query\": \"select a from g.t where k = {{ k }}\", "
        "\"data_source_id\": \"z\", \"schedule\": {\"interval\": 3600}}}}, {\"visualization\": {\"query\": {\"name\": \"p\", \"query\": \"select b "
        "from g.u\", \"data_source_id\": \"z\"}}}]}");
    assert_true(definition_of(r, "q")->schedule.every_seconds == 3600);
    assert_true(definition_of(r, "p")->schedule.every_seconds == 0);
    assert_int_equal(r->exposures.n, 1);
    assert_int_equal(r->exposures.at[0].read_count, 2);
}

static void dbt_jobs_reach_selected_models(void **state) {
    static const struct memory_file files[] = {
        {"dbt_project.yml", "name: p\n"},
        {"models/a.sql", "{{ config(tags=['nightly']) }} select 1 as x from s.t"},
        {"models/b.sql", "select 1 as x from s.t"},
        {"jobs/dbt.json", "{\"name\": \"dbt\", \"schedule\": {\"quartz_cron_expression\": \"0 30 2 ? * MON-FRI\", \"timezone_id\": \"UTC\"}, "
                          "\"tasks\": [{\"task_key\": \"d\", \"dbt_task\": {\"project_directory\": \"..\", \"commands\": [\"dbt build --select "
                          "tag:nightly\"], \"warehouse_id\": \"w1\"}}]}"},
    };
    struct reading *r = read_memory(*state, files, 4);
    assert_string_equal(definition_of(r, "a")->schedule.cron, "0 30 2 ? * MON-FRI");
    assert_string_equal(definition_of(r, "a")->compute.key, "w1");
    assert_null(definition_of(r, "b")->schedule.cron);
}

static void dbts_own_scheduler_is_a_job(void **state) {
    static const struct memory_file files[] = {
        {"dbt_project.yml", "name: p\n"},
        {"models/a.sql", "{{ config(tags=['hourly']) }} select 1 as x from s.t"},
        {"models/b.sql", "select 1 as x from s.t"},
        {"jobs/jobs.yml",
         "jobs:\n  hourly:\n    name: Hourly run\n    execute_steps:\n      - dbt run --select tag:hourly\n    execution: {timeout_seconds: 600}\n"
         "    schedule: {cron: '0 * * * *'}\n    triggers: {schedule: true}\n  off:\n    execute_steps: [dbt build]\n"
         "    schedule: {cron: '0 1 * * *'}\n    triggers: {schedule: false}\n"},
    };
    struct reading *r = read_memory(*state, files, 4);
    assert_int_equal(r->jobs.n, 2);
    assert_string_equal(r->jobs.at[0].kind, "dbt");
    assert_int_equal(r->jobs.at[0].tasks[0].timeout_seconds, 600);
    assert_string_equal(definition_of(r, "a")->schedule.cron, "0 * * * *");
    assert_string_equal(definition_of(r, "a")->job, "Hourly run");
    assert_null(definition_of(r, "b")->schedule.cron);
}

static void settings_metrics(void **state) {
    static const char text[] = "- {name: revenue, dataset: gold.sales, expression: sum(amount), filter: paid, dimensions: [day]}\n- {name: broken, "
                               "dataset: x, expression: 'sum('}\n";
    struct yaml *y = NULL;
    struct reading r = {0};
    assert_null(yaml_load(*state, ".parley.yml", text, strlen(text), &y));
    read_settings_metrics(*state, ".parley.yml", y, DIALECT_DATABRICKS, &r);
    assert_int_equal(r.metrics.n, 2);
    assert_non_null(r.metrics.at[0].query);
    assert_int_equal(r.gaps.n, 1);
    assert_int_equal(r.gaps.at[0].line, 2);
}

/* What Terraform holds besides jobs: views by their text, queries at their block; a dashboard written in HCL is told. */
static void views_and_queries_of_terraform(void **state) {
    static const char text[] = "resource \"databricks_query\" \"q\" {\n  display_name = \"q\"\n  query_text = \"SELECT day FROM gold.d\"\n}\n"
                               "resource \"databricks_sql_table\" \"t\" {\n  name = \"v\"\n  catalog_name = \"main\"\n  schema_name = \"gold\"\n"
                               "  view_definition = \"SELECT id FROM raw.t\"\n  owner = \"team@x.y\"\n}\n"
                               "resource \"databricks_dashboard\" \"d\" {\n  serialized_dashboard = jsonencode({ datasets = [] })\n}\n";
    struct reading *r = read_one(*state, "main.tf", text);
    const struct definition *view = definition_of(r, "main.gold.v");
    assert_int_equal(view->kind, DEF_VIEW);
    assert_string_equal(view->owner, "team@x.y");
    assert_int_equal(view->range.line, 5);
    assert_int_equal(definition_of(r, "q")->range.line, 1);
    assert_int_equal(r->gaps.n, 1);
    assert_int_equal(r->gaps.at[0].line, 12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(bundles_reach_definitions),
        TEST(job_json_of_every_shape),
        TEST(dashboards_are_queries),
        TEST(dbt_jobs_reach_selected_models),
        TEST(settings_metrics),
        TEST(jobs_tell_their_settings),
        TEST(bundle_clusters_and_targets),
        TEST(terraform_computes_values),
        TEST(terraform_declares_jobs),
        TEST(dashboards_are_refreshed),
        TEST(dbts_own_scheduler_is_a_job),
        TEST(external_jobs_say_what_they_say),
        TEST(views_and_queries_of_terraform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
