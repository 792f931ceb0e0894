CREATE TABLE ds.three AS
SELECT x.a, z.b FROM lake.x JOIN lake.z ON x.a = z.a AND TRUE JOIN lake.y ON y.a = z.a;
CREATE TABLE ds.every AS
SELECT x.a, y.b FROM lake.x JOIN lake.y ON TRUE;
CREATE TABLE ds.never AS
SELECT o.order_id, c.country FROM silver.orders o JOIN silver.customers c ON FALSE;
