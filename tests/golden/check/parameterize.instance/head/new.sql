CREATE TABLE gold.volume_bnb AS
SELECT 'bnb' AS chain, block_date, token, SUM(amount_usd) AS volume, COUNT(*) AS trades
FROM dex_bnb.trades
WHERE amount_usd > 0
GROUP BY block_date, token;
