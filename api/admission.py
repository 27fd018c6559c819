"""Who is not let in any more: what a client is told that was let in once, so that it knows what to do."""


class NotAdmitted(Exception):
    """Whoever asks was let in once and is not any more; `code` says why (see `auth.endings`)."""

    def __init__(self, code: str, message: str, message_zh: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.message_zh = message_zh
