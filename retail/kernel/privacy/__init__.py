"""Keeping secrets and personal data: master keys, a data key for each person, sealed cells, blind indexes, masks."""
