-- dialect: postgres
SELECT COUNT(*) OVER () AS n, GENERATE_SERIES(1, 2) AS g FROM orders
