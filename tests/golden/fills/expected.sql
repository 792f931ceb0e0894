CREATE OR REFRESH STREAMING TABLE accounts_good (CONSTRAINT has_id EXPECT (account_id IS NOT NULL) ON VIOLATION DROP ROW, CONSTRAINT late EXPECT (opened_on < current_date()))
AS SELECT * FROM STREAM(account_events);
