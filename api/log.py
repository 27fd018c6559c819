"""The log: one JSON object a line when a program reads it, coloured words when a person does."""

import logging
import sys

import orjson
import structlog


def configure_log() -> None:
    """Set structlog up for this process; everything goes to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
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
