SELECT o.order_id, o.amount * r.rate AS amount_eur
FROM sales.orders o JOIN ref.fx_rates r ON r.currency = o.currency AND r.rate_date = o.order_date
