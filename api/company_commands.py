"""The commands about company sign-in: writing down who somebody is at a provider, and taking it back."""

from collections.abc import Callable, Mapping
from typing import Annotated
from uuid import UUID

import typer

from api.mendable import Mendable
from api.settings import Settings, WrongSettings, read_settings
from retail.access.work import Work

LONGEST_SUBJECT = 255

Who = Annotated[str, typer.Argument(help="The person's login, or their id.")]
At = Annotated[str, typer.Option("--provider", help="The provider's id in TRUESHELF_COMPANY_SIGN_IN.")]
Subject = Annotated[str, typer.Option(help="What the provider calls the person: `sub`, or the WeCom userid.")]


class NoSuchPerson(Mendable):
    """Nobody has this login."""


def link(who: Who, provider: At, subject: Subject) -> None:
    """Write down who somebody is at a provider, in place of what was written; it opens the door at once."""
    from api import admin
    from api.serving import database
    from auth.company.links import link_person

    settings = read_settings()
    name = _subject(settings, provider, subject)

    async def act(work: Work) -> None:
        await link_person(work.session, provider, name, await _person(work, who), work.now)

    with database(settings, shared=True) as url:
        admin.run(url, act)
    typer.echo(f"{who} is {name} at {provider}")


def unlink(who: Who, provider: At) -> None:
    """Take a link back, and end the sessions that it opened."""
    from api import admin
    from api.serving import database
    from auth.company.links import unlink_person

    async def act(work: Work) -> bool:
        return await unlink_person(work.session, provider, await _person(work, who), work.now)

    with database(read_settings(), shared=True) as url:
        was_there = admin.run(url, act)
    typer.echo(f"{who} is nobody at {provider} any more" if was_there else f"{who} was nobody at {provider}")


COMMANDS: Mapping[str, Callable[..., None]] = {"link-person": link, "unlink-person": unlink}


def _subject(settings: Settings, provider: str, subject: str) -> str:
    """Return a subject as the provider will prove it; WeCom takes capitals for small letters."""
    known = {each.id: each for each in settings.company_sign_in}
    if provider not in known:
        raise WrongSettings(f"TRUESHELF_COMPANY_SIGN_IN has no provider {provider!r}")
    if not subject.isprintable() or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise typer.BadParameter(f"has 1 to {LONGEST_SUBJECT} characters", param_hint="--subject")
    return subject.lower() if known[provider].kind == "wecom" else subject


async def _person(work: Work, who: str) -> UUID:
    from auth.company.links import find_by_login

    person_id = await find_by_login(work.session, who)
    if person_id is None:
        raise NoSuchPerson(f"nobody has the login or id {who!r}")
    return person_id
