create or replace view finance_gold.costs as select c.page, count(*) as n from marketing_gold.click_days c group by c.page;
create or replace table finance_gold.own as select id, sum(x) as x from finance_silver.y group by id;
