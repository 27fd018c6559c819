"""Reading events of tills, ERPs and channels: what each does to the shelf, or all that is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from retail.access.actor import Actor
from retail.access.permissions import Permission
from retail.catalogue.lookup import Item, may_be_weighed
from retail.inventory.desk import Desk
from retail.inventory.intake import (
    QUANTITY_AT_MOST,
    TEXT_AT_MOST,
    money_problem,
    naming_problem,
    problem,
    quantity_problem,
    text_problems,
    unknown_item,
)
from retail.inventory.ledger import Entry
from retail.inventory.models import Account, AdjustmentReason, MovementKind, Source
from retail.kernel.clock import believable
from retail.kernel.content import content_hash
from retail.kernel.refusal import InvalidInput, Problem
from retail.stores.directory import StoreEntry

EVENTS_AT_MOST = 1000
_PAID = frozenset({MovementKind.SALE, MovementKind.CUSTOMER_RETURN})

K, P = MovementKind, Permission
RECORDABLE: Mapping[MovementKind, tuple[int, Account, Permission]] = {
    K.OPENING: (1, Account.OPENING, P.MOVEMENT_RECORD),
    K.SALE: (-1, Account.CUSTOMER, P.SALE_RECORD),
    K.CUSTOMER_RETURN: (1, Account.CUSTOMER, P.RETURN_RECORD),
    K.RECEIPT: (1, Account.SUPPLIER, P.STOCK_RECEIVE),
    K.SUPPLIER_RETURN: (-1, Account.SUPPLIER, P.MOVEMENT_RECORD),
    K.WASTE: (-1, Account.SHRINKAGE, P.STOCK_ADJUST),
}


@dataclass(slots=True)  # not frozen: that would take three times as long to make, and there are a thousand a call
class NewEvent:
    """Something that happened to the stock; quantity is positive but for an adjustment's."""

    event_id: UUID
    store_id: UUID | None
    store_code: str | None
    sku_id: UUID | None
    code: str | None
    kind: MovementKind
    quantity: int
    amount: int | None
    reason: AdjustmentReason | None
    occurred_at: datetime
    document_id: UUID | None


@dataclass(frozen=True, slots=True)
class NewBatch:
    """Events from one source and device."""

    source: Source
    device: str | None
    all_or_nothing: bool
    events: tuple[NewEvent, ...]


@dataclass(frozen=True, slots=True)
class World:
    """What events are read against; `items` is what each event names, in their order."""

    actor: Actor
    now: datetime
    by_id: Mapping[UUID, StoreEntry]
    by_code: Mapping[str, StoreEntry]
    items: list[Item | None] = field(default_factory=list)


async def items_of(desk: Desk, events: Sequence[NewEvent], world: World) -> list[Item | None]:
    """Return what each event names; a package with a price on it by the prices of its own store, when it happened."""
    names = [event.sku_id or event.code for event in events]
    found = await desk.lookup.find({name for name in names if name is not None})
    items = [None if name is None else found.get(name) for name in names]
    for n, (event, name) in enumerate(zip(events, names, strict=True)):
        if name is None or not may_be_weighed(name):
            continue
        store = world.by_id.get(event.store_id) if event.store_id else world.by_code.get(event.store_code or "")
        if store is not None:
            at, _ = believable(event.occurred_at, world.now)
            items[n] = (await desk.lookup.find([name], store_id=store.id, at=at)).get(name)
    return items


def guard_batch(batch: NewBatch) -> None:
    if not batch.events:
        raise InvalidInput([problem("events", "NO_LINES", "At least one event.", "至少要有一条记录。")])
    if len(batch.events) > EVENTS_AT_MOST:
        text = (f"At most {EVENTS_AT_MOST} events in a call.", f"一次最多 {EVENTS_AT_MOST} 条。")
        raise InvalidInput([problem("events", "TOO_MANY_LINES", *text)])
    if wrong := text_problems("device", batch.device, TEXT_AT_MOST):
        raise InvalidInput(wrong)
    first: dict[UUID, int] = {}
    twice = [
        problem(f"events[{n}].eventId", "DUPLICATE_EVENT_ID", "Stands in this call twice.", "同一次提交里出现了两次。")
        for n, event in enumerate(batch.events)
        if first.setdefault(event.event_id, n) != n
    ]
    if twice:
        raise InvalidInput(twice)


def read_event(event: NewEvent, n: int, batch: NewBatch, world: World) -> Entry | list[Problem]:
    """Return an event as an entry, or everything that is wrong with it."""
    path = f"events[{n}]"
    problems: list[Problem] = []
    store = _store(event, path, world, problems)
    item = _item(event, path, world.items[n], problems)
    signed, counter, needed = _effect(event, path, problems)
    if store is not None:
        _guard_permission(world.actor, needed, store.id, path, problems)
    if (wrong := money_problem(f"{path}.amount", event.amount)) is not None:
        problems.append(wrong)
    if problems or store is None or item is None:
        return problems
    units = signed * item.pack_units
    if abs(units) > QUANTITY_AT_MOST:
        return [problem(f"{path}.quantity", "QUANTITY_TOO_LARGE", "Too many base units.", "折算后的数量太大。")]
    occurred_at, clock_error = believable(event.occurred_at, world.now)
    return Entry(
        request=0,
        movement_id=event.event_id,
        content_hash=content_hash(event),
        store_id=store.id,
        sku_id=item.sku_id,
        kind=event.kind,
        quantity=units,
        reserved=0,
        counter_account=counter,
        amount_fen=_amount(event, item, abs(units), world, store.id),
        reason=event.reason,
        note=None,
        occurred_at=occurred_at,
        recorded_at=world.now,
        clock_error_seconds=clock_error,
        actor_id=world.actor.id,
        device=batch.device,
        latitude=None,
        longitude=None,
        source=batch.source,
        document_id=event.document_id or event.event_id,
    )


def _store(event: NewEvent, path: str, world: World, problems: list[Problem]) -> StoreEntry | None:
    """Return the event's store if the actor may see it; an unseen one is told like a missing one."""
    if (event.store_id is None) == (event.store_code is None):
        text = ("Give either storeId or storeCode.", "请只填 storeId 或 storeCode 其中之一。")
        problems.append(problem(f"{path}.storeId", "NAME_ONE", *text))
        return None
    if event.store_id is not None:
        store, word = world.by_id.get(event.store_id), "storeId"
    else:
        store, word = world.by_code.get(event.store_code or ""), "storeCode"
    if store is None or not world.actor.may(Permission.STORE_READ, store.id):
        problems.append(problem(f"{path}.{word}", "UNKNOWN_STORE", "No such store.", "找不到这个门店。"))
        return None
    return store


def _item(event: NewEvent, path: str, item: Item | None, problems: list[Problem]) -> Item | None:
    name = event.sku_id or event.code
    if name is None or (event.sku_id is not None and event.code is not None):
        problems.append(naming_problem(path))
        return None
    if item is None:
        problems.append(unknown_item(f"{path}.{'skuId' if event.sku_id else 'code'}", name))
    return item


def _effect(event: NewEvent, path: str, problems: list[Problem]) -> tuple[int, Account, Permission]:
    """Return the signed quantity, the counter-account and the permission that an event needs."""
    if event.kind is K.ADJUSTMENT:
        if event.quantity == 0 or abs(event.quantity) > QUANTITY_AT_MOST:
            text = ("Not 0, and at most a million either way.", "不能为 0，也不能超过一百万。")
            problems.append(problem(f"{path}.quantity", "QUANTITY_OUT_OF_RANGE", *text))
        if event.reason is None:
            text = ("An adjustment needs a reason.", "调整库存要写原因。")
            problems.append(problem(f"{path}.reason", "REASON_MISSING", *text))
        return event.quantity, Account.FOUND if event.quantity > 0 else Account.SHRINKAGE, P.STOCK_ADJUST
    if event.kind not in RECORDABLE:
        text = ("It has an act of its own: see reservations and returns.", "这类变动有专门的操作：预留或退货。")
        problems.append(problem(f"{path}.kind", "KIND_NOT_RECORDABLE", *text))
        return 0, Account.NONE, P.MOVEMENT_RECORD
    if (wrong := quantity_problem(f"{path}.quantity", event.quantity)) is not None:
        problems.append(wrong)
    sign, counter, needed = RECORDABLE[event.kind]
    return sign * event.quantity, counter, needed


def _guard_permission(actor: Actor, needed: Permission, store_id: UUID, path: str, problems: list[Problem]) -> None:
    if actor.may(needed, store_id):
        return
    text = ("Your role does not allow this here.", "您的岗位没有这项权限。")
    problems.append(problem(f"{path}.kind", "NOT_PERMITTED", *text))


def _amount(event: NewEvent, item: Item, units: int, world: World, store_id: UUID) -> int | None:
    """Return what the customer paid or got back, in fen; see `sales.amount` for whose word counts."""
    if event.kind not in _PAID:
        return event.amount
    if event.amount is not None and (
        world.actor.may(P.SALE_PRICE, store_id)
        or (event.amount % units == 0 and item.was_listed(store_id, event.amount // units, world.now))
    ):
        return event.amount
    if item.labelled_fen is not None:
        return item.labelled_fen * event.quantity
    occurred_at, _ = believable(event.occurred_at, world.now)
    listed = item.price(store_id, occurred_at)
    return None if listed is None else listed * units
