"""Shelves, waiting codes and in-store patterns as they are told."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import strawberry

from retail.catalogue.in_store import Pattern
from retail.catalogue.queries import SkuRow
from retail.photos.queries import PhotoRow, Thing
from retail.shelves.bucket import Sighting as SightingRow
from retail.shelves.bucket import Suggestion as SuggestionRow
from retail.shelves.bucket import WaitingCode as WaitingRow
from retail.shelves.queries import ShelfRow
from retail.shelves.settled import SettledCode as SettledRow
from schema.catalogue.types import Sku
from schema.kernel.enums import CodeLikeness, CodeMeasure
from schema.kernel.paging import PageInfo
from schema.photos.types import Photo


@strawberry.type(description="A place in a store where goods stand.")
class Shelf:
    id: UUID = strawberry.field(description="The shelf.")
    store_id: UUID = strawberry.field(description="Its store.")
    zone: str = strawberry.field(description="The zone of the store that it is in.")
    code: str = strawberry.field(description="What is written on it; unique among the store's shelves in use.")
    name: str = strawberry.field(description="What stands there, in words; may be empty.")
    place: int = strawberry.field(description="Its place in the order of a walk through the store.")
    path: str = strawberry.field(description="The path in this app that its printed QR code opens: /s/ and a token.")
    sku_ids: list[UUID] = strawberry.field(description="The SKUs that are expected there.")
    retired_at: datetime | None = strawberry.field(description="When it was taken out of use.")

    @classmethod
    def of(cls, row: ShelfRow) -> "Shelf":
        """Return a shelf as it is told."""
        return cls(
            id=row.id,
            store_id=row.store_id,
            zone=row.zone,
            code=row.code,
            name=row.name,
            place=row.place,
            path=f"/s/{row.token}",
            sku_ids=list(row.sku_ids),
            retired_at=row.retired_at,
        )


@strawberry.type(description="How a scale of the chain's writes a weight or a price into a code of 13 digits.")
class InStorePattern:
    prefix: str = strawberry.field(description="What its codes begin with: 02, or 2 and one or two digits.")
    item_digits: int = strawberry.field(description="How many digits then name the item.")
    value_digits: int = strawberry.field(description="How many digits before the check digit are the value.")
    measure: CodeMeasure = strawberry.field(description="What the value is.")
    price_check: bool = strawberry.field(description="Whether a check digit of the value stands before it.")

    @classmethod
    def of(cls, pattern: Pattern) -> "InStorePattern":
        """Return a pattern as it is told."""
        return cls(
            prefix=pattern.prefix,
            item_digits=pattern.item_digits,
            value_digits=pattern.value_digits,
            measure=pattern.measure,
            price_check=pattern.price_check,
        )


@strawberry.type(description="One find of a code that nobody knows.")
class CodeSighting:
    id: UUID = strawberry.field(description="The find.")
    store_id: UUID = strawberry.field(description="Where.")
    shelf_code: str | None = strawberry.field(description="On which shelf, if it was told.")
    stocktake_id: UUID | None = strawberry.field(description="In which stocktake, if in one.")
    code: str = strawberry.field(description="The code as it was scanned.")
    quantity: int = strawberry.field(description="How many of what the code stands for.")
    found_at: datetime = strawberry.field(description="When.")
    found_by: UUID | None = strawberry.field(description="Who found it.")
    photo: Photo | None = strawberry.field(description="A picture of it, if one was taken.")

    @classmethod
    def of(cls, row: SightingRow, photos: Mapping[Thing, list[PhotoRow]]) -> "CodeSighting":
        """Return a find as it is told."""
        taken = photos.get((row.store_id, row.id))
        return cls(
            id=row.id,
            store_id=row.store_id,
            shelf_code=row.shelf_code,
            stocktake_id=row.stocktake_id,
            code=row.code,
            quantity=row.quantity,
            found_at=row.found_at,
            found_by=row.found_by,
            photo=Photo.of(taken[-1]) if taken else None,
        )


@strawberry.type(description="A guess at what a code is.")
class CodeSuggestion:
    sku_id: UUID = strawberry.field(description="The SKU.")
    gtin: str = strawberry.field(description="Its GTIN that looks like the code.")
    pack_units: int = strawberry.field(description="How many base units that GTIN stands for.")
    likeness: CodeLikeness = strawberry.field(description="Why it is suggested.")
    sku: Sku | None = strawberry.field(description="The SKU in full.")

    @classmethod
    def of(cls, row: SuggestionRow, skus: Mapping[UUID, SkuRow]) -> "CodeSuggestion":
        """Return a guess as it is told."""
        known = skus.get(row.sku_id)
        return cls(
            sku_id=row.sku_id,
            gtin=row.gtin,
            pack_units=row.pack_units,
            likeness=row.likeness,
            sku=None if known is None else Sku.of(known),
        )


@strawberry.type(description="A code that was found and that the catalogue does not have.")
class UnknownCode:
    code: str = strawberry.field(description="The code: a GTIN, the base code of weighed goods, or other text.")
    times: int = strawberry.field(description="How often it was found.")
    quantity: int = strawberry.field(description="How many of what it stands for, in all.")
    store_count: int = strawberry.field(description="In how many stores.")
    first_found_at: datetime = strawberry.field(description="When first.")
    last_found_at: datetime = strawberry.field(description="When last.")
    sightings: list[CodeSighting] = strawberry.field(description="The newest finds, 20 at most.")
    suggestions: list[CodeSuggestion] = strawberry.field(description="What it may be, the likeliest first.")

    @classmethod
    def of(cls, row: WaitingRow, skus: Mapping[UUID, SkuRow], photos: Mapping[Thing, list[PhotoRow]]) -> "UnknownCode":
        """Return a code as it is told."""
        return cls(
            code=row.key,
            times=row.times,
            quantity=row.quantity,
            store_count=row.stores,
            first_found_at=row.first_found_at,
            last_found_at=row.last_found_at,
            sightings=[CodeSighting.of(each, photos) for each in row.sightings],
            suggestions=[CodeSuggestion.of(each, skus) for each in row.suggestions],
        )


@strawberry.type(description="A code on a page.")
class UnknownCodeEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: UnknownCode = strawberry.field(description="The code.")


@strawberry.type(description="A page of codes that wait to be named.")
class UnknownCodeConnection:
    edges: list[UnknownCodeEdge] = strawberry.field(description="The codes of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are on all pages.")


@strawberry.type(description="A code that was settled in the last 30 days, with the last that was said of it.")
class SettledCode:
    code: str = strawberry.field(description="The code.")
    times: int = strawberry.field(description="How many finds that settled.")
    settled_at: datetime = strawberry.field(description="When.")
    settled_by: UUID | None = strawberry.field(description="Who said it.")
    sku: Sku | None = strawberry.field(description="The SKU that it is; null for none of ours.")

    @classmethod
    def of(cls, row: SettledRow, skus: Mapping[UUID, SkuRow]) -> "SettledCode":
        """Return a settled code as it is told."""
        known = None if row.sku_id is None else skus.get(row.sku_id)
        return cls(
            code=row.key,
            times=row.times,
            settled_at=row.settled_at,
            settled_by=row.settled_by,
            sku=None if known is None else Sku.of(known),
        )


@strawberry.type(description="A settled code on a page.")
class SettledCodeEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: SettledCode = strawberry.field(description="The code.")


@strawberry.type(description="A page of codes that were settled.")
class SettledCodeConnection:
    edges: list[SettledCodeEdge] = strawberry.field(description="The codes of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are on all pages.")
