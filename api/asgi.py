"""The application as an import string, for uvicorn's worker processes: settings come from the environment."""

from starlette.applications import Starlette

from api.app import create_app
from api.demo.staff import accounts
from api.log import configure_log
from api.settings import read_settings


def make() -> Starlette:
    """Return the application of one worker process."""
    configure_log()
    settings = read_settings()
    return create_app(settings, demo_accounts=accounts() if settings.demo else ())
