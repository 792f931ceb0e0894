-- options: --schedule "0 0 * * * ?" --warehouse Medium --type pro
SELECT status, count(*) FROM shop.orders GROUP BY status
