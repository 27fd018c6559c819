"""How to read the operation log, and what proves an entry of it to somebody else."""
