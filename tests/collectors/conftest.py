"""A vendor that says what a test has put into its mouth, and a time that passes only by sleeping."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from collectors.base import Api, Endpoint, Source
from collectors.http import HttpClient, Limits
from config.secrets import Secrets
from domain.window import Window

NOW = datetime(2026, 11, 3, 12, 30, 15, 250, tzinfo=UTC)
FIXTURES = Path(__file__).parents[1] / "fixtures"
KEY = "sk-admin-abcdef123456"

COMMON = {"account": "org-demo", "admin_key": "env:DEMO_KEY", "api_key": "env:DEMO_KEY"}
"""Settings that a source gets when it has them."""

Answer = httpx2.Response | Exception


class Vendor:
    """Gives the answers of a path in turn (the last one for ever), else `default`; keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx2.Request] = []
        self.default: Answer = httpx2.Response(404, json={})
        self._answers: dict[str, list[Answer]] = {}

    def says(self, path: str, *answers: Answer | dict[str, Any] | list[Any]) -> None:
        self._answers[path] = [
            httpx2.Response(200, json=answer) if isinstance(answer, (dict, list)) else answer for answer in answers
        ]

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answers = self._answers.get(request.url.path)
        answer = self.default if not answers else answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def bodies(self, path: str) -> list[Any]:
        return [json.loads(request.content) for request in self.asked if request.url.path == path]

    def queries(self, path: str) -> list[list[tuple[str, str]]]:
        return [request.url.params.multi_items() for request in self.asked if request.url.path == path]


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Secrets:
    monkeypatch.setenv("DEMO_KEY", KEY)
    return Secrets()


ENDPOINT = Endpoint("https://api.example.com/v1", "env:DEMO_KEY", {"Authorization": "Bearer {secret}"}, "admin key")


@pytest.fixture
def client(vendor: Vendor, fake_time: FakeTime, secrets: Secrets) -> Iterator[Callable[..., HttpClient]]:
    opened: list[HttpClient] = []

    def make(endpoint: Endpoint = ENDPOINT, limits: Limits | None = None, source: str = "demo") -> HttpClient:
        opened.append(
            HttpClient(
                source,
                endpoint,
                limits=limits,
                secrets=secrets,
                transport=httpx2.MockTransport(vendor.handle),
                sleep=fake_time.sleep,
                clock=fake_time.clock,
                now=lambda: NOW,
            )
        )
        return opened[-1]

    yield make
    for http in opened:
        http.close()


@pytest.fixture
def api_of(client: Callable[..., HttpClient]) -> Callable[..., Api]:
    """An Api for a source, as the runner makes it."""

    def make(source: Source, now: datetime = NOW, **settings: Any) -> Api:
        needed = {name: value for name, value in COMMON.items() if name in source.settings.model_fields}
        chosen = source.settings.model_validate({**needed, **settings})
        return Api(source.name, chosen, now, client(source.endpoint(chosen), source=source.name))

    return make


@pytest.fixture
def collected(api_of: Callable[..., Api]) -> Callable[..., list[Any]]:
    """The rows a source makes of a window."""

    def collect(source: Source, window: Window, now: datetime = NOW, **settings: Any) -> list[Any]:
        return list(source.collect(window, api_of(source, now, **settings)))

    return collect


@pytest.fixture
def recorded() -> Callable[[str], dict[str, Any]]:
    """A fixture file by its name, such as `openai/costs_page`. Amounts stay as they are written."""

    def load(name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
        return content

    return load
