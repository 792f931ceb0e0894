select avg(amount * 1.00) as a from orders
