FROM orders AS o |> JOIN customers AS c ON o.customer_id = c.customer_id |> WHERE c.country = 'NL' |> SELECT o.order_id, c.segment
