"""The people of the chain and their personal data: masked by default, revealed for a purpose, erased for good."""
