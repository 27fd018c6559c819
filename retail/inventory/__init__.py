"""The stock of every store: the ledger, its levels, and what may be promised from them."""
