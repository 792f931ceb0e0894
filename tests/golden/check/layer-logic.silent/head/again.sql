create or replace table bronze.clicks_copy as select click_id, page, current_timestamp() as loaded_at from landing.clicks where click_id is not null;
