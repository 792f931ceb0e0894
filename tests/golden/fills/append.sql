INSERT INTO crm.accounts
SELECT account_id, upper(region) AS region, opened_on FROM raw.accounts WHERE account_id IS NOT NULL;
