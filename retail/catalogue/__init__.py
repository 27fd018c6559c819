"""What the chain sells: products, SKUs, codes, pack units, prices and the category tree."""
