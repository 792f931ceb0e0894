CREATE TABLE gold.order_days AS
SELECT event_date, sum(orders) AS orders FROM gold.customer_days GROUP BY event_date;

CREATE TABLE gold.most_users AS
SELECT kind, max(users) AS most_users, sum(seconds) AS seconds FROM gold.kind_days GROUP BY kind;
