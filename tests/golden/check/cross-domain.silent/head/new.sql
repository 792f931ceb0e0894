CREATE TABLE finance_gold.invoiced AS
SELECT i.invoice, p.campaign FROM finance_silver.invoices i JOIN marketing_gold.prospects p ON p.invoice = i.invoice;

CREATE TABLE prod.gold.things AS
SELECT thing FROM dev.silver.things;
