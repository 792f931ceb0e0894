SELECT window.start AS s, COUNT(*) AS n FROM raw_events GROUP BY WINDOW(ts, '10 minutes')
