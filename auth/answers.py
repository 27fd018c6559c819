"""What the sign-in endpoints say: typed JSON in English and Chinese, never kept by a cache."""

from collections.abc import Awaitable, Callable, Mapping
from math import ceil
from typing import Any, Self
from uuid import UUID

import orjson
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from auth.attempts import TooManyAttemptsError


class AuthRefusal(Exception):
    """A request that is answered with a code, words, and the name of the field at fault, if any."""

    def __init__(
        self, status: int, code: str, message: str, message_zh: str, *, field: str | None = None, **headers: str
    ) -> None:
        super().__init__(code)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.body: dict[str, object] = {"code": code, "message": message, "messageZh": message_zh}
        if field is not None:
            self.body["field"] = field
        self.afterwards: BackgroundTask | None = None

    def then(self, do: Callable[..., Awaitable[None]], *values: object) -> Self:
        """Do something once the answer has left, so that the time it takes tells nothing."""
        self.afterwards = BackgroundTask(do, *values)
        return self


def wrong_credentials() -> AuthRefusal:
    return AuthRefusal(401, "WRONG_CREDENTIALS", "The login or the password is wrong.", "账号或密码不正确。")


def not_signed_in() -> AuthRefusal:
    return AuthRefusal(401, "NOT_SIGNED_IN", "Please sign in.", "请先登录。", WWW_Authenticate="Bearer")


def too_many_attempts(seconds: int) -> AuthRefusal:
    return AuthRefusal(
        429,
        "TOO_MANY_ATTEMPTS",
        f"Too many attempts. Try again in {seconds} s.",
        f"尝试次数过多，请在 {seconds} 秒后再试。",
        Retry_After=str(seconds),
    )


def bad_field(field: str, message: str, message_zh: str) -> AuthRefusal:
    return AuthRefusal(400, "INVALID_INPUT", message, message_zh, field=field)


def malformed_json() -> AuthRefusal:
    return AuthRefusal(400, "MALFORMED_JSON", "The body is not a JSON object.", "请求内容不是有效的 JSON 对象。")


def wrong_content_type(expected: str) -> AuthRefusal:
    return AuthRefusal(
        415, "WRONG_CONTENT_TYPE", f"Content-Type must be {expected}.", f"Content-Type 必须是 {expected}。"
    )


def foreign_origin() -> AuthRefusal:
    return AuthRefusal(403, "FOREIGN_ORIGIN", "This page may not do that here.", "不允许来自其他网站的请求。")


def missing_header() -> AuthRefusal:
    return AuthRefusal(
        403,
        "MISSING_HEADER",
        "Whoever acts by cookie sends the header X-Trueshelf: 1.",
        "使用 Cookie 的请求须带 X-Trueshelf: 1 请求头。",
    )


def full_sign_in_needed() -> AuthRefusal:
    return AuthRefusal(
        403,
        "FULL_SIGN_IN_NEEDED",
        "A PIN is not enough for this. Sign in with your own account first.",
        "仅凭 PIN 不能执行此操作，请先用自己的账号登录。",
    )


def prove_again() -> AuthRefusal:
    return AuthRefusal(
        403,
        "PROVE_AGAIN",
        "Your sign-in is too old for this. Give your password or a code again, or sign in again.",
        "登录时间过久，请再次输入密码或验证码，或重新登录后再试。",
    )


def start_again() -> AuthRefusal:
    return AuthRefusal(
        401, "START_AGAIN", "This sign-in has taken too long. Please begin again.", "本次登录已超时，请重新登录。"
    )


def not_this_step(status: str) -> AuthRefusal:
    refusal = AuthRefusal(409, "ANOTHER_STEP", "Something else comes first.", "请先完成上一步。")
    refusal.body["status"] = status
    return refusal


def wrong_code() -> AuthRefusal:
    return AuthRefusal(
        401, "WRONG_CODE", "The code is wrong, too old or used already.", "验证码不正确、已过期或已使用。", field="code"
    )


def not_permitted() -> AuthRefusal:
    return AuthRefusal(403, "NOT_PERMITTED", "Your role does not allow this here.", "您的岗位没有这项权限。")


def body_too_large(limit: int) -> AuthRefusal:
    return AuthRefusal(413, "BODY_TOO_LARGE", f"The body has more than {limit} bytes.", f"请求内容超过 {limit} 字节。")


def not_found() -> AuthRefusal:
    return AuthRefusal(404, "NOT_FOUND", "There is nothing here.", "这里什么也没有。")


def show(status: int, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON (or nothing) that no cache keeps."""
    content = b"" if body is None else orjson.dumps(body, default=_plain)
    kept = {"Cache-Control": "no-store"} | dict(headers or {})
    return Response(content, status, kept, media_type=None if body is None else "application/json")


def _plain(value: object) -> str:
    """Return the database driver's own kind of UUID as text."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value))


def answering(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Turn what an endpoint refuses into its answer."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except TooManyAttemptsError as too_many:
            refusal = too_many_attempts(ceil(too_many.wait.total_seconds()))
        except AuthRefusal as refused:
            refusal = refused
        response = show(refusal.status, refusal.body, refusal.headers)
        response.background = refusal.afterwards
        return response

    return answered


async def read_body(request: Request, limit: int) -> bytes:
    """Read a body of at most `limit` bytes, stopping at the first byte too many."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise body_too_large(limit)
    return bytes(body)


def read_object(body: bytes) -> Mapping[str, Any]:
    """Parse a JSON object."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise malformed_json() from error
    if not isinstance(parsed, dict):
        raise malformed_json()
    return parsed
