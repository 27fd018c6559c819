"""Hand-overs, clock entries and calls for help with the names, goods and pictures that are told with them."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from retail.catalogue.queries import skus_by_id
from retail.day.help import HelpRow
from retail.day.queries import ClockRow, HandOverRow
from retail.day.snapshot import Snapshot
from retail.kernel.content import as_uuid
from retail.photos.models import PhotoAbout
from retail.tasks.checklists import names_of
from schema.catalogue.types import Sku
from schema.day.help import HelpCall
from schema.day.types import ClockEntry, HandOver
from schema.kernel.context import Context
from schema.photos.loading import photos_of


async def told_hand_overs(context: Context, rows: Sequence[HandOverRow]) -> list[HandOver]:
    """Return hand-overs as they are told, in the same order."""
    people = {as_uuid(row.row.given_by) for row in rows}
    people |= {as_uuid(each.person_id) for row in rows for each in row.confirmations}
    async with context.reading() as reading:
        names = await names_of(reading.session, people)
        skus = await told_skus(reading.session, [row.snapshot for row in rows])
    places = [(as_uuid(row.row.store_id), as_uuid(row.row.id)) for row in rows]
    photos = await photos_of(context, PhotoAbout.HAND_OVER, places)
    return [HandOver.of(row, names, skus, photos.get(place, ())) for row, place in zip(rows, places, strict=True)]


async def told_entries(context: Context, rows: Sequence[ClockRow]) -> list[ClockEntry]:
    """Return comings and goings as they are told, in the same order."""
    async with context.reading() as reading:
        names = await names_of(reading.session, {as_uuid(row.entry.person_id) for row in rows})
    return [ClockEntry.of(row, names) for row in rows]


async def told_calls(context: Context, rows: Sequence[HelpRow]) -> list[HelpCall]:
    """Return calls for help as they are told, in the same order."""
    people = {as_uuid(row.call.asked_by) for row in rows}
    people |= {as_uuid(each.answered_by) for row in rows for each in row.answers}
    stores = await context.desk.directory.stores()
    async with context.reading() as reading:
        names = await names_of(reading.session, people)
    places = [(as_uuid(row.call.store_id), as_uuid(row.call.id)) for row in rows]
    photos = await photos_of(context, PhotoAbout.HELP, places)
    told = []
    for row, place in zip(rows, places, strict=True):
        store = stores[place[0]]
        told.append(HelpCall.of(row, names, (store.name, store.name_en), photos.get(place, ())))
    return told


async def told_skus(session: AsyncSession, snapshots: Iterable[Snapshot]) -> Mapping[UUID, Sku]:
    """Return the SKUs that snapshots mention."""
    ids = {each.sku_id for one in snapshots for each in (*one.differences, *one.below_zero, *(one.wasted or ()))}
    return {sku_id: Sku.of(row) for sku_id, row in (await skus_by_id(session, list(ids))).items()}
