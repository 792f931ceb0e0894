-- dialect: postgres
select "Amount" from ledger
