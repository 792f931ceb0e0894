create table customers (customer_id bigint not null primary key, country string, segment string, is_test boolean not null);
create table orders (order_id bigint not null primary key, customer_id bigint not null, status string, channel string, order_date date not null, amount decimal(12, 2) not null, discount decimal(12, 2));
create table shipments (shipment_id bigint not null primary key, order_id bigint not null references orders (order_id), return_of bigint references orders (order_id), carrier string, weight decimal(8, 3));
