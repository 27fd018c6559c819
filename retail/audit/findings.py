"""What a verification of the operation log finds: where, and what is wrong there."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from retail.audit.log import WHOLE_CHAIN

SHOWN_AT_MOST = 20


class Wrong(StrEnum):
    """What can be wrong with a log."""

    EDITED = "edited"
    MISSING = "missing"
    CUT = "cut"
    ADDED = "added"
    REWRITTEN = "rewritten"
    HEAD = "head"
    SEAL = "seal"
    MOVEMENT = "movement"
    WITNESS = "witness"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: a place as exact as it can be known, and words."""

    wrong: Wrong
    words: str
    store_id: UUID | None = None
    seq: int | None = None
    act: str | None = None

    def line(self) -> str:
        """Return the finding in words."""
        place = []
        if self.store_id is not None:
            place.append("the whole chain's log" if self.store_id == WHOLE_CHAIN else f"store {self.store_id}")
        if self.seq is not None:
            place.append(f"entry {self.seq}")
        if self.act is not None:
            place.append(self.act)
        return f"{', '.join(place) or 'seals'}: {self.words}"


@dataclass(slots=True)
class Findings:
    """All findings are counted, the first are kept."""

    count: int = 0
    shown: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Note something wrong."""
        self.count += 1
        if len(self.shown) < SHOWN_AT_MOST:
            self.shown.append(finding)
