"""What is sent to arrange shelves, to name codes, and to say how scales write theirs."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.catalogue.in_store import Measure, Pattern
from retail.shelves.commands import ShelfChange
from retail.stocktakes.resolving import Resolution
from retail.stocktakes.tags import TagRead
from schema.kernel.enums import CodeMeasure

REQUEST_ID = "Made by the client; makes the request happen exactly once."


@strawberry.input(description="Shelves to add to a zone.")
class AddShelvesInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    store_id: UUID = strawberry.field(description="The store.")
    zone: str = strawberry.field(description="The zone, 1 to 20 characters.")
    codes: list[str] = strawberry.field(description="Their codes, 1 to 200 of 1 to 20 characters each.")
    name: str = strawberry.field(default="", description="What stands there, at most 60 characters.")


@strawberry.input(description="What is to be different about a shelf; what is left out stays.")
class ChangeShelfInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    shelf_id: UUID = strawberry.field(description="The shelf.")
    zone: str | None = strawberry.field(default=None, description="Its zone, 1 to 20 characters.")
    code: str | None = strawberry.field(default=None, description="Its code, 1 to 20 characters.")
    name: str | None = strawberry.field(default=None, description="What stands there, at most 60 characters.")
    place: int | None = strawberry.field(default=None, description="Its place in the order of a walk.")
    sku_ids: list[UUID] | None = strawberry.field(
        default=None, description="All SKUs that are expected there, 500 at most."
    )
    add_sku_ids: list[UUID] = strawberry.field(
        default_factory=list, description="SKUs that are expected there from now on, beside the others."
    )
    remove_sku_ids: list[UUID] = strawberry.field(
        default_factory=list, description="SKUs that are expected there no longer; the others stay."
    )

    def domain(self) -> ShelfChange:
        """Return it in the words of the business."""
        sku_ids = None if self.sku_ids is None else tuple(self.sku_ids)
        added, removed = tuple(self.add_sku_ids), tuple(self.remove_sku_ids)
        return ShelfChange(self.zone, self.code, self.name, self.place, sku_ids, added, removed)


@strawberry.input(description="A shelf to take out of use.")
class RetireShelfInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    shelf_id: UUID = strawberry.field(description="The shelf.")


@strawberry.input(description="How a scale writes a weight or a price into a code of 13 digits.")
class InStorePatternInput:
    prefix: str = strawberry.field(description="What its codes begin with: 02, or 2 and one or two digits.")
    item_digits: int = strawberry.field(description="How many digits then name the item, 3 to 7.")
    value_digits: int = strawberry.field(description="How many digits before the check digit are the value, 4 to 6.")
    measure: CodeMeasure = strawberry.field(description="What the value is.")
    price_check: bool = strawberry.field(
        default=False, description="Whether a check digit of the value stands before it (of 4 or 5 digits only)."
    )

    def domain(self) -> Pattern:
        """Return it in the words of the business."""
        return Pattern(self.prefix, self.item_digits, self.value_digits, Measure(self.measure), self.price_check)


@strawberry.input(description="All ways in which the chain's scales write codes, the same in every store.")
class SetInStorePatternsInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    patterns: list[InStorePatternInput] = strawberry.field(
        description="At most 20, each prefix once; what is not among them goes. Of two prefixes that fit a code, the "
        "longer one reads it."
    )
    expected: list[InStorePatternInput] | None = strawberry.field(
        default=None,
        description="What they were when one looked; refused if somebody has changed them since. Needed as soon as one "
        "of them is to go or to change.",
    )


@strawberry.input(description="What a code is that nobody knew.")
class ResolveCodeInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    code: str = strawberry.field(description="The code, as unknownCodes tells it.")
    sku_id: UUID | None = strawberry.field(default=None, description="The SKU; left out, it is none of ours.")
    pack_units: int = strawberry.field(
        default=1, description="How many base units it stands for; of weighed goods, how many a kilogram is."
    )

    def domain(self) -> Resolution:
        """Return it in the words of the business."""
        return Resolution(self.code, self.sku_id, self.pack_units)


@strawberry.input(description="A code of which something wrong was said.")
class ReopenCodeInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    code: str = strawberry.field(description="The code, as settledCodes tells it.")


@strawberry.input(description="A tag as an RFID reader heard it.")
class TagReadInput:
    epc: str = strawberry.field(description="Its EPC: an SGTIN-96 as 24 hexadecimal digits.")
    read_at: datetime = strawberry.field(description="The reader's time.")
    rssi: float | None = strawberry.field(default=None, description="How strong it was, in dBm; not kept.")


@strawberry.input(description="What an RFID reader has read: up to 20,000 reads, in any order, repeated or not.")
class RecordTagReadsInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    store_id: UUID = strawberry.field(description="The store.")
    reader_id: str = strawberry.field(description="The reader's name, 1 to 100 characters.")
    reads: list[TagReadInput] = strawberry.field(description="The reads, 1 to 20,000.")
    stocktake_id: UUID | None = strawberry.field(
        default=None, description="The stocktake in which each tag counts once; left out, reads are kept, not counted."
    )
    shelf_id: UUID | None = strawberry.field(default=None, description="The shelf that was read, if it was one.")

    def domain(self) -> list[TagRead]:
        """Return it in the words of the business."""
        return [TagRead(each.epc, each.read_at) for each in self.reads]
