"""The chain's stores and warehouses, their regions, and their business days."""
