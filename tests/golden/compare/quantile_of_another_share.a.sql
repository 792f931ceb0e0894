-- dialect: clickhouse
SELECT channel, quantile(0.5)(amount) AS q FROM orders GROUP BY channel
