create table if not exists ds.paid_orders using delta partitioned by (event_date) as
select o.*, c.country from silver.orders o join silver.customers c on c.customer_id = o.customer_id where o.status = 'paid';

insert overwrite ds.refund_snapshot select * from silver.refunds where amount > 0;
