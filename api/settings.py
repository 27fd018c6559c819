"""Settings: one frozen object read from the environment; a wrong value names itself at the start."""

from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.door_address import read_networks
from api.mendable import Mendable
from auth.limits import SECOND_FACTOR_ROLES
from retail.access.permissions import Role

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "TRUESHELF_"


class WrongSettings(Mendable):
    """Some settings cannot be used; the message names each and says why."""


class Settings(BaseSettings):
    """Everything that can be set from outside, as environment variables TRUESHELF_<NAME>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    database_url: Annotated[
        str | None, Field(description="postgresql://user:password@host/name (PostgreSQL 15 or newer); empty: embedded.")
    ] = None
    owner_database_url: Annotated[
        str | None, Field(description="The same database for its owner, whom only `trueshelf migrate` connects as.")
    ] = None
    master_keys: Annotated[
        SecretStr | None,
        Field(description="What seals secrets and personal data: id:base64,... The first seals, all open; see docs."),
    ] = None
    reveal_alarm_people: Annotated[
        int, Field(ge=1, le=1000, description="Seeing more different people's data in an hour raises an alarm.")
    ] = 20
    reveal_alarm_times: Annotated[
        int, Field(ge=2, le=100, description="Seeing so many times one's usual day's people raises an alarm.")
    ] = 5
    reveal_limit: Annotated[
        int, Field(ge=1, le=1000, description="At most so many views of personal data an hour by one person.")
    ] = 60
    bus_url: Annotated[str, Field(description="memory:// for one process, redis://host:6379/0 across several.")] = (
        "memory://"
    )
    host: Annotated[str, Field(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="The port to listen on.")] = 8000
    workers: Annotated[int, Field(ge=1, le=64, description="Server processes; more than one needs a Redis bus.")] = 1
    home: Annotated[Path, Field(description="Where the embedded database and other state are kept.")] = (
        ROOT / ".trueshelf"
    )
    public_url: Annotated[
        str | None, Field(description="Where browsers find us, such as https://stock.example; else http://host:port.")
    ] = None
    max_body_bytes: Annotated[
        int, Field(ge=1024, le=64 * 1024 * 1024, description="The largest request body taken.")
    ] = 2 * 1024 * 1024
    trusted_proxies: Annotated[
        str, Field(description="Our own proxies, whose X-Forwarded-For is believed: addresses or networks, by commas.")
    ] = ""
    sign_ins_per_minute: Annotated[int, Field(ge=1, description="POSTs to sign-in that one address may make.")] = 240
    tokens_per_minute: Annotated[int, Field(ge=1, description="POSTs for a channel's tokens, from one address.")] = 600
    anonymous_per_second: Annotated[
        int,
        Field(ge=1, description="Requests of one address that show no right to be here (30 seconds' worth at once)."),
    ] = 100
    count_tasks: Annotated[
        bool, Field(description="Whether every business day that is opened asks for a short count as a task.")
    ] = True
    offline_hours: Annotated[
        int,
        Field(ge=1, le=720, description="How long a device may show what it kept without a word from us."),
    ] = 24
    person_cost_per_second: Annotated[
        int, Field(ge=1000, description="GraphQL field values that a person may ask for (20 seconds' worth at once).")
    ] = 20_000
    channel_cost_per_second: Annotated[int, Field(ge=1000, description="The same for a channel.")] = 500_000
    push_inside: Annotated[
        bool, Field(description="Let push services be http or inside our own network: for tests, never with real data.")
    ] = False
    pool_size: Annotated[
        int, Field(ge=4, le=200, description="Database connections of one process, in each of its two roles.")
    ] = 10
    access_token_seconds: Annotated[
        int, Field(ge=300, le=600, description="How long a channel's access token is good.")
    ] = 600
    seal_seconds: Annotated[
        int, Field(ge=1, le=3600, description="How often the operation log is sealed and its witnesses are told.")
    ] = 60
    witness_folder: Annotated[
        Path | None, Field(description="Where seals are kept outside the database; empty: the folder witness of HOME.")
    ] = None
    witness_url: Annotated[
        str | None, Field(description="An https address that takes seals by POST, as a second witness.")
    ] = None
    witness_token: Annotated[
        SecretStr | None, Field(description="What the witness at that address wants as a bearer token.")
    ] = None
    photos: Annotated[
        str | None, Field(description="Where pictures lie: a folder, or s3://bucket/prefix; empty: HOME/photos.")
    ] = None
    photos_endpoint: Annotated[
        str | None, Field(description="The address of the S3-compatible storage, if it is not Amazon's own.")
    ] = None
    photos_region: Annotated[str, Field(description="The region of the bucket.")] = "us-east-1"
    photos_key_id: Annotated[str | None, Field(description="The access key; empty: AWS_* or the machine's role.")] = (
        None
    )
    photos_secret: Annotated[SecretStr | None, Field(description="The secret of that access key.")] = None
    photo_days: Annotated[
        int, Field(ge=1, le=3660, description="How long a picture is kept; what the log says of it stays.")
    ] = 400
    demo: Annotated[bool, Field(description="Show the demo accounts on the sign-in page. Never with real data.")] = (
        False
    )

    company_sign_in: Annotated[
        tuple[Any, ...],  # of `auth.company.settings`, which is loaded only where there are any
        NoDecode,
        Field(description="The company's identity providers, a JSON list; see docs/sign-in.md."),
    ] = ()

    second_factor_roles: Annotated[
        frozenset[Role],
        NoDecode,
        Field(description="Roles that need a second factor, separated by commas; the others may have one."),
    ] = SECOND_FACTOR_ROLES

    @field_validator("second_factor_roles", mode="before")
    @classmethod
    def _are_roles(cls, value: object) -> object:
        return {name.strip() for name in value.split(",") if name.strip()} if isinstance(value, str) else value

    @field_validator("company_sign_in", mode="before")
    @classmethod
    def _are_providers(cls, value: object) -> object:
        if not isinstance(value, str) or not value:
            return value or ()
        from auth.company.settings import read_providers

        return read_providers(value)

    @field_validator(
        *("database_url", "owner_database_url", "public_url", "master_keys"),
        *("witness_folder", "witness_url", "witness_token"),
        *("photos", "photos_endpoint", "photos_key_id", "photos_secret"),
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @field_validator("database_url", "owner_database_url")
    @classmethod
    def _is_postgres(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).scheme not in {"postgresql", "postgres"}:
            raise ValueError("must begin with postgresql://")
        try:
            _ = urlsplit(value or "").port
        except ValueError as wrong:
            raise ValueError(f"{wrong}; in a password, @ : / # ? are written %40 %3A %2F %23 %3F") from None
        return value

    @field_validator("bus_url")
    @classmethod
    def _is_a_bus(cls, value: str) -> str:
        if urlsplit(value).scheme not in {"memory", "redis", "rediss"}:
            raise ValueError("must begin with memory:// or redis://")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_a_site(cls, value: str | None) -> str | None:
        if value is None:
            return None
        site = urlsplit(value)
        if site.scheme not in {"http", "https"} or not site.netloc:
            raise ValueError("must be like https://stock.example")
        if site.path.strip("/") or site.query or site.fragment:
            raise ValueError("must be a whole host like https://stock.example, with nothing after it")
        return f"{site.scheme}://{site.netloc}"

    @field_validator("witness_url")
    @classmethod
    def _is_a_witness(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "https://none")
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
            raise ValueError("must begin with https://")
        return value

    @field_validator("photos")
    @classmethod
    def _is_a_place(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if "://" in (value or "") and (parts.scheme != "s3" or not parts.netloc):
            raise ValueError("must be a folder or s3://bucket/prefix")
        return value

    @field_validator("photos_endpoint")
    @classmethod
    def _is_an_endpoint(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "https://none")
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("must begin with https:// (or http:// inside one's own network)")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        try:
            read_networks(value)
        except ValueError as wrong:
            raise ValueError(f"must be addresses or networks such as 10.0.0.0/8 ({wrong})") from None
        return value

    @model_validator(mode="after")
    def _workers_need_a_bus(self) -> Self:
        if self.workers > 1 and self.bus_url.startswith("memory:"):
            raise ValueError(
                f"{PREFIX}WORKERS={self.workers} needs {PREFIX}BUS_URL=redis://...: memory is one process's"
            )
        return self

    @property
    def site(self) -> str:
        """Return where browsers find us."""
        return self.public_url or self.own_url

    @property
    def own_url(self) -> str:
        """Return where the server is to be reached from this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 -- read, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def read_settings(**given: object) -> Settings:
    """Return the settings of the environment, with some given; raise `WrongSettings` naming what is wrong."""
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as wrong:
        lines = []
        for error in wrong.errors():
            name = PREFIX + str(error["loc"][0]).upper() if error["loc"] else "settings"
            lines.append(f"{name}: {error['msg'].removeprefix('Value error, ')}")
        raise WrongSettings("\n".join(lines)) from None


def asyncpg_url(url: str) -> str:
    """Return a PostgreSQL URL as SQLAlchemy's asyncpg dialect reads it."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1]
