"""Jobs that are made outside of any pull request are reviewed all the same, and Slack hears of it."""
import uuid

from stage import CHURN

SQL = """select c.customer_id, c.country, c.segment, count(*) as orders, sum(o.amount) as revenue, min(o.order_date) as first_order_date, max(o.order_date) as last_order_date
from silver.orders o join silver.customers c on c.customer_id = o.customer_id
where o.status = 'paid' and not c.is_test
group by c.customer_id, c.country, c.segment"""

DATABRICKS = {
    "job_id": 11223344, "creator_user_name": "ana@acme.example", "created_time": 1767225600000,
    "settings": {
        "name": "churn export", "max_concurrent_runs": 1, "format": "MULTI_TASK",
        "schedule": {"quartz_cron_expression": "0 0 * * * ?", "timezone_id": "UTC", "pause_status": "UNPAUSED"},
        "tasks": [{"task_key": "export", "sql_task": {"warehouse_id": "abc", "query": {"query_id": "q1"}}},
                  {"task_key": "churn", "notebook_task": {"notebook_path": "/Repos/x/churn", "source": "WORKSPACE"}, "job_cluster_key": "main"}],
        "job_clusters": [{"job_cluster_key": "main", "new_cluster": {"spark_version": "15.4.x-scala2.12", "node_type_id": "i3.xlarge", "num_workers": 4}}],
    },
}


def event(sql, kind="COMPLETE"):
    return {
        "eventType": kind, "eventTime": "2026-01-01T00:00:05Z", "producer": "https://example.com/spark", "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(uuid.uuid4())},
        "job": {"namespace": "spark-prod", "name": "daily.churn", "facets": {"sql": {"_producer": "https://example.com", "_schemaURL": "https://openlineage.io/spec/facets/1-1-0/SQLJobFacet.json", "query": "create table ds.churn as " + sql, "dialect": "spark"}}},
        "inputs": [{"namespace": "databricks://ws", "name": "silver.orders"}], "outputs": [{"namespace": "databricks://ws", "name": "ds.churn"}],
    }


def known(stage):
    """The catalog knows main, as after the first push."""
    before, after = stage.push_main({"README.md": "The lakehouse\n"})
    stage.main_pushed(before, after)
    stage.wait_settled()


def scene_an_openlineage_event_with_sql_is_reviewed_in_slack(served):
    known(served)
    assert 200 <= served.service.send_lineage(event(SQL))[0] < 300
    served.wait_settled()
    assert served.slack.message(contains="gold.customer_features")
    code, out = served.service.run("reviews", "--settings", str(served.service.settings_file))
    assert code == 0 and "daily.churn" in out, out


def scene_the_same_job_again_says_nothing_new(served):
    known(served)
    for kind in ("START", "COMPLETE"):
        served.service.send_lineage(event(SQL, kind))
        served.wait_settled()
    assert len(served.slack.heads()) == 1


def scene_a_job_of_our_own_shape_is_reviewed(served):
    known(served)
    job = {"name": "churn nightly", "owner": "ana@acme.example", "schedule": "0 3 * * *", "tasks": [{"key": "build", "sql": "create table ds.churn as " + SQL}]}
    assert 200 <= served.service.send_job(job)[0] < 300
    served.wait_settled()
    assert served.slack.message(contains="gold.customer_features")


def scene_a_job_whose_source_is_connected_gets_one_issue_there(served):
    known(served)
    job = {"id": "j7", "name": "churn nightly", "owner": "ana@acme.example", "schedule": "0 3 * * *", "source": {"repo": served.repo.name, "path": "jobs/churn.sql"},
           "tasks": [{"key": "build", "sql": "create table ds.churn as " + SQL}]}
    for attempt in ("first", "again"):
        served.service.send_job({**job, "description": attempt})
        served.wait_settled()
    issues = list(served.repo.issues.values())
    assert len(issues) == 1 and issues[0]["state"] == "open", issues
    assert "gold.customer_features" in issues[0]["body"] and "churn nightly" in issues[0]["title"]
    served.service.send_job({**job, "tasks": [{"key": "build", "sql": "create table ds.churn as select customer_id, churned_on from bronze.crm_exports"}]})
    served.wait_settled()
    issues = list(served.repo.issues.values())
    assert len(issues) == 1 and issues[0]["state"] == "closed", issues


def scene_a_databricks_job_is_read(served):
    known(served)
    assert 200 <= served.service.send_databricks(DATABRICKS)[0] < 300
    served.wait_settled()
    assert all(state in ("done", "ignored") for _, _, state, _ in served.service.deliveries()), served.service.deliveries()


def scene_a_push_to_main_refreshes_the_catalog(served):
    known(served)
    code, out = served.service.run("catalog", "show", "gold.customer_features", "--catalog", served.place if served.base else str(served.service.file))
    assert code == 0 and "customer_id" in out, out
