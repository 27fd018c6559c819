"""Finding a person by a phone number that a provider has verified, through the blind index.

A number that two people have, such as a shop's own, is nobody's proof: it finds neither.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.kernel.content import as_uuid
from retail.kernel.privacy.masters import MasterKeys
from retail.people.models import PersonalField, PersonalValue
from retail.people.phones import NotAPhone, read_phone


class PhoneBook:
    def __init__(self, masters: MasterKeys) -> None:
        self._masters = masters

    async def owner(self, session: AsyncSession, number: str) -> UUID | None:
        """Return the one person whose number this is, however it is written."""
        try:
            phone = read_phone(number)
        except NotAPhone:
            return None
        owners = await session.scalars(
            select(PersonalValue.person_id)
            .where(
                PersonalValue.field == PersonalField.PHONE,
                PersonalValue.blind.in_(self._masters.blinds(PersonalField.PHONE, phone)),
            )
            .distinct()
            .limit(2)
        )
        found = owners.all()
        return as_uuid(found[0]) if len(found) == 1 else None
