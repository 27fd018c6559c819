"""The ledger's entries of goods that come back: always from the customer first, then to where they go.

A return that is kept back never stands on the shelf: what came in from the customer leaves for the quarantine
account in the same post, and comes from there again when it has passed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from retail.inventory.intake import Origin, entry
from retail.inventory.ledger import Entry
from retail.inventory.models import Account, AdjustmentReason, MovementKind
from retail.returns.models import Condition, Disposition, GoodsReturn, ReturnReason

_AWAY = {
    Disposition.QUARANTINE: (MovementKind.QUARANTINE, Account.QUARANTINE),
    Disposition.SUPPLIER: (MovementKind.SUPPLIER_RETURN, Account.SUPPLIER),
    Disposition.DESTROYED: (MovementKind.WASTE, Account.SHRINKAGE),
}


@dataclass(frozen=True, slots=True)
class Posting:
    """What is done now about a return: when, where and by whom."""

    row: GoodsReturn
    origin: Origin
    now: datetime
    actor_id: UUID | None

    def taken_back(self) -> list[Entry]:
        """Return what the customer gave back, and where it went."""
        back = self._line(MovementKind.CUSTOMER_RETURN, Account.CUSTOMER, self.row.units, fen=self.row.refund_fen)
        return [back, *self._gone(Disposition(self.row.disposition), self.row.units)]

    def inspected(self, *, passed: int, failed_to: Disposition | None) -> list[Entry]:
        """Return what comes out of quarantine: what passed is on sale again, the rest goes where it must."""
        out = self._line(MovementKind.QUARANTINE, Account.QUARANTINE, self.row.units)
        return [out] if failed_to is None else [out, *self._gone(failed_to, self.row.units - passed)]

    def undone(self) -> list[Entry]:
        """Return a return the other way round: the goods are with the customer again, who has paid again."""
        home = [
            each._replace(quantity=-each.quantity, reason=None)
            for each in self._gone(Disposition(self.row.disposition), self.row.units)
        ]
        sold = self._line(MovementKind.SALE, Account.CUSTOMER, -self.row.units, fen=self.row.refund_fen)
        return [*home, sold]

    def _gone(self, to: Disposition, units: int) -> list[Entry]:
        if to is Disposition.BACK_ON_SALE:
            return []
        reason = self._why_destroyed() if to is Disposition.DESTROYED else None
        return [self._line(*_AWAY[to], -units, reason=reason)]

    def _why_destroyed(self) -> AdjustmentReason:
        expired = self.row.condition == Condition.EXPIRED or self.row.reason == ReturnReason.EXPIRED
        return AdjustmentReason.EXPIRED if expired else AdjustmentReason.DAMAGED

    def _line(
        self,
        kind: MovementKind,
        account: Account,
        units: int,
        *,
        fen: int | None = None,
        reason: AdjustmentReason | None = None,
    ) -> Entry:
        return entry(
            self.origin,
            self.now,
            store_id=self.row.store_id,
            sku_id=self.row.sku_id,
            kind=kind,
            quantity=units,
            counter=account,
            document_id=self.row.id,
            actor_id=self.actor_id,
            amount=fen,
            reason=reason,
        )
