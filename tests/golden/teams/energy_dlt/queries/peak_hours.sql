SELECT district, hour, kwh
FROM (
  SELECT district, hour, kwh, rank() OVER (PARTITION BY district ORDER BY kwh DESC) AS place
  FROM energy.metering.district_hour
  WHERE hour >= current_date() - INTERVAL 365 DAYS
)
WHERE place <= 10
