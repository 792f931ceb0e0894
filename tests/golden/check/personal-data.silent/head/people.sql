CREATE OR REPLACE TABLE gold.callable AS SELECT person_id, phone, city FROM silver.people WHERE city = 'Lyon';
ALTER TABLE gold.callable ALTER COLUMN phone SET TAGS ('pii' = 'phone');
CREATE OR REPLACE TABLE gold.cities AS SELECT person_id, city FROM silver.people WHERE city <> 'Oslo';
