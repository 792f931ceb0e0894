select a.account_name, count(*) as late, avg(i.days_to_pay) as days
from {{ ref('fct_invoices') }} i
join {{ ref('dim_accounts') }} a on a.account_id = i.account_id
where i.days_to_pay > 30
group by 1
order by late desc
