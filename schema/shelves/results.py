"""What is answered to those who arrange shelves or name codes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.stocktakes.tags import TagsRecorded
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


@strawberry.type(description="What was said of the code is taken back.")
class ReopenCodeSuccess:
    code: str = strawberry.field(description="The code.")
    reopened: int = strawberry.field(description="How many finds wait to be named again.")
    posted: int = strawberry.field(
        description="How many stay as they are, because their stocktake is confirmed: count those goods again."
    )


ReopenCodeResult = Annotated[
    ReopenCodeSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("ReopenCodeResult", description="What came of it, or why not."),
]


@strawberry.type(description="A read that is no tag of goods. Nothing of it was kept.")
class MalformedRead:
    index: int = strawberry.field(description="Its place in the reads, from 0.")
    epc: str = strawberry.field(description="The beginning of its text, 64 characters at most.")
    code: str = strawberry.field(
        description="NOT_AN_EPC, NOT_AN_SGTIN, PARTITION (none of the standard) or OUT_OF_RANGE (of its partition)."
    )


@strawberry.type(description="New tags of one item.")
class ReadItem:
    gtin: str = strawberry.field(description="Its GTIN-14, rebuilt from the tags.")
    sku_id: UUID | None = strawberry.field(description="The SKU; null where nobody knows the GTIN.")
    tags: int = strawberry.field(description="How many tags were new.")
    units: int | None = strawberry.field(description="How many base units they stand for.")
    last_read_at: datetime = strawberry.field(description="When the last of them was read.")


@strawberry.type(description="The reads are taken in; every one of them is in one of the four figures.")
class RecordTagReadsSuccess:
    counted: int = strawberry.field(description="New tags of items that are known.")
    repeated: int = strawberry.field(description="Reads of tags that this session has had before.")
    unknown: int = strawberry.field(description="New tags of GTINs that nobody knows; they wait to be named.")
    malformed: int = strawberry.field(description="Reads that are no tags of goods.")
    items: list[ReadItem] = strawberry.field(description="The new tags by item.")
    malformed_reads: list[MalformedRead] = strawberry.field(
        description="The first 20 reads that are no tags of goods, and why."
    )

    @classmethod
    def of(cls, done: TagsRecorded) -> "RecordTagReadsSuccess":
        """Return what came of reads as it is told."""
        return cls(
            counted=done.counted,
            repeated=done.repeated,
            unknown=done.unknown,
            malformed=len(done.malformed) if done.malformed_in_all is None else done.malformed_in_all,
            items=[
                ReadItem(
                    gtin=each.gtin,
                    sku_id=each.sku_id,
                    tags=each.tags,
                    units=each.units,
                    last_read_at=each.last_read_at,
                )
                for each in done.items
            ],
            malformed_reads=[MalformedRead(index=each.index, epc=each.epc, code=each.code) for each in done.malformed],
        )


RecordTagReadsResult = Annotated[
    RecordTagReadsSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("RecordTagReadsResult", description="What came of the reads, or why nothing did."),
]
