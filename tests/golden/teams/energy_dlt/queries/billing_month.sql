SELECT
  m.customer_no,
  d.meter_id,
  sum(d.kwh) AS kwh,
  sum(d.estimated_readings) / sum(d.readings) AS estimated_share
FROM energy.metering.meter_day d
JOIN energy.metering.meters m ON m.meter_id = d.meter_id
WHERE d.reading_date >= add_months(trunc(current_date(), 'MM'), -1)
  AND d.reading_date < trunc(current_date(), 'MM')
GROUP BY m.customer_no, d.meter_id
