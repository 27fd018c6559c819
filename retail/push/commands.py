"""Asking to be woken, and no longer.

A subscription belongs to a person and to the session that asked for it: when either ends, so does the subscription.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from retail.access.actor import ActorKind
from retail.access.work import Work
from retail.kernel.base import new_id
from retail.kernel.refusal import Refusal
from retail.push.endpoints import Keys
from retail.push.models import PushSubscription

MOST_OF_ONE_PERSON = 10
"""The oldest make room: browsers come and go without saying goodbye."""


class OnlyPeople(Refusal):
    """A program has no browser to be woken."""

    code = "ONLY_PEOPLE"

    def __init__(self) -> None:
        super().__init__("Only a person who is signed in can do this.", "只有已登录的员工可以使用。")


@dataclass(frozen=True, slots=True)
class PushSubscribed:
    """The answer of `subscribe_push`."""

    subscription_id: UUID


@dataclass(frozen=True, slots=True)
class PushUnsubscribed:
    """The answer of `unsubscribe_push`."""

    removed: bool


async def subscribe_push(work: Work, *, endpoint: str, keys: Keys, session_key: str, server_key: str) -> PushSubscribed:
    """Wake this browser from now on, as long as its session lives."""
    person_id = _person(work)
    given = {"session_key": session_key, "server_key": server_key, "p256dh": keys.p256dh, "auth": keys.auth}
    statement = insert(PushSubscription).values(
        id=new_id(), person_id=person_id, endpoint=endpoint, created_at=work.now, **given
    )
    subscription_id = await work.session.scalar(
        statement.on_conflict_do_update(
            index_elements=[PushSubscription.person_id, PushSubscription.endpoint],
            set_={**given, "created_at": work.now, "failures": 0},
        ).returning(PushSubscription.id)
    )
    assert subscription_id is not None  # noqa: S101 -- an insert that returns
    newest = (
        select(PushSubscription.id)
        .where(PushSubscription.person_id == person_id)
        .order_by(PushSubscription.created_at.desc(), PushSubscription.id.desc())
        .limit(MOST_OF_ONE_PERSON)
    )
    await work.session.execute(
        delete(PushSubscription).where(PushSubscription.person_id == person_id, PushSubscription.id.not_in(newest))
    )
    return PushSubscribed(subscription_id)


async def unsubscribe_push(work: Work, *, endpoint: str) -> PushUnsubscribed:
    """Wake this browser no more; one that was never asked for is no error."""
    person_id = _person(work)
    if "\0" in endpoint:  # PostgreSQL keeps none such, nor can it be asked
        return PushUnsubscribed(removed=False)
    done = await work.session.execute(
        delete(PushSubscription)
        .where(PushSubscription.person_id == person_id, PushSubscription.endpoint == endpoint)
        .returning(PushSubscription.id)
    )
    return PushUnsubscribed(removed=bool(done.all()))


def _person(work: Work) -> UUID:
    if work.actor is None or work.actor.kind is not ActorKind.PERSON:
        raise OnlyPeople
    return work.actor.id
