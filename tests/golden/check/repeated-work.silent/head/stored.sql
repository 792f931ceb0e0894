-- Databricks notebook source
CREATE OR REPLACE TABLE gold.segments_of_countries AS
SELECT c.country, c.segment, max(o.amount) AS largest FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id GROUP BY c.country, c.segment;

-- COMMAND ----------
CREATE OR REPLACE TABLE gold.largest AS SELECT country, largest FROM gold.segments_of_countries WHERE largest > 1000;

-- COMMAND ----------
SELECT segment, largest FROM gold.segments_of_countries WHERE largest < 10;
