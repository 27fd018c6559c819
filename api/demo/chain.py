"""Seeding the demo chain: all of it in one transaction, or nothing.

Seeded again it changes nothing and answers the same. It is written through the commands of
`retail` where these exist; its stock goes through the ledger like everybody's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, text

from api.demo import staff
from api.demo.checklists import design_checklists
from api.demo.goods import HANDLINGS, categories, goods
from api.demo.people import OPERATIONS
from api.demo.places import CITIES, DAY_CUTOFF, ZONE, Shop
from api.demo.rhythm import shops
from api.demo.shelves import put_up_shelves
from api.demo.stock import Shelves, history_begins
from auth.accounts import create_local_accounts
from auth.pins import set_pins
from auth.second_factor import give_second_factors
from auth.wiring import DemoAccount
from retail.access.models import Assignment, Person
from retail.access.work import Office, Work
from retail.catalogue.commands import NewSku, import_categories, import_skus
from retail.catalogue.models import Category
from retail.channels.commands import NewClient, add_secret, register_client
from retail.channels.reach import Reach
from retail.insights.projection import catch_up
from retail.inventory import ledger
from retail.kernel.base import new_id
from retail.kernel.clock import business_day
from retail.kernel.content import as_uuid
from retail.kernel.privacy.masking import Personal
from retail.kernel.privacy.masters import MasterKeys
from retail.kernel.privacy.vault import Vault
from retail.people.commands import set_phones
from retail.returns.handling import set_handling
from retail.stores.models import BusinessDay, Chain, Region, Store, StoreKind

CHAIN_NAME = "青柚茶集便利"
CHAIN_NAME_EN = "Green Pomelo Tea & Mart"
_AT_ONCE = 4000
_LOCK = 7_281_965

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class DemoSeeded:
    """What may be shown: accounts for the sign-in page, and the credentials of the channels."""

    accounts: tuple[DemoAccount, ...]
    clients: Sequence[staff.DemoClient]
    fresh: bool


def _silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


async def seed_demo(office: Office, progress: Progress = _silent, vault: Vault | None = None) -> DemoSeeded:
    """Make the demo chain unless it is there; a few seconds. With a vault, everybody has an invented phone."""
    async with office.work(None) as work:
        await work.session.execute(text("select pg_advisory_xact_lock(:id)"), {"id": _LOCK})
        first = next(city.code_of(shop) for city, shop in shops())
        fresh = await work.session.scalar(select(Store.id).where(Store.code == first)) is None
        if fresh:
            await _seed(work, progress, vault)
    if fresh:
        # So that the first screen does not show a day without sales while a server adds them up.
        await catch_up(office)
    return DemoSeeded(staff.accounts(), staff.CLIENTS, fresh)


async def _seed(work: Work, progress: Progress, vault: Vault | None) -> None:
    progress("门店 · stores", 0, 1)
    regions, stores = await _open_stores(work)
    progress("商品 · goods", 0, 1)
    skus = await _list_goods(work)
    progress("员工 · people", 0, 1)
    people = await _hire(work, regions, stores)
    if vault is not None:
        await _give_means(work, vault.masters, people)
        # Numbers that look as invented as they are: 13800000001 and so on.
        phones = {each: Personal(f"+86138{n:08d}") for n, each in enumerate(people.values(), 1)}
        await set_phones(work, vault, phones)
    channels = await _connect(work)
    await _open_days(work, stores, people)

    shelves = Shelves(stores, skus, people["hq"], channels["demo-till"], work.now)
    safety = shelves.fill()
    shelves.trade()
    for start in range(0, len(shelves.entries), _AT_ONCE):
        progress("库存 · stock", start, len(shelves.entries))
        await ledger.post(work, shelves.entries[start : start + _AT_ONCE])
    for code, units in safety.items():
        await ledger.set_safety_stock(work, stores[code], units)
    region_of = {stores[city.code_of(shop)]: regions[city.code] for city, shop in shops()}
    await design_checklists(
        work, designer=people["hq"], name=OPERATIONS["hq"], region_of=region_of, strict_in=regions[CITIES[0].code]
    )
    for city, shop in shops():
        if shop.slug in staff.SHOWN_SHOPS:
            await put_up_shelves(work, store_id=stores[city.code_of(shop)], region=city.code, skus=skus)
    progress("库存 · stock", len(shelves.entries), len(shelves.entries))


async def _open_stores(work: Work) -> tuple[Mapping[str, UUID], Mapping[str, UUID]]:
    if not await work.session.scalar(select(func.count()).select_from(Chain)):
        work.session.add(Chain(name=CHAIN_NAME, name_en=CHAIN_NAME_EN))
    regions: dict[str, UUID] = {}
    stores: dict[str, UUID] = {}
    for city in CITIES:
        region = Region(id=new_id(), code=city.code, name=city.name, name_en=city.name_en)
        work.session.add(region)
        regions[city.code] = region.id
        await work.session.flush()
        for place in (*city.shops, city.warehouse):
            kind = StoreKind.WAREHOUSE if place is city.warehouse else StoreKind.SHOP
            store = _store(place, city.code_of(place), region.id, kind)
            work.session.add(store)
            stores[store.code] = store.id
    await work.session.flush()
    return regions, stores


def _store(place: Shop, code: str, region_id: UUID, kind: StoreKind) -> Store:
    return Store(
        id=new_id(),
        code=code,
        name=place.name,
        name_en=place.name_en,
        kind=kind,
        region_id=region_id,
        zone=ZONE,
        latitude=place.latitude,
        longitude=place.longitude,
        area_m2=place.area_m2,
        opens_at=place.opens_at,
        closes_at=place.closes_at,
        day_cutoff=DAY_CUTOFF,
    )


async def _list_goods(work: Work) -> Mapping[str, UUID]:
    await import_categories(work, categories())
    skus = [
        NewSku(
            code=good.code,
            name=good.name,
            name_en=good.name_en,
            category_code=good.category_code,
            price_fen=good.price_fen,
            cost_fen=good.cost_fen,
            unit=good.unit,
            locality=good.locality,
            gtins=[(good.gtin, 1), *([(good.case_gtin, good.case_units)] if good.case_gtin else [])],
        )
        for good in goods()
    ]
    await _handle_with_care(work)
    return await import_skus(work, skus)


async def _handle_with_care(work: Work) -> None:
    """Say what the goods of each shelf need, so that what comes back goes where it must."""
    ids = {row.code: row.id for row in await work.session.execute(select(Category.code, Category.id))}
    for code, handling in HANDLINGS.items():
        await set_handling(work, category_id=as_uuid(ids[code]), handling=handling)


async def _hire(work: Work, regions: Mapping[str, UUID], stores: Mapping[str, UUID]) -> Mapping[str, UUID]:
    """Give everybody a login and a role; return the people's ids by login."""
    hired = {each.login: new_id() for each in staff.employees()}
    since = work.now - timedelta(days=1)
    people, assignments = [], []
    for each in staff.employees():
        people.append({"id": hired[each.login], "name": each.name})
        assignments.append(
            {
                "id": new_id(),
                "person_id": hired[each.login],
                "role": each.role,
                "store_ids": [stores[each.shop]] if each.shop else None,
                "region_ids": [regions[each.region]] if each.region else None,
                "valid_from": since,
            }
        )
    await work.session.execute(insert(Person), people)
    await work.session.execute(insert(Assignment), assignments)
    await create_local_accounts(work.session, {each: login for login, each in hired.items()}, staff.PASSWORD)
    return hired


async def _give_means(work: Work, masters: MasterKeys, people: Mapping[str, UUID]) -> None:
    """Give headquarters their authenticators and clerks their PINs, all of them public."""
    everybody = list(staff.employees())
    secrets = {
        people[each.login]: staff.totp_secret_of(each.login) for each in everybody if staff.has_second_factor(each)
    }
    await give_second_factors(work.session, masters, secrets, work.now)
    pins = {people[each.login]: staff.PIN for each in everybody if staff.has_pin(each)}
    await set_pins(work.session, masters, pins, work.now)


async def _connect(work: Work) -> Mapping[str, UUID]:
    """Give every channel its public credentials; return the channels' ids by client id."""
    channels: dict[str, UUID] = {}
    for client in staff.CLIENTS:
        new = NewClient(client.name, client.kind, client_id=client.client_id)
        channel = await register_client(work, Reach(), new)
        await add_secret(work, channel, client.secret)
        channels[client.client_id] = channel.id
    return channels


async def _open_days(work: Work, stores: Mapping[str, UUID], people: Mapping[str, UUID]) -> None:
    """Open the business days that have begun since the shelves were filled, by the shops' managers."""
    today = business_day(work.now, ZONE, DAY_CUTOFF)
    day = business_day(history_begins(work.now), ZONE, DAY_CUTOFF)
    rows = []
    while day <= today:
        for city, shop in shops():
            opened_at = datetime.combine(day, shop.opens_at, ZoneInfo(ZONE))
            if opened_at <= work.now and not (day == today and shop.slug in staff.SHOWN_SHOPS):
                manager = people[f"{shop.slug}.m"]
                store_id = stores[city.code_of(shop)]
                rows.append({"store_id": store_id, "day": day, "opened_at": opened_at, "opened_by": manager})
        day += timedelta(days=1)
    if rows:
        await work.session.execute(insert(BusinessDay), rows)
