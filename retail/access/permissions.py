"""Permissions and the role table, on one screen.

A role is a set of permissions; an assignment gives a person a role for some stores. There is
no other way to be allowed anything.
"""

from enum import StrEnum


class Permission(StrEnum):
    """One act that a role may include; alphabetical."""

    ACCESS_GRANT = "access:grant"
    AUDIT_READ = "audit:read"
    BUSINESS_DAY_OPEN = "business_day:open"
    CHECKLIST_DESIGN = "checklist:design"
    CLIENT_MANAGE = "client:manage"
    CODE_RESOLVE = "code:resolve"
    COST_READ = "cost:read"
    COUNT_CONFIRM = "count:confirm"
    COUNT_RECORD = "count:record"
    DAY_WORK = "day:work"
    DEVICE_SHARE = "device:share"
    HELP_ANSWER = "help:answer"
    HELP_STAND_IN = "help:stand_in"
    INSIGHT_READ = "insight:read"
    MOVEMENT_READ = "movement:read"
    MOVEMENT_RECORD = "movement:record"
    PERSON_ERASE = "person:erase"
    PERSON_FIND = "person:find"
    PERSON_READ = "person:read"
    PERSON_REVEAL = "person:reveal"
    PRICE_SET = "price:set"
    RETURN_INSPECT = "return:inspect"
    RETURN_RECORD = "return:record"
    RETURN_RULE = "return:rule"
    RETURN_WAIVE = "return:waive"
    SALE_PRICE = "sale:price"
    SALE_RECORD = "sale:record"
    SHELF_MANAGE = "shelf:manage"
    STOCK_ADJUST = "stock:adjust"
    STOCK_READ = "stock:read"
    STOCK_RECEIVE = "stock:receive"
    STOCK_RESERVE = "stock:reserve"
    STORE_PLACE = "store:place"
    STORE_READ = "store:read"
    TAG_RECORD = "tag:record"
    TASK_ASSIGN = "task:assign"
    TASK_DO = "task:do"
    TEAM_READ = "team:read"
    WORK_READ = "work:read"


class Role(StrEnum):
    """The parts that people and programs play in the chain."""

    CLERK = "clerk"
    STORE_MANAGER = "store_manager"
    REGIONAL_MANAGER = "regional_manager"
    HQ_OPERATIONS = "hq_operations"
    HQ_COMPLIANCE = "hq_compliance"
    BUYER = "buyer"
    CHANNEL = "channel"


P = Permission
_WATCH = {P.STORE_READ, P.STOCK_READ, P.MOVEMENT_READ, P.TEAM_READ}
_SHOP = {
    P.BUSINESS_DAY_OPEN,
    P.COUNT_RECORD,
    P.DAY_WORK,
    P.RETURN_INSPECT,
    P.RETURN_RECORD,
    P.SALE_RECORD,
    P.STOCK_ADJUST,
    P.STOCK_RECEIVE,
    P.STOCK_RESERVE,
    P.TAG_RECORD,
    P.TASK_DO,
}
_FIGURES = {P.COST_READ, P.INSIGHT_READ}
_LEAD = _FIGURES | {P.ACCESS_GRANT, P.HELP_STAND_IN, P.PERSON_READ, P.TASK_ASSIGN, P.WORK_READ}
_RUN = {P.COUNT_CONFIRM, P.DEVICE_SHARE, P.RETURN_WAIVE, P.SALE_PRICE, P.SHELF_MANAGE}
_ONLY_COMPLIANCE = {P.PERSON_ERASE, P.PERSON_REVEAL}

ROLE_TABLE: dict[Role, frozenset[Permission]] = {
    Role.CLERK: frozenset(_WATCH | _SHOP),
    Role.STORE_MANAGER: frozenset(_WATCH | _SHOP | _LEAD | _RUN),
    Role.REGIONAL_MANAGER: frozenset(_WATCH | _LEAD | {P.STORE_PLACE}),  # not the store's own: she is judged by it
    Role.HQ_OPERATIONS: frozenset(set(Permission) - _ONLY_COMPLIANCE),
    Role.HQ_COMPLIANCE: frozenset(
        _WATCH | _FIGURES | _ONLY_COMPLIANCE | {P.ACCESS_GRANT, P.AUDIT_READ, P.PERSON_FIND, P.PERSON_READ, P.WORK_READ}
    ),
    Role.BUYER: frozenset(_FIGURES | {P.STOCK_READ, P.STORE_READ}),  # goods and money, nobody's work
    Role.CHANNEL: frozenset(
        {
            P.MOVEMENT_RECORD,
            P.RETURN_RECORD,
            P.SALE_PRICE,
            P.SALE_RECORD,
            P.STOCK_ADJUST,
            P.STOCK_READ,
            P.STOCK_RECEIVE,
            P.STOCK_RESERVE,
            P.STORE_READ,
            P.TAG_RECORD,
        }
    ),
}


def roles_with(permission: Permission) -> list[Role]:
    """Return the roles that include a permission."""
    return [role for role, permissions in ROLE_TABLE.items() if permission in permissions]
