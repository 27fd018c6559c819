"""The log: one JSON object a line when a program reads it, coloured words when a person does.

No secret gets into it: a field whose name says that it holds one is left out, and so is everything in a text that
looks like a credential (a bearer token, a cookie, a password in an address), in tracebacks too. Every line that a
request causes carries the request's id.
"""

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

import orjson
import structlog

REQUEST: ContextVar[str | None] = ContextVar("request", default=None)
"""The id of the request that is being answered."""

MASK = "***"
_HIDDEN = (
    r"authorization|cookie|set-cookie|password\w*|passwd|passphrase|\w*secret\w*|\w*token\w*|pin|otp|totp|code_verifier"
    r"|client_assertion|assertion|recovery_?codes?|private_\w+|api_?key|p256dh|session_key|session_id|credentials?"
)
_NAMED = re.compile(rf"(?:{_HIDDEN})", re.IGNORECASE)
_INSIDE = re.compile(
    rf"""(?P<name>(?<![\w-])(?:{_HIDDEN})["']?\s*(?:=(?!=)|:(?!:))\s*)"""
    r"""(?:b?"(?:\\.|[^"\\])*"|b?'(?:\\.|[^'\\])*'|(?:(?:bearer|basic|dpop)\s+)?[^\s,;&"')\]}]+)""",
    re.IGNORECASE,
)
_HEADER = re.compile(r"""\b((?:set-)?cookie|(?:proxy-)?authorization)(["']?\s*:\s*)[^\r\n"']+""", re.IGNORECASE)
_ROW = re.compile(r"(DETAIL:\s+)[^\n]*")
"""What PostgreSQL quotes of a row that it refuses."""
_BEARER = re.compile(r"\b(bearer|basic|dpop)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
_IN_ADDRESS = re.compile(r"(\w://[^\s/:@]*):[^\s/@]+@")
_COOKIE = re.compile(r"((?:__Host-)?trueshelf_\w+=)[^\s;,\"']+")

Event = MutableMapping[str, Any]


def configure_log() -> None:
    """Set structlog up for this process; everything goes to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _name_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_event,
            structlog.dev.ConsoleRenderer()
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(
                serializer=lambda value, **_: orjson.dumps(value, default=str).decode()
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    if not isinstance(logging.getLogRecordFactory(), _MaskedRecords):
        logging.setLogRecordFactory(_MaskedRecords(logging.getLogRecordFactory()))


def mask_event(_logger: object, _method: str, event: Event) -> Event:
    """Leave every secret of a log event out."""
    for name, value in event.items():
        event[name] = MASK if _NAMED.fullmatch(name) else _masked(value)
    return event


def mask(text: str) -> str:
    """Return a text without whatever looks like a secret in it."""
    text = _HEADER.sub(rf"\1\2{MASK}", text)
    text = _ROW.sub(rf"\1{MASK}", text)
    text = _INSIDE.sub(rf"\g<name>{MASK}", text)
    text = _BEARER.sub(rf"\1 {MASK}", text)
    text = _JWT.sub(MASK, text)
    text = _COOKIE.sub(rf"\1{MASK}", text)
    return _IN_ADDRESS.sub(rf"\1:{MASK}@", text)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, bytes):
        return mask(value.decode("utf-8", "replace"))
    if isinstance(value, dict):
        return {name: MASK if _NAMED.fullmatch(str(name)) else _masked(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(each) for each in value]
    if isinstance(value, BaseException):
        return mask(repr(value))
    return value if isinstance(value, int | float | None) else mask(str(value))


def _name_request(_logger: object, _method: str, event: Event) -> Event:
    request = REQUEST.get()
    if request is not None:
        event.setdefault("request", request)
    return event


class _MaskedRecords:
    """The same for what libraries say through `logging`, with their tracebacks."""

    def __init__(self, inner: Callable[..., logging.LogRecord]) -> None:
        self._inner = inner

    def __call__(self, *args: Any, **more: Any) -> logging.LogRecord:
        record = self._inner(*args, **more)
        record.msg, record.args = mask(record.getMessage()), None
        if record.exc_info:
            # A formatter that finds this text writes no traceback of its own.
            record.exc_text = mask(logging.Formatter().formatException(record.exc_info))
        return record
