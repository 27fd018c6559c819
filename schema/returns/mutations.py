"""Taking goods back, looking at them, and saying what goods need.

The sale is looked up before the transaction, as the system: it may be another store's. Whatever is refused is refused
only after the request has claimed its id.
"""

from typing import Annotated

import strawberry

from retail.access.work import Work
from retail.catalogue.lookup import Item
from retail.inventory.intake import names_of, read_lines
from retail.returns import commands
from retail.returns.commands import Proved, ReturnRecorded, best_line
from retail.returns.handling import HandlingSet, set_handling
from retail.returns.inspection import LotInspected, inspect_lot
from retail.returns.queries import needed_elsewhere
from retail.returns.sales import find_by_reference, is_reference
from schema.kernel.context import Context, Info
from schema.returns import inputs
from schema.returns.loading import told_return
from schema.returns.results import (
    CancelReturnResult,
    CancelReturnSuccess,
    InspectLotResult,
    InspectLotSuccess,
    RecordReturnResult,
    RecordReturnSuccess,
    SetHandlingResult,
    SetHandlingSuccess,
)
from schema.returns.types import NeedyShelf


@strawberry.type
class ReturnsMutation:
    @strawberry.mutation(
        description="Take goods back in any store of the chain: never more than was bought, never without a picture."
    )
    async def record_return(
        self, info: Info, input: Annotated[inputs.RecordReturnInput, strawberry.argument(description="The return.")]
    ) -> RecordReturnResult:
        desk, new, line = info.context.desk, input.domain(), input.line()
        items = await desk.lookup.find(names_of([line]), store_id=input.store_id)
        item = None if line.name is None else items.get(line.name)
        proved = await _proved(info.context, input, item)

        async def take(work: Work) -> ReturnRecorded:
            counted = read_lines([line], items, commands.return_problems(new))[0]
            return await commands.record_return(work, new, counted, proved)

        done = await desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="recordReturn",
            content=(new, line, input.sale_line_id, input.sale_reference),
            answer=ReturnRecorded,
            run=take,
        )
        row, told = await told_return(info.context, done.store_id, done.return_id)
        async with desk.office.system() as session:
            shelf = await needed_elsewhere(session, await desk.directory.stores(), row.row)
        return RecordReturnSuccess(returned=told, needed_at=NeedyShelf.of(shelf))

    @strawberry.mutation(description="Take a return back that was a mistake; not after somebody has looked at the lot.")
    async def cancel_return(
        self, info: Info, input: Annotated[inputs.CancelReturnInput, strawberry.argument(description="Which.")]
    ) -> CancelReturnResult:
        origin = input.origin.domain()
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="cancelReturn",
            content=(input.store_id, input.return_id, origin),
            answer=ReturnRecorded,
            run=lambda work: commands.cancel_return(
                work, store_id=input.store_id, return_id=input.return_id, origin=origin
            ),
        )
        _, told = await told_return(info.context, done.store_id, done.return_id)
        return CancelReturnSuccess(returned=told)

    @strawberry.mutation(description="Decide about a lot in quarantine: what passes is on sale again.")
    async def inspect_lot(
        self, info: Info, input: Annotated[inputs.InspectLotInput, strawberry.argument(description="The verdict.")]
    ) -> InspectLotResult:
        origin, verdict = input.origin.domain(), input.verdict()
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="inspectLot",
            content=(input.store_id, input.return_id, origin, verdict),
            answer=LotInspected,
            run=lambda work: inspect_lot(
                work, store_id=input.store_id, return_id=input.return_id, origin=origin, verdict=verdict
            ),
        )
        _, told = await told_return(info.context, done.store_id, done.return_id)
        return InspectLotSuccess(returned=told)

    @strawberry.mutation(description="Say what the goods of a category need so that they can be sold again.")
    async def set_handling(
        self, info: Info, input: Annotated[inputs.SetHandlingInput, strawberry.argument(description="Which, and what.")]
    ) -> SetHandlingResult:
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="setHandling",
            content=(input.category_id, input.handling),
            answer=HandlingSet,
            run=lambda work: set_handling(work, category_id=input.category_id, handling=input.handling),
            as_system=True,
        )
        return SetHandlingSuccess(category_id=done.category_id)


async def _proved(context: Context, input: inputs.RecordReturnInput, item: Item | None) -> Proved:
    """Return the line of a sale that the proof leads to; the newest with enough left of what was brought."""
    if input.sale_line_id is not None or input.sale_reference is None:
        return Proved(input.sale_line_id is not None, input.sale_line_id)
    if item is None or not is_reference(input.sale_reference):
        return Proved(shown=True, line_id=None)
    async with context.desk.office.system() as session:
        found = await find_by_reference(session, input.sale_reference)
    candidates = [
        (line.line_id, sale.store_id, line.left) for sale in found for line in sale.lines if line.sku_id == item.sku_id
    ]
    return Proved(shown=True, line_id=best_line(candidates, input.store_id, input.quantity * item.pack_units))
