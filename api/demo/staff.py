"""Who may sign in to the demo chain, and the programs that trade on its behalf.

The password and the channels' secrets are public: anybody who can reach a demo may use it. That
is why `trueshelf run` listens on this machine only, and why no other chain is ever seeded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from api.demo.people import BUYERS, COMPLIANCE, OPERATIONS, REGIONAL_MANAGERS, name_of
from api.demo.places import CITIES
from auth.limits import SECOND_FACTOR_ROLES
from auth.totp import SECRET_BYTES, in_base32
from auth.wiring import DemoAccount
from retail.access.channel_kinds import ChannelKind
from retail.access.permissions import Role

PASSWORD = "trueshelf"  # noqa: S105 -- a demo's, printed at its start
PIN = "246810"
"""Of every clerk."""
SHOWN_SHOPS = ("wangjing", "lujiazui", "chunxilu")
"""Shops whose people the sign-in page offers; their day is left for them to open."""


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody with a login: in one shop (its code), one region (its code) or the whole chain."""

    login: str
    name: str
    role: Role
    shop: str | None = None
    region: str | None = None
    place: str = "总部"


@dataclass(frozen=True, slots=True)
class DemoClient:
    """A program of the demo with its public credentials; `part` is what it plays in the simulator."""

    part: str
    name: str
    client_id: str
    secret: str
    kind: ChannelKind


CLIENTS: Sequence[DemoClient] = tuple(
    DemoClient(part, name, f"demo-{part}", f"demo-{part}-{PASSWORD}", kind)
    for part, name, kind in (
        ("till", "门店收银", ChannelKind.TILL),
        ("meituan", "美团", ChannelKind.PLATFORM),
        ("douyin", "抖音", ChannelKind.PLATFORM),
        ("erp", "ERP", ChannelKind.ERP),
    )
)


def employees() -> Iterator[Employee]:
    """Return everybody, headquarters first; clerks are `wangjing` and `wangjing.2`, the manager `wangjing.m`."""
    for login, name in OPERATIONS.items():
        yield Employee(login, name, Role.HQ_OPERATIONS)
    for login, name in COMPLIANCE.items():
        yield Employee(login, name, Role.HQ_COMPLIANCE)
    for login, name in BUYERS.items():
        yield Employee(login, name, Role.BUYER)
    number = 0
    for city in CITIES:
        yield Employee(
            city.slug, REGIONAL_MANAGERS[city.slug], Role.REGIONAL_MANAGER, region=city.code, place=city.name
        )
        for shop in city.shops:
            for ending, role in (("", Role.CLERK), (".2", Role.CLERK), (".m", Role.STORE_MANAGER)):
                login = f"{shop.slug}{ending}"
                yield Employee(login, name_of(number), role, shop=city.code_of(shop), place=shop.name)
                number += 1


def accounts() -> tuple[DemoAccount, ...]:
    """Return the accounts that the sign-in page offers: some of every role, clerks first."""
    order = [Role.CLERK, Role.STORE_MANAGER, Role.REGIONAL_MANAGER, Role.HQ_OPERATIONS, Role.HQ_COMPLIANCE, Role.BUYER]
    shown = [each for each in employees() if each.shop is None or each.login.removesuffix(".m") in SHOWN_SHOPS]
    shown.sort(key=lambda each: order.index(each.role))
    return tuple(
        DemoAccount(
            each.login,
            PASSWORD,
            each.name,
            each.role.name,
            each.place,
            pin=PIN if has_pin(each) else None,
            totp_secret=totp_secret_of(each.login) if has_second_factor(each) else None,
        )
        for each in shown
    )


def has_pin(employee: Employee) -> bool:
    """Say whether somebody takes turns on the shared device of a shop."""
    return employee.role is Role.CLERK


def has_second_factor(employee: Employee) -> bool:
    return employee.role in SECOND_FACTOR_ROLES


def totp_secret_of(login: str) -> str:
    """Return the secret of somebody's authenticator: as public as the password that it is made from."""
    return in_base32(sha256(f"{PASSWORD} {login}".encode()).digest()[:SECRET_BYTES])
