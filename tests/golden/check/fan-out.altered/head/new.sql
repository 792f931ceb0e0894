CREATE OR REPLACE TABLE gold.city_fares AS
SELECT t.city, sum(t.fare) AS fares, sum(s.minutes) AS minutes
FROM silver.trips t JOIN silver.stops s USING (trip_id)
GROUP BY t.city;
