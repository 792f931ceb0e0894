-- options: --platform athena
SELECT sum(price) FROM shop.orders WHERE order_date = DATE '2026-07-01'
