"""Checking seals: their order, signatures and trees, and that a witness has the very same ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from retail.audit.chain import Head
from retail.audit.findings import Finding, Findings, Wrong
from retail.audit.merkle import Frontier, Levels, leaf_hash
from retail.audit.seals import Seal
from retail.audit.signing import is_signed
from retail.audit.witness import Record

Sealed = dict[UUID, dict[int, tuple[bytes, int]]]
"""For each chain the hashes that its entries had when they were sealed, and in which seal."""


class AllHeads:
    """Every chain's head as the seals tell them, with the root over all of them."""

    def __init__(self) -> None:
        self._heads: dict[UUID, Head] = {}
        self._places: dict[UUID, int] = {}
        self._tree = Levels(())

    def move(self, changed: list[Head]) -> None:
        """Take in which heads have moved to where."""
        new = any(head.store_id not in self._places for head in changed)
        for head in changed:
            self._heads[head.store_id] = head
            if not new:
                self._tree.change(self._places[head.store_id], leaf_hash(head.leaf()))
        if new:
            ordered = sorted(self._heads)
            self._places = {store: n for n, store in enumerate(ordered)}
            self._tree = Levels(leaf_hash(self._heads[store].leaf()) for store in ordered)

    def root(self) -> str:
        """Return the root over all heads."""
        return self._tree.root().hex()

    def __len__(self) -> int:
        return len(self._heads)


@dataclass(slots=True)
class SealRun:
    """A run of seals from the first, each checked against those before it and the known keys."""

    keys: Mapping[str, bytes]
    findings: Findings
    wrong: Wrong = Wrong.SEAL
    last: Seal | None = None
    _history: Frontier = field(default_factory=Frontier)
    _heads: AllHeads = field(default_factory=AllHeads)

    def take(self, seal: Seal) -> bool:
        """Check the next seal; say whether it is signed by a known key, whatever else is wrong with it."""
        before = self.last
        expected = 1 if before is None else before.number + 1
        if seal.number != expected:
            self._say(f"seal {seal.number} follows {expected - 1}: some are missing or twice")
        signed = self._signed(seal)
        if seal.previous != (None if before is None else before.hash()):
            self._say(f"seal {seal.number} does not follow from the one before it")
        elif seal.history != self._history.root().hex():
            self._say(f"seal {seal.number} names another history than the seals before it have")
        self._heads.move(list(seal.changed))
        if (seal.heads, seal.chains) != (self._heads.root(), len(self._heads)):
            self._say(f"seal {seal.number} names another root than the heads have that it and earlier ones name")
        self._history.add(seal.leaf())
        self.last = seal
        return signed

    def _signed(self, seal: Seal) -> bool:
        key = self.keys.get(seal.key)
        if key is None:
            self._say(f"seal {seal.number} is signed by the key {seal.key}, which is not known")
            return False
        if not is_signed(key, seal.body.encode(), seal.signature):
            self._say(f"seal {seal.number} is forged: its signature is not that of the key {seal.key}")
            return False
        return True

    def _say(self, words: str) -> None:
        self.findings.add(Finding(self.wrong, words))


class Testimony:
    """What a witness says: its seals by number, and where every chain stood."""

    def __init__(self, keys: Mapping[str, bytes], findings: Findings) -> None:
        self.findings = findings
        self.hashes: dict[int, bytes] = {}
        self.sealed: Sealed = {}
        self.records = 0
        self._run = SealRun(keys, findings, Wrong.WITNESS)

    def take(self, record: Record) -> None:
        """Take in a record; one that came twice counts once."""
        self.records += 1
        seal, hashed = record.seal, sha256(record.seal.body.encode()).digest()
        known = self.hashes.get(seal.number)
        if known == hashed:
            return
        if known is not None:
            self.findings.add(Finding(Wrong.WITNESS, f"the witness has two different seals {seal.number}"))
            return
        if self._run.take(seal):
            self.hashes[seal.number] = hashed
            note_heads(self.sealed, seal)

    @property
    def last(self) -> int:
        """Return the number of the last seal that it has."""
        return max(self.hashes, default=0)


def note_heads(sealed: Sealed, seal: Seal) -> None:
    """Remember where the chains stood that a seal names."""
    for head in seal.changed:
        sealed.setdefault(head.store_id, {}).setdefault(head.seq, (head.hash, seal.number))


class SealCheck:
    """The database's seals, one after another, against the known keys and the witness."""

    def __init__(self, keys: Mapping[str, bytes], testimony: Testimony | None, findings: Findings) -> None:
        self.sealed: Sealed = {} if testimony is None else testimony.sealed
        self.count = 0
        self.run = SealRun(keys, findings)
        self._testimony = testimony
        self._findings = findings

    def take(self, number: int, body: str, signature: bytes) -> None:
        """Check the next row of the table."""
        self.count += 1
        try:
            seal = Seal.read(body, signature)
        except ValueError:
            self._findings.add(Finding(Wrong.SEAL, f"the text of seal {number} has been changed: it is no seal"))
            return
        if seal.number != number:
            self._findings.add(Finding(Wrong.SEAL, f"seal {seal.number} stands under the number {number}"))
        signed = self.run.take(seal)
        seen = self._testimony.hashes.get(seal.number) if self._testimony else None
        if seen is not None and seen != sha256(body.encode()).digest():
            self._findings.add(Finding(Wrong.SEAL, f"seal {seal.number} is not the one that the witness has"))
        elif signed:
            note_heads(self.sealed, seal)

    def finish(self) -> None:
        """Say which seals only the witness has."""
        last = self.run.last.number if self.run.last else 0
        if self._testimony is not None and self._testimony.last > last:
            words = f"the witness has seals up to {self._testimony.last}, the database only up to {last}"
            self._findings.add(Finding(Wrong.SEAL, f"{words}: the seals from {last + 1} on have been cut off"))
