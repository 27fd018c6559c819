"""After a rotation of the master key: the blind indexes of people under the new one."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update

from retail.access.work import Work
from retail.kernel.privacy.vault import Vault
from retail.people.models import PersonalValue
from retail.people.queries import open_values


async def blind_anew(work: Work, vault: Vault, people: Sequence[UUID]) -> None:
    """Write the blind indexes of people under the first key of the ring."""
    for (person_id, field), value in (await open_values(work.session, vault, people)).items():
        await work.session.execute(
            update(PersonalValue)
            .where(PersonalValue.person_id == person_id, PersonalValue.field == field)
            .values(blind=vault.masters.blind(field, value.clear))
        )
