CREATE TABLE gold.volume_ethereum AS
SELECT 'ethereum' AS chain, block_date, token, SUM(amount_usd) AS volume, COUNT(*) AS trades
FROM dex_ethereum.trades
WHERE amount_usd > 0
GROUP BY block_date, token;
