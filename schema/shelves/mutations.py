"""Arranging shelves and saying how scales write codes: each resolver calls one command and shows the result."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import strawberry

from retail.access.work import Work
from retail.catalogue.patterns import set_in_store_patterns
from retail.shelves import commands
from retail.shelves.commands import ShelvesChanged
from retail.shelves.queries import shelves_named
from retail.shelves.unknown import require_resolving
from retail.stocktakes.resolving import CodeReopened, CodeResolved, reopen_code, resolve_code
from retail.stocktakes.tags import TagsRecorded, record_tag_reads, understand
from schema.kernel.context import Info
from schema.shelves import inputs
from schema.shelves.results import (
    AddShelvesResult,
    AddShelvesSuccess,
    ChangeShelfResult,
    ChangeShelfSuccess,
    RecordTagReadsResult,
    RecordTagReadsSuccess,
    ReopenCodeResult,
    ReopenCodeSuccess,
    ResolveCodeResult,
    ResolveCodeSuccess,
    RetireShelfResult,
    RetireShelfSuccess,
    SetInStorePatternsResult,
    SetInStorePatternsSuccess,
)
from schema.shelves.types import InStorePattern, Shelf


@strawberry.type
class ShelvesMutation:
    @strawberry.mutation(description="Add shelves to a zone of a store, each with a QR code of its own to print.")
    async def add_shelves(
        self, info: Info, input: Annotated[inputs.AddShelvesInput, strawberry.argument(description="The shelves.")]
    ) -> AddShelvesResult:
        made = await _arrange(
            info,
            input.request_id,
            "addShelves",
            (input.store_id, input.zone, input.codes, input.name),
            lambda work: commands.add_shelves(
                work, store_id=input.store_id, zone=input.zone, codes=input.codes, name=input.name
            ),
        )
        return AddShelvesSuccess(shelves=made)

    @strawberry.mutation(description="Change a shelf; its printed QR code stays good.")
    async def change_shelf(
        self, info: Info, input: Annotated[inputs.ChangeShelfInput, strawberry.argument(description="The change.")]
    ) -> ChangeShelfResult:
        change = input.domain()
        changed = await _arrange(
            info,
            input.request_id,
            "changeShelf",
            (input.shelf_id, change),
            lambda work: commands.change_shelf(work, shelf_id=input.shelf_id, change=change),
        )
        return ChangeShelfSuccess(shelf=changed[0])

    @strawberry.mutation(description="Take a shelf out of use; its code is free again, its QR code opens nothing.")
    async def retire_shelf(
        self, info: Info, input: Annotated[inputs.RetireShelfInput, strawberry.argument(description="Which.")]
    ) -> RetireShelfResult:
        retired = await _arrange(
            info,
            input.request_id,
            "retireShelf",
            input.shelf_id,
            lambda work: commands.retire_shelf(work, shelf_id=input.shelf_id),
        )
        return RetireShelfSuccess(shelf=retired[0])

    @strawberry.mutation(description="Say how the chain's scales write codes: all patterns at once, for every store.")
    async def set_in_store_patterns(
        self,
        info: Info,
        input: Annotated[inputs.SetInStorePatternsInput, strawberry.argument(description="All patterns.")],
    ) -> SetInStorePatternsResult:
        require_resolving(info.context.actor)
        patterns = [each.domain() for each in input.patterns]
        expected = None if input.expected is None else [each.domain() for each in input.expected]
        await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="setInStorePatterns",
            content=(patterns, expected),
            answer=int,
            run=lambda work: set_in_store_patterns(work, patterns, expected=expected),
            as_system=True,
        )
        return SetInStorePatternsSuccess(patterns=[InStorePattern.of(each) for each in patterns])

    @strawberry.mutation(
        description="Say what a code is that nobody knew: its finds become counts, for the time of their scan. "
        "A GTIN goes into the catalogue; other text was a misreading and is not learnt."
    )
    async def resolve_code(
        self, info: Info, input: Annotated[inputs.ResolveCodeInput, strawberry.argument(description="The code.")]
    ) -> ResolveCodeResult:
        said = input.domain()
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="resolveCode",
            content=said,
            answer=CodeResolved,
            run=lambda work: resolve_code(work, said),
            as_system=True,
        )
        return ResolveCodeSuccess(code=said.code, settled=done.settled, counted=done.counted)

    @strawberry.mutation(description="Take back what was said last of a code: it waits to be named again.")
    async def reopen_code(
        self, info: Info, input: Annotated[inputs.ReopenCodeInput, strawberry.argument(description="The code.")]
    ) -> ReopenCodeResult:
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="reopenCode",
            content=input.code,
            answer=CodeReopened,
            run=lambda work: reopen_code(work, input.code),
            as_system=True,
        )
        return ReopenCodeSuccess(code=input.code, reopened=done.reopened, posted=done.posted)

    @strawberry.mutation(
        description="Take in what an RFID reader has read: in one stocktake each tag counts once, ever. A fact."
    )
    async def record_tag_reads(
        self, info: Info, input: Annotated[inputs.RecordTagReadsInput, strawberry.argument(description="The reads.")]
    ) -> RecordTagReadsResult:
        desk = info.context.desk
        asked = input.domain()
        reads = understand(asked)
        items = await desk.lookup.find(reads.gtins, store_id=input.store_id)
        done = await desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="recordTagReads",
            content=(input.store_id, input.stocktake_id, input.shelf_id, input.reader_id, asked),
            answer=TagsRecorded,
            run=lambda work: record_tag_reads(
                work,
                store_id=input.store_id,
                stocktake_id=input.stocktake_id,
                shelf_id=input.shelf_id,
                reader_id=input.reader_id,
                reads=reads,
                items=items,
            ),
        )
        return RecordTagReadsSuccess.of(done)


async def _arrange(
    info: Info, request_id: UUID, operation: str, content: Any, change: Callable[[Work], Awaitable[ShelvesChanged]]
) -> list[Shelf]:
    """Carry a change out once; return the shelves that it was about as they are now, in its order."""
    done = await info.context.desk.office.once(
        info.context.actor,
        request_id=request_id,
        operation=operation,
        content=content,
        answer=ShelvesChanged,
        run=change,
    )
    async with info.context.reading() as reading:
        rows = {row.id: row for row in await shelves_named(reading, done.store_id, done.shelf_ids)}
    return [Shelf.of(rows[shelf_id]) for shelf_id in done.shelf_ids]
