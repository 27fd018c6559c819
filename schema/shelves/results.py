"""What is answered to those who arrange shelves or name codes."""

from typing import Annotated

import strawberry

from schema.kernel.errors import InvalidInput, NotFound, NotPermitted, RequestIdConflict
from schema.shelves.types import InStorePattern, Shelf


@strawberry.type(description="The shelves are there.")
class AddShelvesSuccess:
    shelves: list[Shelf] = strawberry.field(description="The new shelves.")


AddShelvesResult = Annotated[
    AddShelvesSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("AddShelvesResult", description="The shelves, or why not."),
]


@strawberry.type(description="The shelf is changed.")
class ChangeShelfSuccess:
    shelf: Shelf = strawberry.field(description="The shelf as it is now.")


ChangeShelfResult = Annotated[
    ChangeShelfSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("ChangeShelfResult", description="The shelf, or why not."),
]


@strawberry.type(description="The shelf is out of use.")
class RetireShelfSuccess:
    shelf: Shelf = strawberry.field(description="The shelf as it was.")


RetireShelfResult = Annotated[
    RetireShelfSuccess | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("RetireShelfResult", description="The shelf, or why not."),
]


@strawberry.type(description="The chain's scales write like this from now on.")
class SetInStorePatternsSuccess:
    patterns: list[InStorePattern] = strawberry.field(description="All patterns.")


SetInStorePatternsResult = Annotated[
    SetInStorePatternsSuccess | InvalidInput | NotPermitted | RequestIdConflict,
    strawberry.union("SetInStorePatternsResult", description="The patterns, or why not."),
]


@strawberry.type(description="The code is settled.")
class ResolveCodeSuccess:
    code: str = strawberry.field(description="The code.")
    settled: int = strawberry.field(description="How many finds are settled by this.")
    counted: int = strawberry.field(
        description="How many of them have become counts; the others were in no stocktake, or in one that has ended."
    )


ResolveCodeResult = Annotated[
    ResolveCodeSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("ResolveCodeResult", description="What came of it, or why not."),
]
