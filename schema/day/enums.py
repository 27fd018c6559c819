"""The enums of the day, registered before any type mentions them."""

import strawberry

from retail.day.attendance import ClockDirection, ClockFlag, ClockPlace
from retail.day.help import HelpState
from retail.day.models import HelpSubject

strawberry.enum(ClockDirection, name="ClockDirection", description="Coming or going.")
strawberry.enum(
    ClockPlace, name="ClockPlace", description="Where that was: in the store's radius, out of it, or nobody knows."
)
strawberry.enum(
    ClockFlag,
    name="ClockFlag",
    description="What a manager may want to look at: out of the store, without a position, twice the same, out "
    "without in, told more than ten minutes later, a device whose clock cannot be right.",
)
strawberry.enum(HelpState, name="HelpState", description="How far a call for help is: waiting, answered, or closed.")
strawberry.enum(HelpSubject, name="HelpSubject", description="What sort of thing somebody needs help with.")

__all__ = ["ClockDirection", "ClockFlag", "ClockPlace", "HelpState", "HelpSubject"]
