"""What a channel client may do, by its kind: the whole table on one screen.

`needs` is what a client of the kind gets unless less is asked for. `may_have` is the most that
headquarters can ever give it: a leaked key must not be able to do what no client of its kind does.
"""

from dataclasses import dataclass
from enum import StrEnum

from retail.access.permissions import ROLE_TABLE, Permission, Role


class ChannelKind(StrEnum):
    """What sort of program a channel client is."""

    TILL = "till"
    PLATFORM = "platform"
    ERP = "erp"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class KindRule:
    """The scopes of a kind."""

    needs: frozenset[Permission]
    may_have: frozenset[Permission]


P = Permission
_LOOK = {P.STORE_READ, P.STOCK_READ}
_SELL = {P.SALE_RECORD, P.STOCK_RESERVE}
_CORRECT = {P.MOVEMENT_RECORD, P.STOCK_ADJUST, P.STOCK_RECEIVE}
_OF_A_TILL = {P.RETURN_RECORD, P.SALE_PRICE}

KINDS: dict[ChannelKind, KindRule] = {
    # Stands in the shop: it takes money and goods back, and its price is the one that was paid. Counts, waste and
    # deliveries are a person's acts on a phone, with a name; a chain whose till does them can say so.
    ChannelKind.TILL: KindRule(
        needs=frozenset(_LOOK | _SELL | _OF_A_TILL), may_have=frozenset(_LOOK | _SELL | _OF_A_TILL | _CORRECT)
    ),
    # Meituan, Douyin: another company's program. It promises stock and reports what it sold, at the listed price.
    # Never a return (goods come back over our counter, where somebody looks at them), an adjustment or a delivery:
    # with its key alone nobody can make stock appear or vanish, or sell for a fen.
    ChannelKind.PLATFORM: KindRule(needs=frozenset(_LOOK | _SELL), may_have=frozenset(_LOOK | _SELL)),
    # Head office's books: deliveries, opening stock, returns to suppliers, approved waste and counts. It sells nothing
    # by itself; a chain whose tills report through the ERP can add sales and returns.
    ChannelKind.ERP: KindRule(
        needs=frozenset(_LOOK | _CORRECT), may_have=frozenset(_LOOK | _CORRECT | _SELL | _OF_A_TILL)
    ),
    # A display, a report, a bridge of the chain's own: looks only, until somebody says what else. `client:manage` lets
    # a gateway introspect the tokens of all clients; it opens no management, which takes a person's role.
    ChannelKind.OTHER: KindRule(needs=frozenset(_LOOK), may_have=ROLE_TABLE[Role.CHANNEL] | {P.CLIENT_MANAGE}),
}
