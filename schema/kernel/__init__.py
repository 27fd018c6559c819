"""What every area of the schema stands on: context, scalars, errors, paging, limits, live feeds."""
