"""Coming and going, handing over and taking over.

What happened in the shop is a fact. A hand-over with something open that must be done is refused while the shift is
still there to explain it; one that was pressed earlier and arrives late (a phone without network) is kept as it is,
and what was not explained becomes a task: nobody is there any more to be asked. That it was earlier is the phone's
word; who has been heard of since is asked all the same.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit import log
from retail.audit.acts import Act
from retail.day.attendance import TOLD_AT_ONCE, ClockDirection, ClockPlace, place_of
from retail.day.errors import LeftOpen, MustDoOpen, OwnHandOver
from retail.day.models import ClockEntry, HandOver, HandOverConfirmation
from retail.day.receipt import was_heard_since
from retail.day.snapshot import Snapshot, gather, must_be_done, snapshot_as_json
from retail.inventory.intake import Origin, origin_problems, problem, text_problems
from retail.kernel.clock import believable
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, Problem
from retail.photos.commands import announce
from retail.photos.models import PhotoAbout
from retail.photos.rules import NewPhoto
from retail.stores.directory import StoreEntry
from retail.stores.places import metres_from
from retail.tasks.acts import ComplianceAct
from retail.tasks.compliance import count_acts
from retail.tasks.stored import dispute, store_tasks, unexplained

NOTE_AT_MOST = 1000
REASONS_AT_MOST = 200
DISPUTES_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a task that must be done was not."""

    task_id: UUID
    words: str


@dataclass(frozen=True, slots=True)
class NewHandOver:
    """A hand-over as the phone tells it."""

    id: UUID
    origin: Origin
    ends_day: bool
    note: str | None
    reasons: tuple[Reason, ...]
    photos: tuple[NewPhoto, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """Something that the next shift found otherwise."""

    id: UUID
    words: str


@dataclass(frozen=True, slots=True)
class NewConfirmation:
    """Taking over, as the phone tells it."""

    id: UUID
    hand_over_id: UUID
    origin: Origin
    disputes: tuple[Dispute, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer of each of these acts: the id that the phone gave it."""

    id: UUID


async def clock(work: Work, *, store: StoreEntry, id: UUID, direction: ClockDirection, origin: Origin) -> Recorded:
    """Record that the actor comes or goes, wherever they are and whenever it is told."""
    work.require(Permission.DAY_WORK, store.id)
    if problems := origin_problems(origin):
        raise InvalidInput(problems)
    occurred_at, clock_error = believable(origin.occurred_at, work.now)
    metres = metres_from(store, origin.latitude, origin.longitude)
    place = place_of(metres, store.radius_metres)
    written = await work.session.scalar(
        insert(ClockEntry)
        .values(
            store_id=store.id,
            id=id,
            person_id=work.actor_id,
            direction=direction,
            day=store.day_at(occurred_at),
            occurred_at=occurred_at,
            recorded_at=work.now,
            clock_error_seconds=clock_error,
            device=origin.device,
            latitude=origin.latitude,
            longitude=origin.longitude,
            place=place,
            distance_metres=metres,
        )
        .on_conflict_do_nothing()
        .returning(ClockEntry.id)
    )
    _require_new(written)
    if direction is ClockDirection.IN and place is ClockPlace.INSIDE:
        await _count(work, store, ComplianceAct.CLOCKED_IN_AT_STORE, id, occurred_at)
    await _log(work, store, "clock.in" if direction is ClockDirection.IN else "clock.out", entry=id)
    return Recorded(id)


async def hand_over(work: Work, new: NewHandOver, *, store: StoreEntry) -> Recorded:
    """Hand the store to the next shift, with the figures of its day as they are now."""
    work.require(Permission.DAY_WORK, store.id)
    if problems := _hand_over_problems(new):
        raise InvalidInput(problems)
    occurred_at, clock_error = believable(new.origin.occurred_at, work.now)
    reasons = {reason.task_id: reason.words.strip() for reason in new.reasons}
    snapshot = await gather(work.session, store, occurred_at, work.now, reasons)
    silent = must_be_done(snapshot.tasks, occurred_at, ends_day=new.ends_day, reasons=reasons)
    if silent and await _can_be_asked(work, store, occurred_at):
        raise MustDoOpen([LeftOpen(task.id, task.title, task.title_en, task.due_at) for task in silent])
    await _keep_hand_over(work, new, store, occurred_at, clock_error, snapshot)
    await announce(work, store_id=store.id, about=(PhotoAbout.HAND_OVER, new.id), photos=new.photos)
    await store_tasks(
        work, [unexplained(work, store, uuid5(new.id, str(task.id)), task.title, task.title_en) for task in silent]
    )
    if not silent and not reasons:
        await _count(work, store, ComplianceAct.HANDED_OVER_IN_FULL, new.id, occurred_at)
    await _log(work, store, "day.handed_over", hand_over=new.id, unexplained=len(silent))
    return Recorded(new.id)


async def confirm_hand_over(work: Work, new: NewConfirmation, *, store: StoreEntry, runs_alone: bool) -> Recorded:
    """Take a hand-over on; what is disputed becomes a task. `runs_alone`: nobody else works in the actor's store."""
    work.require(Permission.DAY_WORK, store.id)
    if problems := _confirmation_problems(new):
        raise InvalidInput(problems)
    given_by = await work.session.scalar(
        select(HandOver.given_by).where(HandOver.store_id == store.id, HandOver.id == new.hand_over_id)
    )
    if given_by is None:
        raise NotFound("handOverId", "hand-over", "交接")
    if as_uuid(given_by) == work.actor_id and not runs_alone:
        raise OwnHandOver
    occurred_at, clock_error = believable(new.origin.occurred_at, work.now)
    written = await work.session.scalar(
        insert(HandOverConfirmation)
        .values(
            store_id=store.id,
            id=new.id,
            hand_over_id=new.hand_over_id,
            person_id=work.actor_id,
            occurred_at=occurred_at,
            recorded_at=work.now,
            clock_error_seconds=clock_error,
            disputes=[
                {"id": str(each.id), "words": each.words, "task_id": str(_task_id(new, each))} for each in new.disputes
            ],
        )
        .on_conflict_do_nothing()
        .returning(HandOverConfirmation.id)
    )
    _require_new(written)
    await store_tasks(work, [dispute(work, store, _task_id(new, each), each.words) for each in new.disputes])
    await _log(work, store, "day.taken_over", hand_over=new.hand_over_id, disputes=len(new.disputes))
    return Recorded(new.id)


async def _can_be_asked(work: Work, store: StoreEntry, pressed_at: datetime) -> bool:
    """Say whether whoever hands over is there still: told at once, or heard of since by the server's own receipts."""
    return work.now - pressed_at <= TOLD_AT_ONCE or await was_heard_since(
        work.session, store_id=store.id, person_id=work.actor_id, pressed_at=pressed_at, now=work.now
    )


def _hand_over_problems(new: NewHandOver) -> list[Problem]:
    found = [*origin_problems(new.origin), *text_problems("note", new.note, NOTE_AT_MOST)]
    if len(new.reasons) > REASONS_AT_MOST:
        words = (f"At most {REASONS_AT_MOST}.", f"最多 {REASONS_AT_MOST} 条。")
        return [problem("reasons", "TOO_MANY", *words)]
    for n, reason in enumerate(new.reasons):
        found += _words_problems(f"reasons[{n}].words", reason.words)
    return found


def _confirmation_problems(new: NewConfirmation) -> list[Problem]:
    if len(new.disputes) > DISPUTES_AT_MOST:
        words = (f"At most {DISPUTES_AT_MOST}.", f"最多 {DISPUTES_AT_MOST} 条。")
        return [problem("disputes", "TOO_MANY", *words)]
    found = origin_problems(new.origin)
    for n, each in enumerate(new.disputes):
        found += _words_problems(f"disputes[{n}].words", each.words)
    if len({each.id for each in new.disputes}) != len(new.disputes):
        found.append(problem("disputes", "SAME_ID", "Two have the same id.", "两条使用了相同的编号。"))
    return found


def _words_problems(path: str, words: str) -> list[Problem]:
    missing = [] if words.strip() else [problem(path, "TEXT_MISSING", "Must be said.", "必须填写。")]
    return [*missing, *text_problems(path, words, NOTE_AT_MOST)]


async def _keep_hand_over(
    work: Work,
    new: NewHandOver,
    store: StoreEntry,
    occurred_at: datetime,
    clock_error: int | None,
    snapshot: Snapshot,
) -> None:
    written = await work.session.scalar(
        insert(HandOver)
        .values(
            store_id=store.id,
            id=new.id,
            day=snapshot.day,
            ends_day=new.ends_day,
            given_by=work.actor_id,
            occurred_at=occurred_at,
            recorded_at=work.now,
            clock_error_seconds=clock_error,
            device=new.origin.device,
            latitude=new.origin.latitude,
            longitude=new.origin.longitude,
            note=new.note,
            snapshot=snapshot_as_json(snapshot),
        )
        .on_conflict_do_nothing()
        .returning(HandOver.id)
    )
    _require_new(written)


def _task_id(new: NewConfirmation, each: Dispute) -> UUID:
    """Return the id of a dispute's task: that of no other task, whatever id the phone gave the dispute."""
    return uuid5(new.id, str(each.id))


def _require_new(written: UUID | None) -> None:
    if written is None:
        raise InvalidInput([problem("id", "ID_TAKEN", "This id was used before.", "这个编号已经用过。")])


async def _count(work: Work, store: StoreEntry, act: ComplianceAct, subject_id: UUID, at: datetime) -> None:
    if work.actor_id is not None:
        await count_acts(
            work,
            [act],
            store_id=store.id,
            person_id=work.actor_id,
            day=store.day_at(at),
            subject_id=subject_id,
            occurred_at=at,
        )


async def _log(work: Work, store: StoreEntry, act: Act, **details: object) -> None:
    await log.append(
        work.session, act=act, actor_id=work.actor_id, store_id=store.id, details=details, clock=lambda: work.now
    )
