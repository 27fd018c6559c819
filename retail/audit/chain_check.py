"""Checking one chain, entry by entry: numbers, hashes, where it stood when it was sealed, and its head."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from retail.audit.chain import NO_HASH, Head, link_hash
from retail.audit.findings import Finding, Findings, Wrong

ADOPTED = "ledger.adopted"


@dataclass(frozen=True, slots=True)
class Vouched:
    """What an entry says of the movements that it vouches for: how many, and the hash of their digests."""

    act: str
    lines: int
    movements: str


@dataclass(slots=True)
class ChainCheck:
    """One chain; `sealed` holds for some numbers the hash that was sealed, and in which seal."""

    store_id: UUID
    sealed: Mapping[int, tuple[bytes, int]]
    findings: Findings
    entries: int = 0
    seq: int = 0
    vouched: dict[int, Vouched] = field(default_factory=dict)
    adopted: Vouched | None = None
    _hash: bytes = NO_HASH
    _sealed_to: int = 0
    _rewritten: bool = False
    _store: bytes = field(init=False)

    def __post_init__(self) -> None:
        self._store = self.store_id.bytes

    def take(self, seq: int, body: str, hash: bytes) -> None:
        """Check the next entry. After a wrong one the next is held against what is stored, so each is told once."""
        act = self._read(seq, body)
        if seq != self.seq + 1:
            last = seq - 1
            gone = f"entry {last} is" if last == self.seq + 1 else f"entries {self.seq + 1} to {last} are"
            self._say(Wrong.MISSING, f"{gone} missing before it", seq, act)
        elif link_hash(self._hash, self._store, seq, body) != hash:
            self._say(Wrong.EDITED, "its hash does not follow from its body and the entry before it", seq, act)
        self._compare(seq, act, hash)
        self.entries += 1
        self.seq, self._hash = seq, hash

    def _read(self, seq: int, body: str) -> str | None:
        try:
            said = orjson.loads(body)
            act = str(said["act"])
            wrote = said if act == ADOPTED else said.get("wrote")
            if wrote is not None:
                vouched = Vouched(act, int(wrote["lines"]), str(wrote["movements"]))
                if act == ADOPTED:
                    self.adopted = vouched
                else:
                    self.vouched[seq] = vouched
        except (ValueError, KeyError, TypeError, AttributeError):
            self._say(Wrong.EDITED, "its body is not what the log writes", seq)
            return None
        return act

    def _compare(self, seq: int, act: str | None, hash: bytes) -> None:
        sealed = self.sealed.get(seq)
        if sealed is None:
            return
        if sealed[0] != hash and not self._rewritten:
            first = self._sealed_to + 1
            span = "it has" if first == seq else f"it or one of those from {first} on has"
            words = f"seal {sealed[1]} has another hash for it: {span} been rewritten since"
            self._say(Wrong.REWRITTEN, words, seq, act)
            self._rewritten = True
        self._sealed_to = seq

    def finish(self, head: Head | None) -> None:
        """Hold the end of the chain against its last sealed place and its head."""
        sealed_to = max(self.sealed, default=0)
        if sealed_to > self.seq:
            number = self.sealed[sealed_to][1]
            words = f"the chain ends here, but seal {number} has its entry {sealed_to}: the tail has been cut off"
            self._say(Wrong.CUT, words, self.seq)
        elif head is None or head.seq < self.seq:
            self._say(Wrong.ADDED, f"the chain's head stands at {head.seq if head else 0}: added beside it", self.seq)
        elif head.seq > self.seq:
            self._say(Wrong.CUT, f"the chain's head stands at {head.seq}: the tail has been cut off", self.seq)
        elif head.hash != self._hash:
            self._say(Wrong.HEAD, "the chain's head has another hash", self.seq)

    @property
    def unsealed(self) -> int:
        """Return how many entries at the end no seal names yet."""
        return max(0, self.seq - max(self.sealed, default=0))

    def _say(self, wrong: Wrong, words: str, seq: int, act: str | None = None) -> None:
        self.findings.add(Finding(wrong, words, self.store_id, seq, act))
