select amount from ledger
