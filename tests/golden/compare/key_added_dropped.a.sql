SELECT DISTINCT id, page FROM visits
