"""The enums of the business as GraphQL enums, registered before any type mentions them."""

import strawberry

from retail.access.actor import ActorKind
from retail.access.channel_kinds import ChannelKind
from retail.access.permissions import Role
from retail.catalogue.in_store import Measure as CodeMeasure
from retail.catalogue.models import Locality
from retail.channels.health import ChannelState
from retail.inventory.bulk import OutcomeStatus
from retail.inventory.models import Account, AdjustmentReason, MovementKind, Source
from retail.people.models import AlarmKind, PersonalField, RevealPurpose, ViewKind
from retail.returns.models import Condition, Disposition, Handling, ReturnReason
from retail.returns.rules import Age as SaleAge
from retail.returns.rules import Question
from retail.shelves.suggestions import Likeness as CodeLikeness
from retail.stocktakes.cycle import Grade as CountGrade
from retail.stocktakes.cycle import Why as CountReason
from retail.stores.models import StoreKind

strawberry.enum(Account, description="The other side of a movement: where goods came from or went to.")
strawberry.enum(ActorKind, description="A person, or a program of a channel.")
strawberry.enum(AdjustmentReason, description="Why the book was set right.")
strawberry.enum(AlarmKind, description="What was unusual about somebody's viewing of personal data.")
strawberry.enum(ChannelKind, description="What sort of program a channel client is; decides what it may ever do.")
strawberry.enum(
    ChannelState,
    description="How a channel client fares: refused when it last came, silent for a day, new, working, or revoked.",
)
strawberry.enum(
    CodeLikeness, name="CodeLikeness", description="Why an item is suggested for a code: misread, or the same maker."
)
strawberry.enum(CodeMeasure, name="CodeMeasure", description="What the value in a scale's code is: grams, or fen.")
strawberry.enum(Condition, name="ReturnCondition", description="In what state goods come back.")
strawberry.enum(Disposition, description="Where goods go that came back.")
strawberry.enum(Handling, description="What a category's goods need so that they can be sold again.")
strawberry.enum(
    CountGrade, name="CountGrade", description="By the value that goods move: A the first 80 %, B the next 15 %, C."
)
strawberry.enum(CountReason, name="CountReason", description="Why goods should be counted.")
strawberry.enum(Locality, description="Whether an SKU is the whole chain's or was added by a region.")
strawberry.enum(MovementKind, description="What happened to the stock.")
strawberry.enum(OutcomeStatus, description="What became of one event: recorded now, recorded before, or refused.")
strawberry.enum(PersonalField, description="A kind of personal data that is shown masked.")
strawberry.enum(Question, name="InspectionQuestion", description="What must be so before a lot is sold again.")
strawberry.enum(ReturnReason, description="Why a customer brings something back.")
strawberry.enum(RevealPurpose, description="What personal data is looked at for.")
strawberry.enum(Role, description="The parts that people and programs play in the chain.")
strawberry.enum(SaleAge, name="SaleAge", description="How long ago something was sold.")
strawberry.enum(Source, description="What kind of system reports a fact.")
strawberry.enum(StoreKind, description="What a place that holds stock is.")
strawberry.enum(ViewKind, description="How personal data was looked at: one value, all of it, or found by phone.")

__all__ = [
    "Account",
    "ActorKind",
    "AdjustmentReason",
    "AlarmKind",
    "ChannelKind",
    "ChannelState",
    "CodeLikeness",
    "CodeMeasure",
    "Condition",
    "CountGrade",
    "CountReason",
    "Disposition",
    "Handling",
    "Locality",
    "MovementKind",
    "OutcomeStatus",
    "PersonalField",
    "Question",
    "ReturnReason",
    "RevealPurpose",
    "Role",
    "SaleAge",
    "Source",
    "StoreKind",
    "ViewKind",
]
