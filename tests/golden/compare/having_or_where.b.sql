select status, count(*) as n from orders where status = 'paid' group by status
