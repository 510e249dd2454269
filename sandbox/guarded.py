"""One endpoint of a vendor that answers in JSON: its key, the occasional fault, its errors, a body cut in half."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.vendor_http import error_headers, fail_sometimes, html_error, json_response

Handler = Callable[[Request], Awaitable[Response]]


def guarded(
    handle: Callable[[Request, Any], dict[str, Any]],
    authorization: str,
    envelope: Callable[[ApiError], dict[str, Any]],
    faults: Faults,
) -> Handler:
    """`handle(request, body)` gives the answer; who comes without `authorization` gets 401."""

    async def endpoint(request: Request) -> Response:
        try:
            _authorize(request, authorization, faults)
            fail_sometimes(faults)
            body = orjson.dumps(handle(request, _sent(await request.body())))
        except ApiError as error:
            if error.status >= 500 and faults.html_errors:
                return html_error(error)
            return json_response(envelope(error), error.status, error_headers(error, faults))
        return Response(body[: len(body) // 2] if faults.truncated_body else body, media_type="application/json")

    return endpoint


def _authorize(request: Request, authorization: str, faults: Faults) -> None:
    if faults.key_expired or request.headers.get("authorization") != authorization:
        raise ApiError(401, "unauthorized", "Invalid credentials.")


def number(request: Request, name: str, usual: int, most: int) -> int:
    """A whole number of the query; ApiError 400 when it is none, or more than the vendor takes."""
    text = request.query_params.get(name, str(usual))
    if not text.isascii() or not text.isdigit() or int(text) > most:
        raise ApiError(400, "invalid_request", f"{name} must be a number up to {most}.")
    return int(text)


def _sent(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        raise ApiError(400, "invalid_request", "The body is not JSON.") from None
