CREATE TABLE IF NOT EXISTS `ads-prod.raw.clicks` (
  click_id STRING NOT NULL,
  user_key STRING,
  campaign_id INT64,
  ad_id INT64,
  cost_micros INT64,
  clicked_at TIMESTAMP NOT NULL,
  payload JSON
)
PARTITION BY DATE(clicked_at)
OPTIONS (description = 'Clicks as the ad server exports them', require_partition_filter = TRUE);

CREATE TABLE IF NOT EXISTS `ads-prod.raw.conversions` (
  conversion_id STRING NOT NULL,
  user_key STRING,
  revenue NUMERIC,
  converted_at TIMESTAMP NOT NULL
)
PARTITION BY TIMESTAMP_TRUNC(converted_at, DAY);

CREATE TABLE IF NOT EXISTS `ads-prod.staging.clicks` (
  click_id STRING NOT NULL,
  user_key STRING,
  campaign_id INT64,
  ad_id INT64,
  cost NUMERIC,
  clicked_at TIMESTAMP,
  click_date DATE
)
PARTITION BY click_date
CLUSTER BY campaign_id, user_key;

CREATE TABLE IF NOT EXISTS `ads-prod.marts.campaign_day` (
  campaign_id INT64,
  day DATE,
  clicks INT64,
  users INT64,
  cost NUMERIC,
  conversions INT64,
  revenue NUMERIC
)
PARTITION BY day;

CREATE TABLE IF NOT EXISTS `ads-prod.marts.conversions_attributed` (
  conversion_id STRING NOT NULL,
  converted_at TIMESTAMP,
  conversion_date DATE,
  revenue NUMERIC,
  click_id STRING,
  campaign_id INT64
)
PARTITION BY conversion_date;

CREATE TABLE IF NOT EXISTS `ads-prod.raw.campaigns` (
  campaign_id INT64 NOT NULL,
  advertiser_id INT64,
  campaign_name STRING,
  daily_budget NUMERIC,
  PRIMARY KEY (campaign_id) NOT ENFORCED
);
