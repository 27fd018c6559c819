"""Coming and going, handing over and taking over, asking for help and answering."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.day.attendance import ClockDirection
from retail.day.commands import Recorded, clock, confirm_hand_over, hand_over
from retail.day.help import answer_help, ask_for_help, help_call
from retail.day.queries import clock_entry, hand_over_by_id, runs_alone
from retail.kernel.refusal import NotFound as NotFoundRefusal
from retail.stores.directory import StoreEntry
from schema.day import inputs
from schema.day.help import HelpCall
from schema.day.loading import told_calls, told_entries, told_hand_overs
from schema.day.results import (
    AnswerHelpResult,
    AnswerHelpSuccess,
    AskForHelpResult,
    AskForHelpSuccess,
    ClockInResult,
    ClockInSuccess,
    ClockOutResult,
    ClockOutSuccess,
    ConfirmHandOverResult,
    ConfirmHandOverSuccess,
    HandOverResult,
    HandOverSuccess,
)
from schema.day.types import ClockEntry, HandOver
from schema.kernel.context import Info
from schema.stores.loading import known_store
from schema.tasks.loading import make_due


@strawberry.type
class DayMutation:
    @strawberry.mutation(
        description="Come to work. Wherever and whenever it was, it is recorded, and flagged if need be."
    )
    async def clock_in(
        self, info: Info, input: Annotated[inputs.ClockInInput, strawberry.argument(description="When and where.")]
    ) -> ClockInResult:
        return ClockInSuccess(entry=await _clock(info, input, ClockDirection.IN))

    @strawberry.mutation(description="Go home. Wherever and whenever it was, it is recorded, and flagged if need be.")
    async def clock_out(
        self, info: Info, input: Annotated[inputs.ClockOutInput, strawberry.argument(description="When and where.")]
    ) -> ClockOutResult:
        return ClockOutSuccess(entry=await _clock(info, input, ClockDirection.OUT))

    @strawberry.mutation(
        description="Hand the store to the next shift, with the day's figures as they are. Refused while something "
        "that must be done is neither done nor explained; one that was pressed more than ten minutes ago is kept "
        "anyway, and what was not explained becomes a task."
    )
    async def hand_over(
        self,
        info: Info,
        input: Annotated[inputs.HandOverInput, strawberry.argument(description="What is handed over.")],
    ) -> HandOverResult:
        new, store = input.domain(), await known_store(info.context, input.store_id)
        await make_due(info.context, store)
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="handOver",
            content=(input.store_id, new),
            answer=Recorded,
            run=lambda work: hand_over(work, new, store=store),
        )
        return HandOverSuccess(hand_over=await _hand_over(info, store, done.id))

    @strawberry.mutation(
        description="Take a hand-over on. Nobody takes over from themselves, unless they manage the store and work "
        "there alone. What is disputed becomes a task."
    )
    async def confirm_hand_over(
        self, info: Info, input: Annotated[inputs.ConfirmHandOverInput, strawberry.argument(description="Which.")]
    ) -> ConfirmHandOverResult:
        new, store = input.domain(), await known_store(info.context, input.store_id)
        office, actor = info.context.desk.office, info.context.actor
        async with office.system() as session:
            alone = await runs_alone(session, store, actor.id, office.clock())
        await office.once(
            actor,
            request_id=input.request_id,
            operation="confirmHandOver",
            content=(input.store_id, new),
            answer=Recorded,
            run=lambda work: confirm_hand_over(work, new, store=store, runs_alone=alone),
        )
        return ConfirmHandOverSuccess(hand_over=await _hand_over(info, store, new.hand_over_id))

    @strawberry.mutation(description="Ask headquarters for help, with where one is in the app.")
    async def ask_for_help(
        self, info: Info, input: Annotated[inputs.AskForHelpInput, strawberry.argument(description="What about.")]
    ) -> AskForHelpResult:
        new, store = input.domain(), await known_store(info.context, input.store_id)
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="askForHelp",
            content=(input.store_id, new),
            answer=Recorded,
            run=lambda work: ask_for_help(work, new, store=store),
        )
        return AskForHelpSuccess(call=await _call(info, store, done.id))

    @strawberry.mutation(description="Answer a call for help, close it, or both.")
    async def answer_help(
        self, info: Info, input: Annotated[inputs.AnswerHelpInput, strawberry.argument(description="Which, and what.")]
    ) -> AnswerHelpResult:
        store = await known_store(info.context, input.store_id)
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="answerHelp",
            content=(input.store_id, input.help_id, input.words, input.close),
            answer=Recorded,
            run=lambda work: answer_help(
                work, store=store, help_id=input.help_id, words=input.words, close=input.close
            ),
        )
        return AnswerHelpSuccess(call=await _call(info, store, done.id))


async def _clock(info: Info, input: inputs.ClockInput, direction: ClockDirection) -> ClockEntry:
    origin, store = input.origin.domain(), await known_store(info.context, input.store_id)
    done = await info.context.desk.office.once(
        info.context.actor,
        request_id=input.request_id,
        operation=f"clock{direction.title()}",
        content=(input.store_id, input.id, origin),
        answer=Recorded,
        run=lambda work: clock(work, store=store, id=input.id, direction=direction, origin=origin),
    )
    async with info.context.reading() as reading:
        row = await clock_entry(reading.session, store, done.id)
    return (await told_entries(info.context, [row]))[0]


async def _hand_over(info: Info, store: StoreEntry, id: UUID) -> HandOver:
    async with info.context.reading() as reading:
        row = await hand_over_by_id(reading.session, store, id)
    if row is None:
        raise NotFoundRefusal("handOverId", "hand-over", "交接")
    return (await told_hand_overs(info.context, [row]))[0]


async def _call(info: Info, store: StoreEntry, id: UUID) -> HelpCall:
    async with info.context.reading() as reading:
        row = await help_call(reading.session, store, id)
    return (await told_calls(info.context, [row]))[0]
