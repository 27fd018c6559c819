"""The database's shape, revision by revision (Alembic)."""

from pathlib import Path

from alembic.config import Config

FOLDER = Path(__file__).resolve().parent


def alembic_config(url: str) -> Config:
    """Return Alembic's configuration for a database URL (postgresql+asyncpg://...)."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["url"] = url
    return config
