"""Bearer tokens by client credentials (OAuth 2.0): kept until shortly before they end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson

from collectors.base import Endpoint
from collectors.errors import DataError
from config.secrets import Secrets

EARLY = timedelta(seconds=60)
"""A token that ends while a request is on its way would be refused."""
WITHOUT_END = timedelta(minutes=5)
"""How long a token is used whose answer does not say when it ends."""


class Bearer:
    """The token of one endpoint. `exchange(secret)` asks for a new one and gives the answer's body."""

    def __init__(self, source: str, endpoint: Endpoint, secrets: Secrets, exchange: Callable[[str], bytes]) -> None:
        self._where = f"{source}: the token of {endpoint.token.url if endpoint.token else ''}"
        self._secrets = secrets
        self._exchange = exchange
        self._secret = ""
        self._token = ""
        self._ends_at: datetime | None = None

    def token(self, secret: str, now: datetime) -> str:
        """The token for this secret, a new one where there is none or it ends soon. Raises CollectorError."""
        if self._ends_at is None or secret != self._secret or now >= self._ends_at - EARLY:
            self._take(self._exchange(secret), now)
            self._secret = secret
        return self._token

    def forget(self) -> None:
        """The next `token` is a new one."""
        self._ends_at = None

    def _take(self, body: bytes, now: datetime) -> None:
        try:
            answer: Any = orjson.loads(body)
            token = answer["access_token"]
            ends_at = _end(answer, now)
        except (ValueError, TypeError, KeyError):
            raise DataError(f"{self._where} is not an answer with access_token; check token_url") from None
        if not isinstance(token, str) or not token:
            raise DataError(f"{self._where} is empty; check token_url")
        self._secrets.remember(token)
        self._token, self._ends_at = token, ends_at


def _end(answer: dict[str, Any], now: datetime) -> datetime:
    """`expires_at` is a time, `expires_in` counts seconds; vendors send the one or the other."""
    if answer.get("expires_at") is not None:
        moment = datetime.fromisoformat(answer["expires_at"])
        return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    if answer.get("expires_in") is not None:
        return now + timedelta(seconds=float(answer["expires_in"]))
    return now + WITHOUT_END
