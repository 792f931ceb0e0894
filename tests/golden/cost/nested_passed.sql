WITH s AS (SELECT id, payload AS p FROM shop.clicks)
SELECT s.p.page, max(s.p.device.agent) AS agent FROM s GROUP BY s.p.page
