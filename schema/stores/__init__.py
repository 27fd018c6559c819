"""How to ask for stores and regions, and open a business day."""
