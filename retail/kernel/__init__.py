"""What every business area stands on: the table base, the unit of work, refusals, time and money."""
