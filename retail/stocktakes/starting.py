"""Beginning a stocktake, finding one for a change, and setting the chain's thresholds."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor
from retail.access.permissions import ROLE_TABLE, Permission
from retail.access.work import Work
from retail.audit import log
from retail.audit.acts import Act
from retail.catalogue.models import Category, Sku
from retail.kernel.clock import seen_by
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted, Problem
from retail.shelves.models import Shelf
from retail.stocktakes.errors import StocktakeClosed
from retail.stocktakes.models import CountPolicyRow, ScopeKind, Stocktake, StocktakeStatus
from retail.stocktakes.policy import CountPolicy, restored_policy

NAMED_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted; of the four only what its kind names is given."""

    kind: ScopeKind
    zone: str | None = None
    shelf_ids: tuple[UUID, ...] | None = None
    category_ids: tuple[UUID, ...] | None = None
    sku_ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class NewStocktake:
    """A stocktake that is to begin; its id is made by the device."""

    id: UUID
    store_id: UUID
    scope: Scope
    started_at: datetime
    blind: bool = True


@dataclass(frozen=True, slots=True)
class StocktakeChanged:
    """The answer of an act on a stocktake, and its version after it."""

    stocktake_id: UUID
    version: int


async def start_stocktake(work: Work, new: NewStocktake) -> StocktakeChanged:
    """Begin to count. Any number of stocktakes may be open in a store, and trade goes on."""
    work.require(Permission.COUNT_RECORD, new.store_id)
    ids = await _scope_ids(work.session, new.store_id, new.scope)

    started_at, _ = seen_by(new.started_at, work.now)
    begun = await work.session.scalar(
        insert(Stocktake)
        .values(
            store_id=new.store_id,
            id=new.id,
            scope=new.scope.kind,
            scope_zone=new.scope.zone if new.scope.kind is ScopeKind.ZONE else None,
            scope_ids=ids,
            blind=new.blind,
            policy=(await count_policy(work.session)).stored(),
            status=StocktakeStatus.OPEN,
            started_at=started_at,
            started_by=work.actor_id,
        )
        .on_conflict_do_nothing()
        .returning(Stocktake.id)
    )
    if begun is None:
        raise InvalidInput([Problem("id", "ID_TAKEN", "This id is taken: make a new one.", "这个编号已被使用。")])
    await _log(work, "stocktake.started", new.store_id, stocktake=new.id, scope=new.scope.kind, named=len(ids))
    return StocktakeChanged(new.id, 0)


async def lock_stocktake(work: Work, stocktake_id: UUID, permission: Permission) -> Stocktake:
    """Return a stocktake that the actor may act on, locked until the commit; whoever comes meanwhile waits."""
    found = await work.session.scalar(
        select(Stocktake)
        .where(Stocktake.id == stocktake_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("stocktakeId", "stocktake", "盘点")
    if work.actor is not None and not work.actor.may(Permission.STORE_READ, as_uuid(found.store_id)):
        raise NotFound("stocktakeId", "stocktake", "盘点")
    work.require(permission, as_uuid(found.store_id))
    return found


async def lock_open(work: Work, stocktake_id: UUID, permission: Permission) -> Stocktake:
    """Return a stocktake as `lock_stocktake` does, or refuse one that is closed."""
    found = await lock_stocktake(work, stocktake_id, permission)
    if found.status != StocktakeStatus.OPEN:
        raise StocktakeClosed(found.status)
    return found


async def count_policy(session: AsyncSession) -> CountPolicy:
    """Return the chain's thresholds: what it set, or the defaults."""
    stored = await session.scalar(select(CountPolicyRow.policy))
    return CountPolicy() if stored is None else restored_policy(stored)


def sets_policy(actor: Actor) -> bool:
    """Say whether an actor may set thresholds: by a chain-wide role that confirms counts, not narrowed."""
    where = actor.stores(Permission.COUNT_CONFIRM)
    return any(
        held.chain_wide and Permission.COUNT_CONFIRM in ROLE_TABLE[held.role] and held.store_ids <= where and where
        for held in actor.held
    )


async def set_policy(work: Work, policy: CountPolicy) -> CountPolicy:
    """Set the chain's thresholds, for stocktakes that begin from now on. Works in the system's session."""
    if work.actor is not None and not sets_policy(work.actor):
        raise NotPermitted(Permission.COUNT_CONFIRM)
    if problems := policy.problems():
        raise InvalidInput(problems)
    values = {"policy": policy.stored(), "set_at": work.now, "set_by": work.actor_id}
    await work.session.execute(
        insert(CountPolicyRow)
        .values(single=True, **values)
        .on_conflict_do_update(index_elements=[CountPolicyRow.single], set_=values)
    )
    await _log(work, "stocktake.policy_set", None, **policy.stored())
    return policy


async def _scope_ids(session: AsyncSession, store_id: UUID, scope: Scope) -> list[UUID]:
    """Return the ids that a scope names, or refuse with all that is wrong with it."""
    given = {
        ScopeKind.SHELVES: ("shelfIds", scope.shelf_ids),
        ScopeKind.CATEGORIES: ("categoryIds", scope.category_ids),
        ScopeKind.SKUS: ("skuIds", scope.sku_ids),
    }
    problems = [
        Problem(f"scope.{path}", "NOT_OF_THIS_SCOPE", "Leave it out for this kind of scope.", "此范围无需填写该项。")
        for kind, (path, ids) in given.items()
        if kind is not scope.kind and ids is not None
    ]
    if (scope.kind is ScopeKind.ZONE) != (scope.zone is not None):
        words = ("Give the zone for ZONE, and for nothing else.", "仅按区域盘点时填写区域。")
        problems.append(Problem("scope.zone", "ZONE", *words))
    path, ids = given.get(scope.kind, ("", None))
    if path and not 1 <= len(ids or ()) <= NAMED_AT_MOST:
        problems.append(
            Problem(f"scope.{path}", "NAME_SOME", f"1 to {NAMED_AT_MOST}.", f"须为 1 到 {NAMED_AT_MOST} 个。")
        )
    if problems:
        raise InvalidInput(problems)
    wanted = sorted(set(ids or ()))
    if scope.kind is ScopeKind.ZONE:
        await _require_zone(session, store_id, scope.zone or "")
    elif scope.kind is not ScopeKind.STORE:
        await _require_all(session, store_id, scope.kind, path, wanted)
    return wanted


async def _require_zone(session: AsyncSession, store_id: UUID, zone: str) -> None:
    plain = zone.replace("\0", "\N{SYMBOL FOR NULL}")
    shelves = select(Shelf.id).where(Shelf.store_id == store_id, Shelf.zone == plain, Shelf.retired_at.is_(None))
    if (await session.scalars(shelves.limit(1))).first() is None:
        raise NotFound("scope.zone", "zone in this store", "区域")


async def _require_all(session: AsyncSession, store_id: UUID, kind: ScopeKind, path: str, ids: list[UUID]) -> None:
    """Refuse ids of which one is unknown; a shelf must be one of the store's that is in use."""
    if kind is ScopeKind.SHELVES:
        known = select(Shelf.id).where(Shelf.store_id == store_id, Shelf.id.in_(ids), Shelf.retired_at.is_(None))
    elif kind is ScopeKind.CATEGORIES:
        known = select(Category.id).where(Category.id.in_(ids))
    else:
        known = select(Sku.id).where(Sku.id.in_(ids))
    if len((await session.scalars(known)).all()) != len(ids):
        what = {ScopeKind.SHELVES: ("shelf", "货架"), ScopeKind.CATEGORIES: ("category", "品类")}
        raise NotFound(f"scope.{path}", *what.get(kind, ("SKU", "商品")))


async def _log(work: Work, act: Act, store_id: UUID | None, **details: object) -> None:
    await log.append(work.session, act=act, actor_id=work.actor_id, store_id=store_id, details=details)
