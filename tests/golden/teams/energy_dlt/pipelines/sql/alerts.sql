CREATE OR REFRESH STREAMING TABLE silent_meter_candidates
COMMENT 'Readings of zero where a household used something the day before'
AS
SELECT meter_id, reading_at, kwh, quality_flag
FROM STREAM(LIVE.readings)
WHERE kwh = 0 AND quality_flag <> 'ESTIMATED';
