"""Who asks in the stories of the GraphQL door: the name stands in a header."""

from starlette.requests import HTTPConnection


async def somebody(connection: HTTPConnection, payload: dict[str, object] | None) -> str | None:
    del payload
    return connection.headers.get("x-name", "somebody") or None
