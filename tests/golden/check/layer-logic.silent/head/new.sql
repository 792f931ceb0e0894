CREATE TABLE bronze.click_pages AS
SELECT click_id, upper(page) AS page, current_timestamp() AS loaded_at FROM raw.clicks WHERE click_id IS NOT NULL;

CREATE TABLE silver.click_countries AS
SELECT c.click_id, c.page, u.country FROM bronze.clicks c JOIN raw.users u ON u.user_id = c.user_id;
