-- Tickets still open, by day and severity.
select
    opened_on,
    severity,
    count(*) as open_tickets
from {{ source('silver', 'tickets') }}
where resolved_on is null
group by opened_on, severity
