"""What goods need so that they can be sold again: said of a category, true of all below it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit import log
from retail.catalogue.models import Category
from retail.kernel.content import as_uuid
from retail.kernel.refusal import NotFound, NotPermitted
from retail.returns.models import CategoryHandling, Handling

_OF_SKU = text(
    """
    with recursive up(id, parent_id, height) as (
        select c.id, c.parent_id, 0 from sku s
        join product p on p.id = s.product_id join category c on c.id = p.category_id where s.id = :sku
        union all select c.id, c.parent_id, up.height + 1 from up join category c on c.id = up.parent_id
    )
    select h.handling from up join category_handling h on h.category_id = up.id order by up.height limit 1
    """
)
_OF_ALL = text(
    """
    with recursive down(id, handling) as (
        select c.id, h.handling from category c left join category_handling h on h.category_id = c.id
        where c.parent_id is null
        union all select c.id, coalesce(h.handling, down.handling)
        from down join category c on c.parent_id = down.id left join category_handling h on h.category_id = c.id
    )
    select id, handling from down where handling is not null
    """
)


@dataclass(frozen=True, slots=True)
class HandlingSet:
    """The answer of `set_handling`."""

    category_id: UUID


async def handling_of(session: AsyncSession, sku_id: UUID) -> Handling:
    """Return what an SKU needs: what the nearest category above it says."""
    said = await session.scalar(_OF_SKU, {"sku": sku_id})
    return Handling(said) if said else Handling.AMBIENT


async def handlings(session: AsyncSession) -> Mapping[UUID, Handling]:
    """Return what each category needs; those of which nobody says anything are left out."""
    return {as_uuid(row.id): Handling(row.handling) for row in await session.execute(_OF_ALL)}


async def speaking(session: AsyncSession) -> set[UUID]:
    """Return the categories that say themselves what they need."""
    return {as_uuid(category_id) for category_id in await session.scalars(select(CategoryHandling.category_id))}


async def set_handling(work: Work, *, category_id: UUID, handling: Handling | None) -> HandlingSet:
    """Say what the goods of a category need, or (None) what those above it do; it is the whole chain's."""
    if work.actor is not None and Permission.RETURN_RULE not in work.actor.grants:
        raise NotPermitted(Permission.RETURN_RULE)
    if await work.session.scalar(select(Category.id).where(Category.id == category_id)) is None:
        raise NotFound("categoryId", "category", "品类")
    if handling is None:
        await work.session.execute(delete(CategoryHandling).where(CategoryHandling.category_id == category_id))
    else:
        row = insert(CategoryHandling).values(category_id=category_id, handling=handling)
        await work.session.execute(
            row.on_conflict_do_update(index_elements=[CategoryHandling.category_id], set_={"handling": handling})
        )
    details = {"category": category_id, "handling": handling}
    await log.append(work.session, act="handling.set", actor_id=work.actor_id, details=details, clock=lambda: work.now)
    return HandlingSet(category_id)
