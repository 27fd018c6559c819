"""One-tap help: somebody in a store asks headquarters, with where they are in the app; headquarters answers.

The asker sees the own calls and answers, headquarters those of every store. A call that headquarters has left
waiting rises: whoever leads the store sees it too, and may answer. Who is to be woken follows from the tables, so a
lost event loses no call.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import Reading, Work
from retail.audit import log
from retail.audit.acts import Act
from retail.day.commands import Recorded
from retail.day.models import HelpAnswer, HelpCall, HelpSubject
from retail.inventory.intake import Origin, origin_problems, problem, text_problems
from retail.kernel.base import new_id
from retail.kernel.clock import believable
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted
from retail.photos.commands import announce
from retail.photos.models import PhotoAbout
from retail.photos.rules import NewPhoto
from retail.stores.directory import StoreEntry

WORDS_AT_MOST = 1000
SHORT_AT_MOST = 100
RISES_AFTER = timedelta(minutes=10)
"""How long a call waits for headquarters before others are asked as well."""


class HelpState(StrEnum):
    """How far a call for help is."""

    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class NewHelpCall:
    """A call for help as the phone tells it."""

    id: UUID
    origin: Origin
    screen: str
    subject: HelpSubject
    subject_id: UUID | None
    app_version: str | None
    last_problem: str | None
    words: str | None
    photos: tuple[NewPhoto, ...]


@dataclass(frozen=True, slots=True)
class HelpRow:
    """A call for help with its answers, the oldest first."""

    call: HelpCall
    answers: list[HelpAnswer] = field(default_factory=list)

    @property
    def state(self) -> HelpState:
        """Return how far the call is."""
        if self.call.closed_at is not None:
            return HelpState.CLOSED
        return HelpState.ANSWERED if self.answers else HelpState.WAITING

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Return where the call stands in the list."""
        return self.call.occurred_at, as_uuid(self.call.id)


async def ask_for_help(work: Work, new: NewHelpCall, *, store: StoreEntry) -> Recorded:
    """Ask headquarters for help from a store."""
    work.require(Permission.DAY_WORK, store.id)
    problems = [
        *origin_problems(new.origin),
        *text_problems("screen", new.screen, SHORT_AT_MOST),
        *text_problems("appVersion", new.app_version, SHORT_AT_MOST),
        *text_problems("lastProblem", new.last_problem, WORDS_AT_MOST),
        *text_problems("words", new.words, WORDS_AT_MOST),
    ]
    if (new.subject is HelpSubject.NONE) != (new.subject_id is None):
        words = ("Name what it is about with its id, or neither.", "请同时给出对象类型和编号，或都不填。")
        problems.append(problem("subjectId", "NAME_BOTH", *words))
    if problems:
        raise InvalidInput(problems)
    occurred_at, clock_error = believable(new.origin.occurred_at, work.now)
    written = await work.session.scalar(
        insert(HelpCall)
        .values(
            store_id=store.id,
            id=new.id,
            asked_by=work.actor_id,
            occurred_at=occurred_at,
            recorded_at=work.now,
            clock_error_seconds=clock_error,
            device=new.origin.device,
            screen=new.screen,
            subject=new.subject,
            subject_id=new.subject_id,
            app_version=new.app_version,
            last_problem=new.last_problem,
            words=new.words,
        )
        .on_conflict_do_nothing()
        .returning(HelpCall.id)
    )
    if written is None:
        raise InvalidInput([problem("id", "ID_TAKEN", "This id was used before.", "这个编号已经用过。")])
    await announce(work, store_id=store.id, about=(PhotoAbout.HELP, new.id), photos=new.photos)
    await _log(work, store.id, "help.asked", new.id)
    return Recorded(new.id)


async def answer_help(work: Work, *, store: StoreEntry, help_id: UUID, words: str | None, close: bool) -> Recorded:
    """Answer a call for help, close it, or both."""
    call = await _answerable(work, store, help_id)
    problems = text_problems("words", words, WORDS_AT_MOST)
    if not close and not (words or "").strip():
        problems.append(problem("words", "TEXT_MISSING", "Must be said.", "必须填写。"))
    if problems:
        raise InvalidInput(problems)
    if (words or "").strip():
        work.session.add(
            HelpAnswer(
                store_id=store.id,
                id=new_id(),
                help_id=help_id,
                answered_by=work.actor_id,
                answered_at=work.now,
                words=words,
            )
        )
    if close and call.closed_at is None:
        call.closed_at, call.closed_by = work.now, work.actor_id
    await work.session.flush()
    await _log(work, store.id, "help.closed" if close else "help.answered", help_id)
    return Recorded(help_id)


async def help_calls(
    reading: Reading,
    *,
    first: int,
    after: Sequence[Any] | None = None,
    states: Sequence[HelpState] | None = None,
    store_id: UUID | None = None,
) -> tuple[list[HelpRow], bool]:
    """Return calls for help, newest first.

    All of one's stores for those who answer, those that have risen for those who stand in, one's own for who asks.
    """
    answers, stands_in = (reading.actor.stores(each) for each in (Permission.HELP_ANSWER, Permission.HELP_STAND_IN))
    if not answers and not stands_in and not reading.actor.stores(Permission.DAY_WORK):
        raise NotPermitted(Permission.HELP_ANSWER)
    chosen = select(HelpCall).where(
        or_(
            HelpCall.store_id.in_(list(answers)),
            and_(HelpCall.store_id.in_(list(stands_in)), _has_risen(reading.now)),
            HelpCall.asked_by == reading.actor.id,
        ),
        *([] if states is None else [or_(*(_in_state(state) for state in states))]),
        *([] if store_id is None else [HelpCall.store_id == store_id]),
        *([] if after is None else [tuple_(HelpCall.occurred_at, HelpCall.id) < tuple_(*after)]),
    )
    newest = chosen.order_by(HelpCall.occurred_at.desc(), HelpCall.id.desc()).limit(first + 1)
    rows = [HelpRow(call) for call in await reading.session.scalars(newest)]
    await _add_answers(reading.session, rows[:first])
    return rows[:first], len(rows) > first


async def help_call(session: AsyncSession, store: StoreEntry, help_id: UUID) -> HelpRow:
    """Return one call for help of a store."""
    row = HelpRow(await session.get_one(HelpCall, (store.id, help_id)))
    await _add_answers(session, [row])
    return row


async def _answerable(work: Work, store: StoreEntry, help_id: UUID) -> HelpCall:
    """Return a call that the actor may answer, locked: any for headquarters, one that has risen for who stands in."""
    mine = [HelpCall.store_id == store.id, HelpCall.id == help_id]
    call = await work.session.scalar(select(HelpCall).where(*mine).with_for_update())
    stands_in = work.actor is not None and work.actor.may(Permission.HELP_STAND_IN, store.id)
    if (
        not stands_in
        or call is None
        or not await work.session.scalar(select(exists().where(*mine, _has_risen(work.now))))
    ):
        work.require(Permission.HELP_ANSWER, store.id)
    if call is None:
        raise NotFound("helpId", "call for help", "求助")
    return call


def _has_risen(now: datetime) -> ColumnElement[bool]:
    """Say whether headquarters has left a call waiting too long; what it has answered or closed in time never rises."""
    risen_at = HelpCall.recorded_at + RISES_AFTER
    in_time = exists().where(
        HelpAnswer.store_id == HelpCall.store_id, HelpAnswer.help_id == HelpCall.id, HelpAnswer.answered_at < risen_at
    )
    return and_(risen_at <= now, or_(HelpCall.closed_at.is_(None), HelpCall.closed_at >= risen_at), ~in_time)


def _in_state(state: HelpState) -> ColumnElement[bool]:
    answered = exists().where(HelpAnswer.store_id == HelpCall.store_id, HelpAnswer.help_id == HelpCall.id)
    open_still = HelpCall.closed_at.is_(None)
    return {
        HelpState.CLOSED: HelpCall.closed_at.is_not(None),
        HelpState.ANSWERED: and_(open_still, answered),
        HelpState.WAITING: and_(open_still, ~answered),
    }[state]


async def _add_answers(session: AsyncSession, rows: Sequence[HelpRow]) -> None:
    """Two stores' phones may have given their calls the same id: an answer belongs to its store's."""
    by_place = {(as_uuid(row.call.store_id), as_uuid(row.call.id)): row for row in rows}
    found = await session.scalars(
        select(HelpAnswer)
        .where(tuple_(HelpAnswer.store_id, HelpAnswer.help_id).in_(list(by_place)))
        .order_by(HelpAnswer.answered_at, HelpAnswer.id)
    )
    for answer in found:
        by_place[as_uuid(answer.store_id), as_uuid(answer.help_id)].answers.append(answer)


async def _log(work: Work, store_id: UUID, act: Act, help_id: UUID) -> None:
    await log.append(
        work.session,
        act=act,
        actor_id=work.actor_id,
        store_id=store_id,
        details={"help": help_id},
        clock=lambda: work.now,
    )
