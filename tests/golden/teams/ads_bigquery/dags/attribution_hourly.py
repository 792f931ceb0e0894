from datetime import datetime, timedelta

from airflow.decorators import dag
from airflow.providers.google.cloud.operators.bigquery import BigQueryInsertJobOperator

ATTRIBUTION = """
MERGE `ads-prod.marts.conversions_attributed` t
USING (
  SELECT
    c.conversion_id,
    c.converted_at,
    DATE(c.converted_at) AS conversion_date,
    c.revenue,
    k.click_id,
    k.campaign_id
  FROM `ads-prod.raw.conversions` c
  LEFT JOIN `ads-prod.staging.clicks` k
    ON k.user_key = c.user_key
   AND k.clicked_at BETWEEN TIMESTAMP_SUB(c.converted_at, INTERVAL 7 DAY) AND c.converted_at
   AND k.click_date >= DATE_SUB(CURRENT_DATE(), INTERVAL 9 DAY)
  WHERE c.converted_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 2 DAY)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY c.conversion_id ORDER BY k.clicked_at DESC) = 1
) s
ON t.conversion_id = s.conversion_id AND t.conversion_date = s.conversion_date
WHEN MATCHED THEN UPDATE SET campaign_id = s.campaign_id, click_id = s.click_id, revenue = s.revenue
WHEN NOT MATCHED THEN INSERT ROW
"""


@dag(
    schedule="5 * * * *",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "ads-data", "retries": 1, "execution_timeout": timedelta(minutes=40)},
)
def attribution_hourly():
    BigQueryInsertJobOperator(
        task_id="attribute",
        configuration={"query": {"query": ATTRIBUTION, "useLegacySql": False}},
    )


attribution_hourly()
