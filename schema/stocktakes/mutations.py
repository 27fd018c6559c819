"""Counting: each resolver calls one command and shows the result."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import strawberry

from retail.access.work import Work
from retail.inventory.intake import LINES_AT_MOST
from retail.stocktakes import closing, deciding, recording, starting
from retail.stocktakes.policy import CountPolicy as DomainPolicy
from retail.stocktakes.queries import store_of
from schema.kernel.context import Info
from schema.stocktakes import inputs
from schema.stocktakes.figures import CountPolicy
from schema.stocktakes.results import (
    AskRecountResult,
    AskRecountSuccess,
    CancelStocktakeResult,
    CancelStocktakeSuccess,
    ConfirmStocktakeResult,
    ConfirmStocktakeSuccess,
    CountLineOutcome,
    RecordCountsResult,
    RecordCountsSuccess,
    RecountRound,
    SetCountPolicyResult,
    SetCountPolicySuccess,
    SettleCountResult,
    SettleCountSuccess,
    StartStocktakeResult,
    StartStocktakeSuccess,
)

A = TypeVar("A")


@strawberry.type
class StocktakesMutation:
    @strawberry.mutation(description="Begin to count.")
    async def start_stocktake(
        self, info: Info, input: Annotated[inputs.StartStocktakeInput, strawberry.argument(description="What.")]
    ) -> StartStocktakeResult:
        new = input.domain()
        done = await _once(
            info,
            input,
            "startStocktake",
            new,
            starting.StocktakeChanged,
            lambda work: starting.start_stocktake(work, new),
        )
        return StartStocktakeSuccess(stocktake_id=done.stocktake_id, version=done.version)

    @strawberry.mutation(
        description="Take in what was counted, each line exactly once by its id. Facts: never refused for coming late."
    )
    async def record_counts(
        self, info: Info, input: Annotated[inputs.RecordCountsInput, strawberry.argument(description="The lines.")]
    ) -> RecordCountsResult:
        lines = [line.domain() for line in input.lines]
        photos = {line.id: line.photo.read() for line in input.lines if line.photo is not None}
        async with info.context.reading() as reading:
            store_id = await store_of(reading, input.stocktake_id)  # whose prices a scale's labels are read by
        names = recording.names_of(lines[:LINES_AT_MOST])
        items = await info.context.desk.lookup.find(names, store_id=store_id)
        done = await _once(
            info,
            input,
            "recordCounts",
            # Without pictures the content is what it was before there were any, and so is its hash.
            (input.stocktake_id, lines, list(photos.values())) if photos else (input.stocktake_id, lines),
            recording.CountsRecorded,
            lambda work: recording.record_counts(
                work, stocktake_id=input.stocktake_id, lines=lines, items=items, photos=photos, sent_at=input.sent_at
            ),
        )
        return RecordCountsSuccess(
            stocktake_id=done.stocktake_id,
            version=done.version,
            outcomes=[CountLineOutcome.of(each) for each in done.outcomes],
        )

    @strawberry.mutation(description="Ask for another count.")
    async def ask_recount(
        self, info: Info, input: Annotated[inputs.AskRecountInput, strawberry.argument(description="Of what.")]
    ) -> AskRecountResult:
        done = await _once(
            info,
            input,
            "askRecount",
            (input.stocktake_id, input.sku_ids),
            deciding.RecountAsked,
            lambda work: deciding.ask_recount(work, stocktake_id=input.stocktake_id, sku_ids=input.sku_ids),
        )
        rounds = [RecountRound(sku_id=each.sku_id, round=each.round) for each in done.recounts]
        return AskRecountSuccess(stocktake_id=done.stocktake_id, version=done.version, rounds=rounds)

    @strawberry.mutation(description="Say something of a count: that it is right, why it differs.")
    async def settle_count(
        self, info: Info, input: Annotated[inputs.SettleCountInput, strawberry.argument(description="What.")]
    ) -> SettleCountResult:
        said = deciding.Settlement(input.sku_id, input.decision, input.reason, input.note)
        done = await _once(
            info,
            input,
            "settleCount",
            (input.stocktake_id, said),
            starting.StocktakeChanged,
            lambda work: deciding.settle_count(work, stocktake_id=input.stocktake_id, settlement=said),
        )
        return SettleCountSuccess(stocktake_id=done.stocktake_id, version=done.version)

    @strawberry.mutation(description="Close a stocktake: what is ready is posted, all at once.")
    async def confirm_stocktake(
        self, info: Info, input: Annotated[inputs.ConfirmStocktakeInput, strawberry.argument(description="Which.")]
    ) -> ConfirmStocktakeResult:
        done = await _once(
            info,
            input,
            "confirmStocktake",
            (input.stocktake_id, input.not_seen, input.partial),
            closing.StocktakeConfirmed,
            lambda work: closing.confirm_stocktake(
                work, stocktake_id=input.stocktake_id, not_seen=input.not_seen, partial=input.partial
            ),
        )
        return ConfirmStocktakeSuccess(
            stocktake_id=done.stocktake_id,
            version=done.version,
            posted=done.posted,
            changed=done.changed,
            left_out=done.left_out,
        )

    @strawberry.mutation(description="End a stocktake without posting.")
    async def cancel_stocktake(
        self, info: Info, input: Annotated[inputs.CancelStocktakeInput, strawberry.argument(description="Which.")]
    ) -> CancelStocktakeResult:
        done = await _once(
            info,
            input,
            "cancelStocktake",
            input.stocktake_id,
            starting.StocktakeChanged,
            lambda work: closing.cancel_stocktake(work, stocktake_id=input.stocktake_id),
        )
        return CancelStocktakeSuccess(stocktake_id=done.stocktake_id, version=done.version)

    @strawberry.mutation(description="Set from when on a count is checked, for the whole chain.")
    async def set_count_policy(
        self, info: Info, input: Annotated[inputs.SetCountPolicyInput, strawberry.argument(description="From when.")]
    ) -> SetCountPolicyResult:
        policy = input.domain()
        done = await _once(
            info,
            input,
            "setCountPolicy",
            policy,
            DomainPolicy,
            lambda work: starting.set_policy(work, policy),
            as_system=True,
        )
        return SetCountPolicySuccess(policy=CountPolicy.of(done))


async def _once(
    info: Info,
    input: Any,
    operation: str,
    content: Any,
    answer: type[A],
    run: Callable[[Work], Awaitable[A]],
    *,
    as_system: bool = False,
) -> A:
    """Carry an act out exactly once by its requestId."""
    return await info.context.desk.office.once(
        info.context.actor,
        request_id=input.request_id,
        operation=operation,
        content=content,
        answer=answer,
        run=run,
        as_system=as_system,
    )
