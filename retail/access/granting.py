"""Who may give which role where: the whole rule, on one screen.

A role is given by somebody whose own role is above it (of headquarters: beside it), and only in
stores where that somebody holds `access:grant` by that very role. Nobody gives anything to
themselves, and programs give nothing. Operations and compliance each give only their own kind of
power: whoever runs the chain cannot make themselves readers of personal data, nor the other way
round. Who may give a role may also end it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from retail.access.actor import Actor
from retail.access.permissions import Permission, Role
from retail.access.work import require
from retail.kernel.refusal import NotFound, NotPermitted, Refusal

R = Role
MAY_GIVE: Mapping[Role, frozenset[Role]] = {
    R.STORE_MANAGER: frozenset({R.CLERK}),
    R.REGIONAL_MANAGER: frozenset({R.CLERK, R.STORE_MANAGER}),
    R.HQ_OPERATIONS: frozenset({R.CLERK, R.STORE_MANAGER, R.REGIONAL_MANAGER, R.BUYER, R.HQ_OPERATIONS}),
    R.HQ_COMPLIANCE: frozenset({R.HQ_COMPLIANCE}),
}
CHAIN_WIDE = frozenset({R.HQ_OPERATIONS, R.HQ_COMPLIANCE})
"""Roles of headquarters: given for the whole chain or not at all; the last of each stays."""


class RoleAboveYours(Refusal):
    """The asker's own roles do not reach up to the role that is given or ended."""

    code = "ROLE_ABOVE_YOURS"

    def __init__(self, role: Role) -> None:
        super().__init__("That role is not yours to give or end.", "这个岗位不由您授予或结束。")
        self.role = role


class WiderThanYours(Refusal):
    """The role would cover more stores than those in which the asker may give it."""

    code = "WIDER_THAN_YOURS"

    def __init__(self, path: str) -> None:
        super().__init__("That reaches further than you do.", "超出了您管理的范围。")
        self.path = path


class NotToYourself(Refusal):
    """Nobody gives a role to themselves, not even one that they hold."""

    code = "NOT_TO_YOURSELF"

    def __init__(self) -> None:
        super().__init__("Somebody else has to give you a role.", "不能给自己授予岗位，请由他人操作。")


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a role holds: in some stores, in all stores of some regions; both None: in the whole chain."""

    store_ids: tuple[UUID, ...] | None
    region_ids: tuple[UUID, ...] | None

    @property
    def chain_wide(self) -> bool:
        """Whether it is the whole chain, with the stores that will yet be opened."""
        return self.store_ids is None and self.region_ids is None

    def stores(self, region_of: Mapping[UUID, UUID]) -> frozenset[UUID]:
        """Return the stores that are in reach now."""
        named, regions = set(self.store_ids or ()), set(self.region_ids or ())
        return frozenset(s for s, region in region_of.items() if self.chain_wide or s in named or region in regions)


def check_giving(giver: Actor, role: Role, reach: Reach, region_of: Mapping[UUID, UUID]) -> None:
    """Refuse unless `giver` may give (or end) a role there; what the giver cannot see is not found."""
    where = giver.stores(Permission.ACCESS_GRANT)
    if not where:
        raise NotPermitted(Permission.ACCESS_GRANT)
    by = [held for held in giver.held if role in MAY_GIVE.get(held.role, ()) and held.store_ids & where]
    if not by:
        raise RoleAboveYours(role)
    whole = [held for held in by if held.store_ids <= where]
    if any(held.chain_wide for held in whole):
        return
    if reach.chain_wide:
        raise WiderThanYours("chainWide")

    for n, store_id in enumerate(reach.store_ids or ()):
        require(giver, Permission.ACCESS_GRANT, store_id, f"storeIds[{n}]")
        if not any(store_id in held.store_ids for held in by):
            raise WiderThanYours(f"storeIds[{n}]")
    seen = {region_of.get(store) for store in giver.stores(Permission.STORE_READ)}
    for n, region_id in enumerate(reach.region_ids or ()):
        if region_id not in seen:
            raise NotFound(f"regionIds[{n}]", "region", "区域")
        # To hold every store of a region today is not to hold the region: it will have others.
        if not any(region_id in held.region_ids for held in whole):
            raise WiderThanYours(f"regionIds[{n}]")


def is_in_sight(giver: Actor, reach: Reach) -> bool:
    """Say whether an assignment is in stores or regions, or in the chain, whose roles are `giver`'s to give.

    A role of a whole region or of the chain is not in sight of those who have only some of its stores.
    """
    where = giver.stores(Permission.ACCESS_GRANT)
    whole = [held for held in giver.held if held.store_ids <= where]
    regions = {region for held in whole for region in held.region_ids}
    return (
        any(held.chain_wide for held in whole)
        or not where.isdisjoint(reach.store_ids or ())
        or not regions.isdisjoint(reach.region_ids or ())
    )


def check_rank(by: Actor, roles: Iterable[Role]) -> None:
    """Refuse unless each of somebody's roles is one that `by` might give."""
    below = {role for held in by.held for role in MAY_GIVE.get(held.role, ())}
    for role in roles:
        if role not in below:
            raise RoleAboveYours(role)
