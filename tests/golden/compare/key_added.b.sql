SELECT id, page FROM visits
