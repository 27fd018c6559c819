"""Checking a store's movements against the entries of the operation log that vouch for them."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from retail.audit.chain_check import ADOPTED, Vouched
from retail.audit.findings import Finding, Findings, Wrong
from retail.inventory.lines import STORED, stored_digest

MOVEMENTS = (
    f"select log_seq, sku_id::text as sku, version, quantity as units, balance, {STORED}"  # noqa: S608 -- our own words
    " from movement where store_id = $1 order by log_seq nulls first, movement.sku_id, version"
)
_AHEAD = 5
"""How many columns come before those of the digest."""


class MovementCheck:
    """The movements of one store, in the order in which the log vouches for them."""

    def __init__(
        self, store_id: UUID, vouched: Mapping[int, Vouched], adopted: Vouched | None, findings: Findings
    ) -> None:
        self.count = 0
        self._store_id = store_id
        self._vouched = dict(vouched)
        self._adopted = adopted
        self._findings = findings
        self._levels: dict[str, tuple[int, int]] = {}
        self._entry: int | None = None
        self._lines = 0
        self._hash = sha256()

    def take(self, row: Sequence[Any]) -> None:
        """Check the next row of `MOVEMENTS`."""
        columns = list(row)
        seq, sku, version, units, balance = columns[:_AHEAD]
        if seq != self._entry:
            self._close()
            self._entry = seq
        self._lines += 1
        self._hash.update(stored_digest(columns[_AHEAD:]))
        last, stood = self._levels.get(sku, (0, 0))
        if (version, balance) != (last + 1, stood + units):
            words = f"a movement of SKU {sku} says version {version}, balance {balance}"
            self._say(f"{words}, and from those before it follow {last + 1} and {stood + units}", seq)
        self._levels[sku] = (version, balance)
        self.count += 1

    def finish(self) -> None:
        """Close the last entry, and name those whose movements are gone."""
        self._close()
        if self._adopted is not None:
            self._say(f"its {self._adopted.lines} movements are gone", None, self._adopted.act)
        for seq, vouched in self._vouched.items():
            if vouched.lines:
                self._say(f"its {vouched.lines} movements are gone", seq, vouched.act)

    def _close(self) -> None:
        if not self._lines:
            return
        seq, lines, found = self._entry, self._lines, self._hash.hexdigest()
        self._lines, self._hash = 0, sha256()
        if seq is None:
            vouched, self._adopted = self._adopted, None
        else:
            vouched = self._vouched.pop(seq, None)
        if vouched is None:
            self._say(f"{lines} movements that no entry vouches for have been added", seq)
        elif vouched.lines != lines:
            self._say(f"it vouches for {vouched.lines} movements, and there are {lines}", seq, vouched.act)
        elif vouched.movements != found:
            words = "a movement that it vouches for has been edited"
            self._say(f"{words} (one of {lines})" if lines > 1 else words, seq, vouched.act)

    def _say(self, words: str, seq: int | None, act: str | None = None) -> None:
        known = act or (ADOPTED if seq is None else None)
        self._findings.add(Finding(Wrong.MOVEMENT, words, self._store_id, seq or 1, known))
