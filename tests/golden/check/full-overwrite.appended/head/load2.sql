CREATE OR REPLACE TABLE gold.logs AS WITH l AS (SELECT id, at, kind FROM bronze.log) SELECT id, max(at) AS at FROM l WHERE date(at) = current_date() GROUP BY id;
CREATE OR REPLACE TABLE gold.logs2 AS SELECT id, count(*) AS n FROM bronze.log WHERE kind = 'x' GROUP BY id;
