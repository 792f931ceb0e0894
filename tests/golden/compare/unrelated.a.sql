select country, count(*) as n from customers group by country
