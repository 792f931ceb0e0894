CREATE OR REPLACE TABLE crm.accounts AS
SELECT account_id, upper(region) AS region, opened_on FROM raw.accounts WHERE account_id IS NOT NULL;
