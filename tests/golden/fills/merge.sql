MERGE INTO crm.accounts AS a
USING (SELECT account_id, upper(region) AS region, opened_on FROM raw.accounts WHERE account_id IS NOT NULL) AS n
ON n.account_id = a.account_id
WHEN MATCHED AND n.opened_on > a.opened_on THEN UPDATE SET a.region = n.region, a.opened_on = n.opened_on
WHEN NOT MATCHED THEN INSERT (account_id, region, opened_on) VALUES (n.account_id, n.region, n.opened_on);
