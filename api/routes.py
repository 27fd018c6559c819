"""The whole URL map on one page."""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp

from api.graphql import GraphQLApp
from api.photos import routes as photo_routes
from api.settings import ROOT
from api.shelf_label_routes import label_routes
from auth.url_map import routes as auth_routes
from pwa.serve import static_app


def routes(graphql: GraphQLApp) -> list[BaseRoute]:
    """Return every route of the application; what is none of them is the web app's."""
    return [
        Route("/graphql", graphql, methods=None),
        WebSocketRoute("/graphql", graphql),
        *auth_routes,
        *photo_routes,
        *label_routes,
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Mount("/", web_app()),
    ]


def web_app() -> ASGIApp:
    """Return the built web app."""
    return static_app(ROOT / "pwa" / "dist")


async def healthz(_request: Request) -> Response:
    """Say that the process lives."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Say whether requests can be answered: the database is there."""
    try:
        async with request.app.state.application.engine.connect() as connection:
            await connection.execute(text("select 1"))
    except (SQLAlchemyError, OSError, TimeoutError):
        return JSONResponse({"status": "the database does not answer"}, status_code=503)
    return JSONResponse({"status": "ready"})
