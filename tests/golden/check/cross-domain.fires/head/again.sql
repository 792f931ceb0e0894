create or replace view finance_gold.clicks_cost as select c.page, count(*) as n from marketing_silver.clicks c group by c.page;
