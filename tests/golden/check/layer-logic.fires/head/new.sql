CREATE TABLE bronze.click_countries AS
SELECT c.click_id, c.page, u.country FROM bronze.clicks c JOIN raw.users u ON u.user_id = c.user_id;
