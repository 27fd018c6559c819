"""Questions about returns: the sale that something came from, what waits, and the figures."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import require
from retail.catalogue.queries import skus_by_id
from retail.inventory.sales import Proof, hashed_member
from retail.returns import commands, queries, sales
from retail.returns.handling import handlings, speaking
from retail.returns.rules import RULES, YOUNG_DAYS
from schema.catalogue.types import Sku
from schema.kernel.context import Context, Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size
from schema.kernel.scalars import Fen
from schema.returns import inputs
from schema.returns.loading import told_returns
from schema.returns.types import (
    CategoryNeed,
    FoundSale,
    GoodsReturn,
    GoodsReturnConnection,
    GoodsReturnEdge,
    ReturnFigures,
    ReturnPolicy,
    ReturnRule,
    ReturnsOfDay,
)
from schema.stores.loading import known_store

StoreId = Annotated[UUID, strawberry.argument(description="The store.")]
LOOKED_BACK = timedelta(days=60)
AHEAD = timedelta(minutes=5)
"""A device's clock may be so much ahead, and its sale with it."""


@strawberry.type
class ReturnsQuery:
    @strawberry.field(
        description="Sales that something may have come from, the newest first: of any store by what the receipt says "
        "or by member, of one's own by the item. Name exactly one of reference, member and skuId."
    )
    async def sales_to_return(
        self,
        info: Info,
        store_id: StoreId,
        by: Annotated[inputs.SaleSought, strawberry.argument(description="What is known of it.")],
    ) -> list[FoundSale]:
        context = info.context
        await known_store(context, store_id)
        require(context.actor, Permission.RETURN_RECORD, store_id)
        reference, member, sku_id = by.one()
        masters = context.desk.people.vault.masters
        Proof.read(masters, reference, member)
        members = hashed_member(masters, member) if member else ()
        if members:
            await sales.note_member_lookup(context.desk.office, context.actor.id, members)
        now = context.desk.office.clock()
        async with context.desk.office.system() as session:
            if sku_id is not None:
                span = by.since or now - LOOKED_BACK, by.until or now + AHEAD
                found = await sales.find_by_sku(session, store_id=store_id, sku_id=sku_id, span=span)
            elif reference is not None:
                found = await sales.find_by_reference(session, reference)
            else:
                found = await sales.find_by_member(session, members)
            return await _told_sales(context, session, found, store_id)

    @strawberry.field(description="The table that decides where goods go, and what each category needs.")
    async def return_policy(self, info: Info) -> ReturnPolicy:
        async with info.context.reading() as reading:
            needs, own = await handlings(reading.session), await speaking(reading.session)
        return ReturnPolicy(
            rules=[ReturnRule.of(rule) for rule in RULES],
            handlings=[
                CategoryNeed(category_id=id, handling=need, own=id in own) for id, need in sorted(needs.items())
            ],
            young_days=YOUNG_DAYS,
            units_without_proof=commands.UNITS_WITHOUT_PROOF,
            fen_without_proof=Fen(commands.FEN_WITHOUT_PROOF),
            times_without_proof=commands.TIMES_WITHOUT_PROOF,
        )

    @strawberry.field(description="A store's returns, the newest first.")
    async def returns(
        self,
        info: Info,
        store_id: StoreId,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
    ) -> GoodsReturnConnection:
        size, place = page_size(first), key_of(after, datetime, UUID)
        before = None if place is None else (place[0], place[1])
        store = await known_store(info.context, store_id)
        async with info.context.reading() as reading:
            rows = await queries.returns_of(reading, store, size=size, before=before, waiting=False)
        told = await told_returns(info.context, rows[:size])
        edges = [
            GoodsReturnEdge(cursor=cursor_of(row.place), node=node) for row, node in zip(rows[:size], told, strict=True)
        ]
        end = edges[-1].cursor if edges else None
        return GoodsReturnConnection(edges=edges, page_info=PageInfo(has_next_page=len(rows) > size, end_cursor=end))

    @strawberry.field(description="What waits in a store's quarantine to be looked at, the oldest first; at most 200.")
    async def quarantine_lots(self, info: Info, store_id: StoreId) -> list[GoodsReturn]:
        store = await known_store(info.context, store_id)
        async with info.context.reading() as reading:
            rows = await queries.returns_of(reading, store, size=0, before=None, waiting=True)
        return await told_returns(info.context, rows)

    @strawberry.field(description="How a store's day stands with returns.")
    async def returns_of_day(self, info: Info, store_id: StoreId) -> ReturnsOfDay:
        store = await known_store(info.context, store_id)
        async with info.context.reading() as reading:
            return ReturnsOfDay.of(await queries.today(reading, store))

    @strawberry.field(description="What came back in a time, and how long it took until it was on sale again.")
    async def return_figures(
        self,
        info: Info,
        from_: Annotated[datetime, strawberry.argument(name="from", description="Taken back since.")],
        to: Annotated[datetime, strawberry.argument(description="Taken back before.")],
        store_ids: Annotated[
            list[UUID] | None, strawberry.argument(description="Only in these stores; left out, all visible.")
        ] = None,
    ) -> ReturnFigures:
        async with info.context.reading() as reading:
            return ReturnFigures.of(await queries.figures(reading, store_ids, since=from_, until=to))


async def _told_sales(
    context: Context, session: AsyncSession, found: Sequence[sales.FoundSale], here: UUID
) -> list[FoundSale]:
    stores = await context.desk.directory.stores()
    wanted = {line.sku_id for sale in found for line in sale.lines}
    skus = {id: Sku.of(row) for id, row in (await skus_by_id(session, list(wanted))).items()}
    return [FoundSale.of(sale, stores[sale.store_id], skus, here=sale.store_id == here) for sale in found]
