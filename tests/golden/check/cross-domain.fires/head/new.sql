CREATE TABLE finance_gold.invoiced AS
SELECT i.invoice, p.campaign FROM finance_silver.invoices i JOIN marketing_silver.prospects p ON p.invoice = i.invoice;
