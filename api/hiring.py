"""Hiring many people at once from a CSV file: one transaction, and a bad row changes nothing.

A phone number that cannot be read is named by its line, never repeated: what a command prints is kept
by terminals and logs.
"""

from collections.abc import Callable
from pathlib import Path

from api.admin import BadFile, Reader, add_person
from api.master_keys import ring
from api.settings import Settings
from retail.access.permissions import Role
from retail.access.work import Work
from retail.kernel.privacy.masking import Personal
from retail.kernel.privacy.vault import Vault
from retail.people.phones import NotAPhone, read_phone

PEOPLE_COLUMNS = ("name", "role")


async def import_people(
    work: Work, vault: Vault, path: Path, show: Callable[[int], None] = lambda _: None
) -> list[tuple[str, str]]:
    """Hire the people of a file (name, role; login, stores, regions, phone); return logins and first passwords."""
    reader = Reader(path, PEOPLE_COLUMNS)
    passwords = []
    for number, row in enumerate(reader.rows(), 1):
        role = reader.value("role", _role, None, "is no role of a person")
        phone = _phone(reader, row.get("phone", ""))
        if role is None or not row["name"]:
            continue
        login = row.get("login", "")
        first = await add_person(
            work,
            name=row["name"],
            login=login,
            role=role,
            stores=row.get("stores", "").split(),
            regions=row.get("regions", "").split(),
            phone=phone,
            vault=vault,
        )
        if login:
            passwords.append((login, first))
        show(number)
    return passwords


def phone_and_vault(settings: Settings, text: str) -> tuple[Personal | None, Vault | None]:
    """Return a number from the command line and the vault that seals it; neither if there is no number."""
    if not text:
        return None, None
    try:
        return Personal(read_phone(text)), Vault(ring(settings))
    except NotAPhone as wrong:
        raise BadFile(f"--phone: {wrong}") from None


def _role(text: str) -> Role | None:
    role = Role(text)
    if role is Role.CHANNEL:
        raise ValueError(text)
    return role


def _phone(reader: Reader, text: str) -> Personal | None:
    if not text:
        return None
    try:
        return Personal(read_phone(text))
    except NotAPhone as wrong:
        reader.complain("phone", f"is {wrong}")
        return None
