SELECT w.start AS s, n FROM (SELECT WINDOW(ts, '10 minutes') AS w, COUNT(*) AS n FROM raw_events GROUP BY WINDOW(ts, '10 minutes')) x
