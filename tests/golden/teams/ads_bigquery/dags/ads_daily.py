from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.google.cloud.operators.bigquery import (
    BigQueryCheckOperator,
    BigQueryInsertJobOperator,
)
from airflow.providers.google.cloud.transfers.gcs_to_bigquery import GCSToBigQueryOperator

PROJECT = "ads-prod"

default_args = {
    "owner": "ads-data",
    "retries": 2,
    "retry_delay": timedelta(minutes=10),
    "email": ["ads-data@example.com"],
    "email_on_failure": True,
    "execution_timeout": timedelta(hours=1),
}

with DAG(
    dag_id="ads_daily",
    schedule="30 4 * * *",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args=default_args,
    template_searchpath=["/opt/airflow/sql"],
) as dag:
    load_clicks = GCSToBigQueryOperator(
        task_id="load_clicks",
        bucket="ads-landing",
        source_objects=["clicks/{{ ds }}/*.json.gz"],
        destination_project_dataset_table=f"{PROJECT}.raw.clicks${{{{ ds_nodash }}}}",
        source_format="NEWLINE_DELIMITED_JSON",
        write_disposition="WRITE_TRUNCATE",
    )

    clicks = BigQueryInsertJobOperator(
        task_id="staging_clicks",
        configuration={
            "query": {
                "query": "{% include 'staging/clicks.sql' %}",
                "useLegacySql": False,
                "destinationTable": {"projectId": PROJECT, "datasetId": "staging", "tableId": "clicks${{ ds_nodash }}"},
                "writeDisposition": "WRITE_TRUNCATE",
            }
        },
    )

    campaign_day = BigQueryInsertJobOperator(
        task_id="campaign_day",
        configuration={"query": {"query": "{% include 'marts/campaign_day.sql' %}", "useLegacySql": False}},
    )

    check_clicks = BigQueryCheckOperator(
        task_id="check_clicks",
        sql="SELECT COUNT(*) > 0 FROM `ads-prod.staging.clicks` WHERE click_date = '{{ ds }}'",
        use_legacy_sql=False,
    )

    load_clicks >> clicks >> check_clicks >> campaign_day
