"""The administrator's part of a replay: stores, goods, opening stock, and a channel with credentials.

Done once, through the commands of `retail` on the database itself; done again it adds what is
missing and changes nothing else. The source has no stock, so a store opens with all that it will
sell and a week's sale for safety: after a whole replay exactly the safety stock is left.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, text, update

from api.replay.source import Source
from retail.access.channel_kinds import ChannelKind
from retail.access.models import Assignment, ChannelClient
from retail.access.work import Office, Work
from retail.catalogue.commands import import_categories, import_skus
from retail.channels.commands import NewClient, add_secret, hash_secret, register_client
from retail.channels.models import ChannelSecret
from retail.channels.reach import Reach
from retail.inventory import ledger
from retail.inventory.ledger import Entry
from retail.inventory.models import Account, Movement, MovementKind
from retail.inventory.models import Source as Reporter
from retail.kernel.base import new_id
from retail.kernel.content import as_uuid, content_hash
from retail.stores.models import Chain, Region, Store

_LOCK = 7_281_966
_AT_ONCE = 5000
_WEEKS = 52

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What the sender needs: by how much to move times, who it is, and (if they are new) credentials."""

    shift: timedelta
    channel_id: UUID
    client_id: str
    secret: str
    fresh_credentials: bool


async def import_source(office: Office, source: Source, known: tuple[str, str] | None, progress: Progress) -> Imported:
    """Bring a source's masters and opening stock into the database.

    `known` are credentials of an earlier import; if they are still good, they are kept.
    """
    async with office.work(None) as work:
        await work.session.execute(text("select pg_advisory_xact_lock(:id)"), {"id": _LOCK})
        progress("Stores", 0, 1)
        stores = await _import_stores(work, source)
        progress("Categories", 0, 1)
        await import_categories(work, source.categories)
        progress("Goods", 0, len(source.skus))
        skus = await import_skus(work, source.skus)
        progress("Goods", len(source.skus), len(source.skus))
        channel_id = await _import_channel(work, source, stores)
        pair, fresh = await _credentials(work, channel_id, known)
    shift = await _open_stock(office, source, stores, skus, progress)
    return Imported(shift, channel_id, *pair, fresh)


async def _import_stores(work: Work, source: Source) -> Mapping[str, UUID]:
    """Add the chain (if there is none), the source's region and its stores; return these by code."""
    if not await work.session.scalar(select(func.count()).select_from(Chain)):
        work.session.add(Chain(name=source.title, name_en=source.title))
    code = source.name[:40]
    region_id = await work.session.scalar(select(Region.id).where(Region.code == code))
    if region_id is None:
        region_id = new_id()
        work.session.add(Region(id=region_id, code=code, name=source.title, name_en=source.title))
        await work.session.flush()
    rows = await work.session.execute(select(Store.code, Store.id).where(Store.region_id == region_id))
    known = {row.code: as_uuid(row.id) for row in rows}
    for new in source.stores:
        if new.code not in known:
            known[new.code] = new_id()
            work.session.add(
                Store(
                    id=known[new.code],
                    code=new.code,
                    name=new.name,
                    name_en=new.name,
                    region_id=region_id,
                    zone=source.zone,
                    opens_at=new.opens_at,
                    closes_at=new.closes_at,
                )
            )
    await work.session.flush()
    return {new.code: known[new.code] for new in source.stores}


async def _import_channel(work: Work, source: Source, stores: Mapping[str, UUID]) -> UUID:
    """Return the source's channel; it may act in the source's stores and nowhere else."""
    name = f"Replay {source.name}"
    found = await work.session.scalar(
        select(ChannelClient.id).where(ChannelClient.name == name, ChannelClient.revoked_at.is_(None))
    )
    if found is None:
        new = NewClient(name, ChannelKind.TILL, store_ids=tuple(sorted(stores.values())))
        return (await register_client(work, Reach(), new)).id
    held = await work.session.scalar(select(Assignment.store_ids).where(Assignment.channel_id == found)) or []
    wider = sorted({*map(as_uuid, held), *stores.values()})
    await work.session.execute(update(Assignment).where(Assignment.channel_id == found).values(store_ids=wider))
    return as_uuid(found)


async def _credentials(work: Work, channel_id: UUID, known: tuple[str, str] | None) -> tuple[tuple[str, str], bool]:
    """Return credentials of the channel: the known ones if they are good, else new ones instead of all old ones."""
    client = await work.session.get_one(ChannelClient, channel_id)
    mine = (
        ChannelSecret.channel_id == channel_id,
        or_(ChannelSecret.ends_at.is_(None), ChannelSecret.ends_at > work.now),
    )
    if known is not None and known[0] == client.client_id:
        hashes = await work.session.scalars(select(ChannelSecret.secret_hash).where(*mine))
        if hash_secret(known[1]) in set(hashes):
            return known, False
    await work.session.execute(update(ChannelSecret).where(*mine).values(ends_at=work.now))
    _, secret = await add_secret(work, client)
    return (client.client_id, secret), True


async def _open_stock(
    office: Office, source: Source, stores: Mapping[str, UUID], skus: Mapping[str, UUID], progress: Progress
) -> timedelta:
    """Post each store's opening stock, one store a transaction; return by how much times are moved.

    The first opening fixes that for ever: a request that is sent again must say the same times.
    """
    needs: dict[str, dict[str, int]] = defaultdict(dict)
    for (store, sku), (units, _) in source.sold(source.trade.baskets).items():
        needs[store][sku] = units
    opens = await _opened_at(office, source, source.stores[0].code, needs) or source.begins() + source.shift(
        office.clock()
    )
    total, done = sum(map(len, needs.values())), 0
    for new in source.stores:
        if await _opened_at(office, source, new.code, needs) is None:
            async with office.work(None) as work:
                template = _opening(work, source, new.code, stores[new.code], opens)
                await _open_store(work, source, new.code, template, needs[new.code], skus)
        done += len(needs[new.code])
        progress("Opening stock", done, total)
    return opens - source.begins()


async def _opened_at(
    office: Office, source: Source, store: str, needs: Mapping[str, Mapping[str, int]]
) -> datetime | None:
    """Return when a store was opened, None if it has not been; a store opens with all its goods or none."""
    first = _opening_id(source, store, min(needs[store]))
    async with office.system() as session:
        return await session.scalar(select(Movement.occurred_at).where(Movement.movement_id == first))


async def _open_store(
    work: Work,
    source: Source,
    code: str,
    template: Entry,
    need: Mapping[str, int],
    skus: Mapping[str, UUID],
) -> None:
    entries = [
        template._replace(
            movement_id=_opening_id(source, code, sku),
            content_hash=content_hash([code, sku, units]),
            sku_id=skus[sku],
            quantity=units + safety_stock(units),
        )
        for sku, units in sorted(need.items())
    ]
    await ledger.set_safety_stock(
        work, template.store_id, {skus[sku]: safety_stock(units) for sku, units in need.items()}
    )
    for start in range(0, len(entries), _AT_ONCE):
        await ledger.post(work, entries[start : start + _AT_ONCE])


def safety_stock(units_a_year: int) -> int:
    """Return what a store keeps for safety: a week's sale, at least one."""
    return -(-units_a_year // _WEEKS)


def _opening_id(source: Source, store: str, sku: str) -> UUID:
    return source.id_of("opening", store, sku)


def _opening(work: Work, source: Source, code: str, store_id: UUID, opens: datetime) -> Entry:
    """Return what all openings of a store have in common."""
    return Entry(
        request=0,
        movement_id=store_id,
        content_hash=None,
        store_id=store_id,
        sku_id=store_id,
        kind=MovementKind.OPENING,
        quantity=0,
        reserved=0,
        counter_account=Account.OPENING,
        amount_fen=None,
        reason=None,
        note=None,
        occurred_at=opens,
        recorded_at=work.now,
        clock_error_seconds=None,
        actor_id=None,
        device=None,
        latitude=None,
        longitude=None,
        source=Reporter.REPLAY,
        document_id=source.id_of("opening", code),
    )
