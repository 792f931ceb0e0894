SELECT s.k, SUM(s.v) AS v FROM ${env}_db.sales AS s WHERE s.k > 1 GROUP BY s.k
