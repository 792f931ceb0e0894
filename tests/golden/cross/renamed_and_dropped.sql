SELECT customer_id AS id, name, country AS market FROM sales.customers
