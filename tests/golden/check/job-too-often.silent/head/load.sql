INSERT OVERWRITE TABLE gold.order_days
SELECT event_date, count(*) AS orders, sum(amount) AS amount FROM silver.orders WHERE event_date >= current_date() - 7 GROUP BY event_date;
