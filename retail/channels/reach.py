"""How far somebody's right to manage channel clients reaches: no further than their own stores."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from retail.access.actor import Actor
from retail.access.models import Assignment
from retail.access.permissions import Permission
from retail.access.scope import stores_of
from retail.kernel.refusal import NotFound, NotPermitted


@dataclass(frozen=True, slots=True)
class Reach:
    """The stores for which clients may be managed: `None` for the system and its operator, who name what there is."""

    region_of: Mapping[UUID, UUID] = field(default_factory=dict)
    stores: frozenset[UUID] | None = None

    @classmethod
    def of(cls, actor: Actor, region_of: Mapping[UUID, UUID]) -> "Reach":
        """Return an actor's reach, or refuse whoever has none."""
        stores = actor.stores(Permission.CLIENT_MANAGE)
        if not stores:
            raise NotPermitted(Permission.CLIENT_MANAGE)
        return cls(region_of, stores)

    def covers(self, assignments: Iterable[Assignment]) -> bool:
        """Say whether no assignment that a client has or had names a store beyond this reach."""
        return all(self._holds(stores_of(assignment, self.region_of)) for assignment in assignments)

    def require_places(self, store_ids: Iterable[UUID] | None, region_ids: Iterable[UUID] | None) -> None:
        """Refuse places that are not there or beyond this reach, told alike."""
        if self.stores is None:
            return
        regions: dict[UUID, set[UUID]] = {}
        for store, region in self.region_of.items():
            regions.setdefault(region, set()).add(store)
        for number, store_id in enumerate(store_ids or ()):
            if store_id not in self.region_of or not self._holds({store_id}):
                raise NotFound(f"storeIds[{number}]", "store", "门店")
        for number, region_id in enumerate(region_ids or ()):
            if not self._holds(regions.get(region_id, {region_id})):
                raise NotFound(f"regionIds[{number}]", "region", "区域")
        if store_ids is None and region_ids is None and not self._holds(set(self.region_of)):
            raise NotPermitted(Permission.CLIENT_MANAGE)

    def _holds(self, stores: Iterable[UUID]) -> bool:
        return self.stores is None or self.stores.issuperset(stores)
