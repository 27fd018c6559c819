"""The database's shape, revision by revision (Alembic)."""

from pathlib import Path

from alembic import op
from alembic.config import Config

FOLDER = Path(__file__).resolve().parent


def alembic_config(url: str) -> Config:
    """Return Alembic's configuration for a database URL (postgresql+asyncpg://...)."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def run_script(name: str) -> None:
    """Run a file of `sql/`, which may hold several statements, in the migration's transaction."""
    script = (FOLDER / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    connection = op.get_bind().connection.dbapi_connection
    if connection is None:
        raise RuntimeError("the migration has lost its connection")
    connection.run_async(lambda driver: driver.execute(script))
