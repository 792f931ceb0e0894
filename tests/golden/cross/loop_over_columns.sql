SELECT customer_id, trim(name) AS name, trim(email) AS email, trim(segment) AS segment
FROM sales.customers
