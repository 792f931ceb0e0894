SELECT channel, quantile(0.9)(amount) AS q FROM orders GROUP BY channel
