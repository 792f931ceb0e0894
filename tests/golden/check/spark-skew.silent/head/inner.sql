CREATE OR REPLACE TABLE gold.events_of_devices AS
SELECT e.event_id, d.maker FROM silver.events e JOIN silver.devices d ON d.device_id = e.device_id;
