SELECT payload.page, payload FROM shop.clicks
