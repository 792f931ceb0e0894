INSERT INTO crm.accounts REPLACE WHERE opened_on >= '2026-01-01'
SELECT account_id, upper(region) AS region, opened_on FROM raw.accounts WHERE account_id IS NOT NULL;
