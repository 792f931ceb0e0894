-- Consumption by meter and day: what billing reads
CREATE OR REFRESH MATERIALIZED VIEW meter_day (
  CONSTRAINT has_meter EXPECT (meter_id IS NOT NULL)
)
COMMENT 'One row per meter and day'
AS
SELECT
  meter_id,
  reading_date,
  sum(kwh)                                                    AS kwh,
  count(*)                                                    AS readings,
  count_if(quality_flag = 'ESTIMATED')                        AS estimated_readings
FROM LIVE.readings
GROUP BY meter_id, reading_date;

CREATE OR REFRESH MATERIALIZED VIEW district_hour (
  CONSTRAINT some_load EXPECT (kwh > 0)
)
COMMENT 'Load by grid district and hour, for the forecast'
AS
SELECT
  m.district,
  date_trunc('HOUR', r.reading_at) AS hour,
  sum(r.kwh)                       AS kwh,
  count(DISTINCT r.meter_id)       AS meters
FROM LIVE.readings r
JOIN LIVE.meters m ON m.meter_id = r.meter_id
GROUP BY m.district, date_trunc('HOUR', r.reading_at);

CREATE OR REFRESH MATERIALIZED VIEW load_and_weather
COMMENT 'Load with the temperature of the station of its district'
AS
SELECT d.district, d.hour, d.kwh, w.temperature_c
FROM LIVE.district_hour d
LEFT JOIN energy.reference.district_stations s ON s.district = d.district
LEFT JOIN LIVE.weather w ON w.station_id = s.station_id AND w.hour = d.hour;
