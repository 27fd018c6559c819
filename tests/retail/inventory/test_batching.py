"""What the lanes take for a database that is away, and send again, and what they tell the caller at once."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from retail.inventory.batching import is_unreachable


class Translated(Exception):
    """An error of the driver as SQLAlchemy's dialect hands it on."""


def handed_on(cause: Exception) -> DBAPIError:
    """Wrap a driver's error as a statement of SQLAlchemy raises it."""
    translated = Translated(str(cause))
    translated.__cause__ = cause
    return DBAPIError("select 1", None, translated)


@pytest.mark.parametrize(
    "gone",
    [
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.AdminShutdownError("terminating connection"),
        asyncpg.InterfaceError("the underlying connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        ConnectionRefusedError(111, "Connection refused"),
        TimeoutError(),
    ],
    ids=repr,
)
def test_a_lost_connection_is_no_fault_of_the_caller(gone: Exception) -> None:
    assert is_unreachable(gone)
    assert is_unreachable(handed_on(gone))


def test_nor_is_a_pool_without_a_free_connection() -> None:
    assert is_unreachable(PoolTimeout("QueuePool limit reached"))


@pytest.mark.parametrize(
    "refused",
    [asyncpg.UniqueViolationError("twice"), asyncpg.CheckViolationError("too many"), ValueError("nonsense")],
    ids=repr,
)
def test_what_the_database_says_no_to_is_not_sent_again(refused: Exception) -> None:
    assert not is_unreachable(refused)
    assert not is_unreachable(handed_on(refused))
