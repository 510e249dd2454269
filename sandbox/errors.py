"""The refusals of a vendor's API, before they are put into that vendor's envelope."""

from __future__ import annotations


class ApiError(Exception):
    """A request is refused. `kind` is the vendor's error type."""

    def __init__(
        self, status: int, kind: str, message: str, *, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.param = param
        self.code = code


def invalid_request(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """A 400 that names what is wrong with the request."""
    return ApiError(400, "invalid_request_error", message, param=param, code=code)
