SELECT c.payload.device.os AS os, count(*) AS n FROM shop.clicks c GROUP BY c.payload.device.os
