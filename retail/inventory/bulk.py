"""Movements in bulk: up to a thousand events of tills, ERPs and channels in one call.

Each event is known by its own id: sent again, in any call, it is not written again. Good events
are kept and bad ones named, unless the caller asks for all or nothing.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor, ActorKind
from retail.access.permissions import Permission
from retail.access.work import Work
from retail.inventory import ledger
from retail.inventory.desk import Desk
from retail.inventory.events import NewBatch, NewEvent, World, guard_batch, items_of, read_event
from retail.inventory.intake import problem
from retail.inventory.ledger import Entry, Posted, Request
from retail.inventory.models import Movement, MovementKind
from retail.kernel.content import as_uuid, content_hash
from retail.kernel.refusal import InvalidInput, Problem, RequestIdConflict

Undo = Callable[[Work, Sequence[Entry]], Awaitable[Sequence[Entry | Problem]]]
"""Says of customers' returns by a person which of them undo a sale, and with what money; see `returns.undoing`."""

_NOTHING = Posted((), (), (), (), (), ())


class OutcomeStatus(StrEnum):
    """What became of one event."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(slots=True)  # not frozen, as `NewEvent`
class Outcome:
    """What became of one event, what was on hand afterwards, and what was wrong with it."""

    event_id: UUID
    status: OutcomeStatus
    on_hand: int | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The events of a batch by their places: what is to be written, and what is wrong with the others."""

    entries: dict[int, Entry] = field(default_factory=dict)
    refused: dict[int, list[Problem]] = field(default_factory=dict)


async def record_movements(desk: Desk, actor: Actor, *, request_id: UUID, batch: NewBatch, undo: Undo) -> list[Outcome]:
    """Take events into the books; the outcome of each, in their order.

    What a customer brings back to a person has its own act, with a photo: here it passes only as far as `undo` lets it.
    Raises `InvalidInput` for a batch that is empty, too long or names an event twice, and in
    all-or-nothing mode for any bad event.
    """
    guard_batch(batch)
    world = World(actor, desk.office.clock(), await desk.directory.stores(), await desk.directory.by_code())
    world.items.extend(await items_of(desk, batch.events, world))
    events = _Sorted()
    for n, event in enumerate(batch.events):
        read = read_event(event, n, batch, world)
        if isinstance(read, list):
            events.refused[n] = read
        else:
            events.entries[n] = read

    # As the system: what an actor recorded itself it is told also where it sees nothing any more.
    async with desk.office.system() as session:
        repeated = await _forgive_repeated(session, actor, batch, events)
    _refuse_all(batch, events)
    request = Request(request_id, actor.id, "recordMovements", content_hash(batch), "{}")
    if any(_is_persons_return(actor, entry) for entry in events.entries.values()):
        async with desk.office.work(actor) as work:
            await _leave_what_undoes_no_sale(work, batch, events, undo)
            done = await _post(work, request, events, all_or_nothing=batch.all_or_nothing)
    else:
        done = await _write(desk, actor, request, list(events.entries.values()), all_or_nothing=batch.all_or_nothing)
    return _outcomes(batch, list(events.entries), events.refused, repeated, done)


async def _forgive_repeated(session: AsyncSession, actor: Actor, batch: NewBatch, events: _Sorted) -> dict[UUID, int]:
    """Take what is in the books already from what is refused; return it, with what was on hand after it."""
    repeated = await _recorded_before(session, actor, [batch.events[n] for n in events.refused])
    for n in [n for n in events.refused if batch.events[n].event_id in repeated]:
        del events.refused[n]
    return repeated


async def _recorded_before(session: AsyncSession, actor: Actor, events: Sequence[NewEvent]) -> dict[UUID, int]:
    """Return which events are in the books already, and what was on hand after them.

    They were good when they came; what would refuse them now makes no difference.
    """
    if not events:
        return {}
    hashes = {event.event_id: content_hash(event) for event in events}
    rows = await session.execute(
        select(Movement.movement_id, Movement.content_hash, Movement.balance).where(
            Movement.movement_id.in_(hashes), Movement.actor_id == actor.id
        )
    )
    return {as_uuid(id): balance for id, hashed, balance in rows if hashed == hashes[as_uuid(id)]}


async def _write(
    desk: Desk, actor: Actor, request: Request, entries: Sequence[Entry], *, all_or_nothing: bool
) -> Posted:
    if not entries:
        return _NOTHING
    if all_or_nothing:
        return await _post_all(desk, actor, request, entries)
    done = await desk.counter.post(request, entries)
    if done.request_known[0] and not done.request_same[0]:
        raise RequestIdConflict
    return done


def _is_persons_return(actor: Actor, entry: Entry) -> bool:
    """Say whether somebody at a counter took goods back; tills and channels report what their scopes let them."""
    if entry.kind != MovementKind.CUSTOMER_RETURN or actor.kind is ActorKind.CHANNEL:
        return False
    return not actor.may(Permission.MOVEMENT_RECORD, entry.store_id)


async def _leave_what_undoes_no_sale(work: Work, batch: NewBatch, events: _Sorted, undo: Undo) -> None:
    """Hold the sales that a person undoes, and refuse what undoes none; what did so before undoes nothing more."""
    assert work.actor is not None  # noqa: S101 -- for the type checker: a batch is somebody's
    places = [n for n, entry in events.entries.items() if _is_persons_return(work.actor, entry)]
    answers = await undo(work, [events.entries[n] for n in places])
    # Looked up only now that the sales are held: who sends the same at once has written it, or will find it written.
    before = await _recorded_before(work.session, work.actor, [batch.events[n] for n in places])
    if before:
        places = [n for n in places if batch.events[n].event_id not in before]
        answers = await undo(work, [events.entries[n] for n in places])
    for n, answer in zip(places, answers, strict=True):
        if isinstance(answer, Problem):
            del events.entries[n]
            events.refused[n] = [replace(answer, path=f"events[{n}].{answer.path}")]
        else:
            events.entries[n] = answer
    _refuse_all(batch, events)


async def _post(work: Work, request: Request, events: _Sorted, *, all_or_nothing: bool) -> Posted:
    if not events.entries:
        return _NOTHING
    done = await ledger.post(work, list(events.entries.values()), request)
    if done.request_known[0] and not done.request_same[0]:
        raise RequestIdConflict
    if all_or_nothing:
        _refuse_twisted(done)
    return done


def _refuse_all(batch: NewBatch, events: _Sorted) -> None:
    if batch.all_or_nothing and events.refused:
        raise InvalidInput([each for problems in events.refused.values() for each in problems])


async def _post_all(desk: Desk, actor: Actor, request: Request, entries: Sequence[Entry]) -> Posted:
    async with desk.office.work(actor) as work:
        done = await ledger.post(work, entries, request)
        _refuse_twisted(done)
    return done


def _refuse_twisted(done: Posted) -> None:
    if done.request_known[0] and not done.request_same[0]:
        raise RequestIdConflict
    twisted = [
        _other_content(n)
        for n, (known, same) in enumerate(zip(done.line_known, done.line_same, strict=True))
        if known and not same
    ]
    if twisted:
        raise InvalidInput(twisted)


def _other_content(n: int) -> Problem:
    text = ("This eventId was recorded before with other content.", "这个 eventId 已用于其他内容。")
    return problem(f"events[{n}].eventId", "EVENT_ID_CONFLICT", *text)


def _outcomes(
    batch: NewBatch,
    places: Sequence[int],
    refused: Mapping[int, list[Problem]],
    repeated: Mapping[UUID, int],
    done: Posted,
) -> list[Outcome]:
    outcomes: list[Outcome | None] = [
        Outcome(event.event_id, OutcomeStatus.REPEATED, repeated[event.event_id])
        if event.event_id in repeated
        else None
        for event in batch.events
    ]
    for n, problems in refused.items():
        outcomes[n] = Outcome(batch.events[n].event_id, OutcomeStatus.REFUSED, None, problems)
    for n, known, same, balance in zip(places, done.line_known, done.line_same, done.balances, strict=True):
        event_id = batch.events[n].event_id
        if known and not same:
            outcomes[n] = Outcome(event_id, OutcomeStatus.REFUSED, None, [_other_content(n)])
        else:
            status = OutcomeStatus.REPEATED if known else OutcomeStatus.RECORDED
            outcomes[n] = Outcome(event_id, status, balance)
    return [outcome for outcome in outcomes if outcome is not None]
