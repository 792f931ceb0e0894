SELECT customer_id, name, email, segment, country, signup_date FROM sales.customers
