"""Refusals as GraphQL types: each is raised by the business and becomes one member of a result union."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from strawberry.types.field import StrawberryField

from retail.access.assignments import AlreadyOver as AlreadyOverRefusal
from retail.access.assignments import LastOfRole as LastOfRoleRefusal
from retail.access.granting import NotToYourself as NotToYourselfRefusal
from retail.access.granting import RoleAboveYours as RoleAboveYoursRefusal
from retail.access.granting import WiderThanYours as WiderThanYoursRefusal
from retail.catalogue.prices import PriceMoved as PriceMovedRefusal
from retail.inventory.adjustments import StockMoved as StockMovedRefusal
from retail.inventory.batching import StoreroomUnreachable, is_unreachable
from retail.inventory.reservations import InsufficientStock as InsufficientStockRefusal
from retail.inventory.reservations import ReservationClosed as ReservationClosedRefusal
from retail.kernel import refusal
from retail.kernel.refusal import Refusal as DomainRefusal
from retail.people import errors as people
from retail.push.commands import OnlyPeople as OnlyPeopleRefusal
from retail.returns import errors as returns
from schema.kernel.enums import Role
from schema.kernel.scalars import Fen


@strawberry.interface(description="Why something was not done. Nothing has been changed.")
class Refusal:
    code: str = strawberry.field(description="Stable; programs decide by it.")
    message: str = strawberry.field(description="Words for people, in English.")
    message_zh: str = strawberry.field(description="The same in Chinese.")


@strawberry.type(description="One thing wrong with an input.")
class Problem:
    path: str = strawberry.field(description="Where in the input, such as lines[2].quantity.")
    code: str = strawberry.field(description="Stable; programs decide by it.")
    message: str = strawberry.field(description="Words for people, in English.")
    message_zh: str = strawberry.field(description="The same in Chinese.")

    @classmethod
    def of(cls, problem: refusal.Problem) -> "Problem":
        """Return a problem as it is told."""
        return cls(path=problem.path, code=problem.code, message=problem.message, message_zh=problem.message_zh)


@strawberry.type(description="The input breaks a rule. Every problem is named.")
class InvalidInput(Refusal):
    problems: list[Problem] = strawberry.field(description="All that is wrong.")


@strawberry.type(description="There is no such thing, or none that the asker may see.")
class NotFound(Refusal):
    path: str = strawberry.field(description="The input that named it.")


@strawberry.type(description="The asker's role does not include this act in this store.")
class NotPermitted(Refusal):
    permission: str = strawberry.field(description="The permission that is missing.")


@strawberry.type(description="The requestId was used before for something else. The first use stands.")
class RequestIdConflict(Refusal):
    pass


@strawberry.type(description="Only a person can do this, no program.")
class OnlyPeople(Refusal):
    pass


@strawberry.type(description="An item of which less is available than was wanted.")
class Shortage:
    path: str = strawberry.field(description="The input line.")
    sku_id: UUID = strawberry.field(description="The SKU.")
    wanted: int = strawberry.field(description="Base units wanted, over all lines of this SKU.")
    available: int = strawberry.field(description="Base units on hand and not promised.")


@strawberry.type(description="There is not enough to promise. Nothing was promised.")
class InsufficientStock(Refusal):
    shortages: list[Shortage] = strawberry.field(description="Each line that is short.")


@strawberry.type(description="The book is not what the screen showed. Nothing was changed.")
class StockMoved(Refusal):
    expected: int = strawberry.field(description="What the request thought was on hand.")
    actual: int = strawberry.field(description="What is on hand.")


@strawberry.type(description="The reservation has ended already.")
class ReservationClosed(Refusal):
    status: str = strawberry.field(description="How it ended: released, fulfilled or expired.")


@strawberry.type(description="The asker's own roles do not reach up to that role.")
class RoleAboveYours(Refusal):
    role: Role = strawberry.field(description="The role.")


@strawberry.type(description="The role would cover more than the asker may give it for.")
class WiderThanYours(Refusal):
    path: str = strawberry.field(description="The input that reaches too far.")


@strawberry.type(description="Nobody gives a role to themselves.")
class NotToYourself(Refusal):
    pass


@strawberry.type(description="Nobody else holds this role for good, and only its holders can give it.")
class LastOfRole(Refusal):
    role: Role = strawberry.field(description="The role.")


@strawberry.type(description="The price is not what the screen showed. Nothing was changed.")
class PriceMoved(Refusal):
    expected: Fen = strawberry.field(description="What the request thought it was, in fen.")
    actual: Fen | None = strawberry.field(description="What it is, in fen; null if there is none.")


@strawberry.type(description="It has ended before.")
class AlreadyOver(Refusal):
    ended_at: datetime = strawberry.field(description="When.")


@strawberry.type(description="The asker has looked at as much personal data as anybody may in an hour.")
class TooManyReveals(Refusal):
    limit: int = strawberry.field(description="So many views an hour.")
    again_at: datetime = strawberry.field(description="When the next one is possible.")


@strawberry.type(description="The person has not left: only then their data is erased.")
class PersonStillHere(Refusal):
    pass


@strawberry.type(description="The person's data has been erased: there is nothing to show or to change.")
class PersonErased(Refusal):
    pass


@strawberry.type(description="The alarm is about the asker: somebody else must see to it.")
class OwnAlarm(Refusal):
    pass


@strawberry.type(description="More is brought back than was bought and has not come back yet.")
class MoreThanBought(Refusal):
    bought: int = strawberry.field(description="How many were bought.")
    returned_before: int = strawberry.field(description="How many of them have come back, to any store.")
    wanted: int = strawberry.field(description="How many were brought now.")


@strawberry.type(description="Nothing is taken back without a picture of it.")
class PhotoNeeded(Refusal):
    pass


@strawberry.type(description="Without a proof of the sale it is more than a clerk takes back.")
class ProofNeeded(Refusal):
    most_units: int = strawberry.field(description="So many pieces at once.")
    most: Fen = strawberry.field(description="Worth so much, in fen.")
    most_a_day: int = strawberry.field(description="So often a day.")


@strawberry.type(description="Somebody has dealt with the return already.")
class ReturnClosed(Refusal):
    status: str = strawberry.field(description="How: cancelled, inspected, or too_old.")


E_ = TypeVar("E_", bound=DomainRefusal)


def _words(said: DomainRefusal) -> dict[str, str]:
    return {"code": said.code, "message": said.message, "message_zh": said.message_zh}


def handler_of(raised: type[E_], told: type[Refusal], more: Callable[[E_], dict[str, Any]]) -> Any:
    """Return what tells a refusal of the business as a type of the schema; `more` are the fields beside its words."""

    class Handler:
        exception_type = raised
        error_type = told

        def handle(self, exception: E_, *, field: StrawberryField, info: Any) -> Refusal:  # noqa: ARG002 -- its shape
            return told(**_words(exception), **more(exception))

    return Handler()


HANDLERS = (
    handler_of(
        returns.MoreThanBought,
        MoreThanBought,
        lambda said: {"bought": said.bought, "returned_before": said.returned, "wanted": said.wanted},
    ),
    handler_of(returns.PhotoNeeded, PhotoNeeded, lambda _: {}),
    handler_of(
        returns.ProofNeeded,
        ProofNeeded,
        lambda said: {"most_units": said.most_units, "most": Fen(said.most_fen), "most_a_day": said.most_a_day},
    ),
    handler_of(returns.ReturnClosed, ReturnClosed, lambda said: {"status": said.status}),
    handler_of(
        refusal.InvalidInput,
        InvalidInput,
        lambda said: {"problems": [Problem.of(problem) for problem in said.problems]},
    ),
    handler_of(refusal.NotFound, NotFound, lambda said: {"path": said.path}),
    handler_of(refusal.NotPermitted, NotPermitted, lambda said: {"permission": said.permission}),
    handler_of(people.TooManyReveals, TooManyReveals, lambda said: {"limit": said.limit, "again_at": said.again_at}),
    handler_of(people.PersonStillHere, PersonStillHere, lambda _: {}),
    handler_of(people.PersonErased, PersonErased, lambda _: {}),
    handler_of(people.OwnAlarm, OwnAlarm, lambda _: {}),
    handler_of(refusal.RequestIdConflict, RequestIdConflict, lambda _: {}),
    handler_of(OnlyPeopleRefusal, OnlyPeople, lambda _: {}),
    handler_of(
        InsufficientStockRefusal,
        InsufficientStock,
        lambda said: {
            "shortages": [
                Shortage(path=s.path, sku_id=s.sku_id, wanted=s.wanted, available=s.available) for s in said.shortages
            ]
        },
    ),
    handler_of(StockMovedRefusal, StockMoved, lambda said: {"expected": said.expected, "actual": said.actual}),
    handler_of(ReservationClosedRefusal, ReservationClosed, lambda said: {"status": said.status}),
    handler_of(RoleAboveYoursRefusal, RoleAboveYours, lambda said: {"role": said.role}),
    handler_of(WiderThanYoursRefusal, WiderThanYours, lambda said: {"path": said.path}),
    handler_of(
        PriceMovedRefusal,
        PriceMoved,
        lambda said: {"expected": Fen(said.expected), "actual": None if said.actual is None else Fen(said.actual)},
    ),
    handler_of(NotToYourselfRefusal, NotToYourself, lambda _: {}),
    handler_of(LastOfRoleRefusal, LastOfRole, lambda said: {"role": said.role}),
    handler_of(AlreadyOverRefusal, AlreadyOver, lambda said: {"ended_at": said.ended_at}),
)


def exposed(cause: Exception) -> dict[str, object] | None:
    """Return what a client may know of an exception that is no result: refusals, and that it should ask again."""
    if is_unreachable(cause):
        cause = StoreroomUnreachable()
    if not isinstance(cause, DomainRefusal):
        return None
    return {"message": cause.message, "extensions": {"code": cause.code, "messageZh": cause.message_zh}}
