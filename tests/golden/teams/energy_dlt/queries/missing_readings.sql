WITH expected AS (
  SELECT meter_id, explode(sequence(date_sub(current_date(), 7), date_sub(current_date(), 1))) AS reading_date
  FROM energy.metering.meters
  WHERE installed_on < date_sub(current_date(), 7)
)
SELECT e.meter_id, count(*) AS missing_days
FROM expected e
LEFT ANTI JOIN energy.metering.meter_day d ON d.meter_id = e.meter_id AND d.reading_date = e.reading_date
GROUP BY e.meter_id
HAVING count(*) >= 2
ORDER BY missing_days DESC
