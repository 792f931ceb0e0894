CREATE OR REPLACE TABLE gold.callable AS SELECT person_id, phone, city FROM silver.people WHERE city = 'Lyon';
CREATE OR REPLACE TABLE gold.ages AS SELECT person_id, born, street FROM silver.people WHERE city = 'Oslo';
