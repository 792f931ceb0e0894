CREATE OR REPLACE TABLE gold.pages AS SELECT page, count(*) AS n FROM bronze.hits GROUP BY page;
CREATE OR REPLACE TABLE gold.new_pages AS SELECT page, count(*) AS n FROM bronze.hits WHERE seen_at >= current_date() - 3 GROUP BY page;
CREATE OR REPLACE TABLE gold.all_seen AS SELECT count(*) AS n FROM bronze.seen;
CREATE OR REPLACE TABLE gold.few AS SELECT count(*) AS n FROM bronze.tiny;
