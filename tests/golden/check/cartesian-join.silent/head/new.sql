CREATE TABLE ds.share AS
SELECT o.order_id, o.amount / t.total AS share FROM silver.orders o, (SELECT sum(amount) AS total FROM silver.orders) t;
CREATE TABLE ds.calendar AS
SELECT c.country, o.event_date FROM (SELECT DISTINCT country FROM silver.customers) c CROSS JOIN (SELECT DISTINCT event_date FROM silver.orders) o;

CREATE TABLE ds.page_visits AS
SELECT v.visit_id, pages.page_id FROM raw.visits v JOIN silver.pages ON v.slug = pages.slug;
