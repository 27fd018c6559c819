"""What counts as unusual looking at people's data, and whose data is whose to see. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from retail.access.actor import Actor
from retail.access.permissions import ROLE_TABLE, Permission
from retail.people.models import AlarmKind

USUAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class ViewingPolicy:
    """How much looking is usual: different people an hour, times one's own usual day, and the hard limit of an hour."""

    people_an_hour: int = 20
    times_usual: int = 5
    least_unusual: int = 10
    views_an_hour: int = 60


@dataclass(frozen=True, slots=True)
class Looking:
    """How much somebody has looked: in this hour, in these 24 hours, and on each day before."""

    views_this_hour: int
    people_this_hour: int
    people_today: int
    people_by_day: Mapping[int, int]
    """For 1 to 30 days ago, so many different people; a day that is absent had none."""

    @property
    def usual(self) -> int:
        """Return on how many people somebody looks on a usual day: the median of the last 30."""
        return round(median(self.people_by_day.get(day, 0) for day in range(1, USUAL_DAYS + 1)))


def unusual(looking: Looking, policy: ViewingPolicy) -> frozenset[AlarmKind]:
    """Return what is unusual about somebody's looking, the newest view included."""
    found = set()
    if looking.people_this_hour > policy.people_an_hour:
        found.add(AlarmKind.MANY_PEOPLE)
    if looking.people_today > max(policy.least_unusual, policy.times_usual * looking.usual):
        found.add(AlarmKind.FAR_ABOVE_USUAL)
    if looking.views_this_hour >= policy.views_an_hour:
        found.add(AlarmKind.LIMIT_REACHED)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose data somebody may ask for: of these stores, of the regions that lie wholly in them, or everybody's."""

    store_ids: frozenset[UUID]
    region_ids: frozenset[UUID]
    everybody: bool


def reach_of(actor: Actor, permission: Permission, region_of: Mapping[UUID, UUID]) -> Reach:
    """Return how far an actor's permission reaches; `region_of` maps every store to its region.

    Who works above a store (its regional manager, headquarters) is not its manager's to see, so a whole region or
    the whole chain must have been named by a role, not only happen to consist of one's stores.
    """
    mine = actor.stores(permission) & frozenset(region_of)
    roles = [held for held in actor.held if permission in ROLE_TABLE[held.role]]
    whole = permission in actor.grants and len(mine) == len(region_of)
    foreign = {region for store, region in region_of.items() if store not in mine}
    if whole and any(held.chain_wide for held in roles):
        return Reach(mine, frozenset(region_of.values()), everybody=True)
    named = frozenset(region for held in roles for region in held.region_ids)
    return Reach(mine, named - foreign, everybody=False)
