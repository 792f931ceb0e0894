SELECT event_id, pos, tag FROM web.events LATERAL VIEW posexplode(tags) t AS pos, tag
