CREATE OR REPLACE VIEW gold.sales_metrics
WITH METRICS
LANGUAGE YAML
AS $$
version: 0.1
source: silver.orders
filter: source.status = 'paid'
dimensions:
  - name: country
    expr: country
measures:
  - name: turnover
    expr: SUM(source.amount)
    comment: paid orders alone
  - name: buyers
    expr: COUNT(DISTINCT customer_id)
  - name: per_buyer
    expr: MEASURE(turnover) / MEASURE(buyers)
$$;
