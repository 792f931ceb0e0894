SELECT k, SUM(v) AS v FROM ${env}_db.sales WHERE k > 1 GROUP BY k
