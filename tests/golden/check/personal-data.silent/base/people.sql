CREATE TABLE silver.people (person_id BIGINT NOT NULL, phone STRING, born DATE, street STRING, city STRING);
ALTER TABLE silver.people ALTER COLUMN phone SET TAGS ('pii' = 'phone', 'team' = 'crm');
SET TAG ON COLUMN silver.people.born `classification` = 'restricted';
ALTER TABLE silver.people ALTER COLUMN street SET MASK gold.hide;
ALTER TABLE silver.people ALTER COLUMN city SET TAGS ('pii' = 'false');
