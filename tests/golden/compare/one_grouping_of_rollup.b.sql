SELECT status, channel, GROUPING(status) AS all_statuses, GROUPING(channel) AS all_channels, SUM(amount) AS total, COUNT(*) AS n
FROM orders GROUP BY ROLLUP (status, channel)
