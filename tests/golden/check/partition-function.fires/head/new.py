from airflow import DAG
from airflow.providers.google.cloud.operators.bigquery import BigQueryInsertJobOperator

WEEKENDS = """
CREATE OR REPLACE TABLE ds.weekend_orders AS
SELECT customer_id, SUM(amount) AS amount
FROM shop.orders
WHERE EXTRACT(DAYOFWEEK FROM order_day) IN (1, 7)
GROUP BY customer_id
"""

with DAG(dag_id="weekends", schedule=None) as dag:
    BigQueryInsertJobOperator(task_id="weekends", configuration={"query": {"query": WEEKENDS, "useLegacySql": False}})
