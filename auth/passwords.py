"""Logins and passwords: folded one way, hashed with argon2id, checked in constant time.

Checking takes the same time whether the login exists or not. Hashing runs in two threads of its
own: the event loop is never blocked, and a flood of sign-ins takes 128 MiB at most.
"""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from pwdlib import PasswordHash

LOGIN_LENGTH = 100
PASSWORD_LENGTHS = range(8, 257)

T = TypeVar("T")

_argon2 = PasswordHash.recommended()
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


def fold_login(login: str) -> str:
    """Return the one spelling under which a login is kept: NFKC, trimmed, case folded."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def is_login(folded: str) -> bool:
    """Say whether a folded login could be anybody's (control characters never are)."""
    return 0 < len(folded) <= LOGIN_LENGTH and folded.isprintable()


async def hash_password(password: str) -> str:
    """Return the argon2id hash of a new password; raise ValueError if it is too short or too long."""
    if len(password) not in PASSWORD_LENGTHS:
        raise ValueError(f"A password has {PASSWORD_LENGTHS.start} to {PASSWORD_LENGTHS.stop - 1} characters.")
    return await _in_thread(lambda: _argon2.hash(_normal(password)))


async def check_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Check a password against a stored hash (None: no such account, which takes as long).

    Return whether it is right, and a better hash to store if the old one has become weak.
    """

    def check() -> tuple[bool, str | None]:
        nobodys = _nobodys_hash()
        right, better = _argon2.verify_and_update(_normal(password), stored or nobodys)
        return right and stored is not None, better

    return await _in_thread(check)


def _normal(password: str) -> str:
    """Return the form that two keyboards agree on (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys_hash() -> str:
    return _argon2.hash("nobody has this password")


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work)
