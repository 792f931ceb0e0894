CREATE OR REFRESH STREAMING TABLE accounts_one;
CREATE FLOW take AS AUTO CDC INTO accounts_one FROM STREAM account_events KEYS (account_id) SEQUENCE BY event_no;
