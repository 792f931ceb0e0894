SELECT channel, ANY_VALUE(status) AS s FROM orders GROUP BY channel
