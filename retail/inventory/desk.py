"""The desk that inventory commands work at: where to write, what is sold, which stores exist."""

from dataclasses import dataclass

from retail.access.work import Office
from retail.catalogue.lookup import Lookup
from retail.inventory.batching import Counter
from retail.people.office import PeopleOffice
from retail.stores.directory import Directory


@dataclass(frozen=True, slots=True)
class Desk:
    """One process's office, hot path, catalogue, store directory and people."""

    office: Office
    counter: Counter
    lookup: Lookup
    directory: Directory
    people: PeopleOffice
