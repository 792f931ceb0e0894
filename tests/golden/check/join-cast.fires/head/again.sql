create or replace view gold.account_segments as
select a.account_no, c.segment
from legacy.accounts as a
left join silver.customers as c on cast(a.customer_id as bigint) = c.customer_id;

merge into gold.customer_seen t
using (select c.customer_id, max(a.opened) as opened from silver.customers c join legacy.accounts a on a.customer_id = cast(c.customer_id as string) group by c.customer_id) s
on t.customer_id = s.customer_id
when matched then update set t.opened = s.opened
when not matched then insert (customer_id, opened) values (s.customer_id, s.opened);
