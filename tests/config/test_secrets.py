"""References to secrets: read at use, cached shortly, never shown."""

import io
import logging
from pathlib import Path

import httpx2
import pytest
from pydantic import BaseModel, ValidationError

from config.secret_readers import read_vault
from config.secrets import RedactingFilter, SecretError, SecretReference, Secrets
from config.settings import SettingsError, explain

KEY = "sk-admin-abcdef123456"


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Section(BaseModel):
    admin_key: SecretReference


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def secrets(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Secrets:
    monkeypatch.setenv("DEMO_KEY", KEY)
    return Secrets(clock=clock)


def test_an_environment_variable_is_read_and_does_not_show_itself(secrets: Secrets) -> None:
    secret = secrets.resolve("env:DEMO_KEY")
    assert secret.get_secret_value() == KEY
    assert KEY not in f"{secret} {secret!r}"


def test_an_unset_variable_is_named(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_KEY")
    with pytest.raises(SecretError, match="set the environment variable DEMO_KEY"):
        secrets.resolve("env:DEMO_KEY")


def test_a_file_loses_one_line_break_and_no_more(secrets: Secrets, tmp_path: Path) -> None:
    place = tmp_path / "key"
    place.write_bytes(b"first\nsecond\r\n")
    assert secrets.resolve(f"file:{place}").get_secret_value() == "first\nsecond"


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"\n", "is empty"), (b"\xff\xfe", "not UTF-8"), (None, "cannot be read")]
)
def test_a_file_without_a_secret_is_named(
    secrets: Secrets, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    place = tmp_path / "key"
    if content is not None:
        place.write_bytes(content)
    with pytest.raises(SecretError, match=sentence) as caught:
        secrets.resolve(f"file:{place}")
    assert str(place) in str(caught.value)


def test_a_value_is_read_again_after_its_time(secrets: Secrets, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets.resolve("env:DEMO_KEY")
    monkeypatch.setenv("DEMO_KEY", "sk-admin-rotated-1")
    clock.seconds = 299.9
    assert secrets.resolve("env:DEMO_KEY").get_secret_value() == KEY
    clock.seconds = 300
    assert secrets.resolve("env:DEMO_KEY").get_secret_value() == "sk-admin-rotated-1"


def test_a_forgotten_value_is_read_at_once_and_stays_redacted(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.resolve("env:DEMO_KEY")
    monkeypatch.setenv("DEMO_KEY", "sk-admin-rotated-1")
    secrets.forget("env:DEMO_KEY")
    assert secrets.resolve("env:DEMO_KEY").get_secret_value() == "sk-admin-rotated-1"
    assert secrets.redact(f"{KEY} sk-admin-rotated-1") == "[redacted] [redacted]"


@pytest.mark.parametrize("pasted", [KEY, "sk:admin:abc", "env:", "env:sk-admin-abcdef123456", "ENV:DEMO_KEY", ""])
def test_a_pasted_secret_is_refused_and_not_repeated(secrets: Secrets, pasted: str) -> None:
    with pytest.raises(SettingsError, match="env:OPENAI_ADMIN_KEY") as caught:
        secrets.resolve(pasted)
    assert "sk" not in str(caught.value)


def test_a_setting_refuses_a_pasted_secret_by_its_name() -> None:
    with pytest.raises(ValidationError) as caught:
        Section(admin_key=KEY)
    assert explain(caught.value) == (
        "admin_key: must be a reference such as env:OPENAI_ADMIN_KEY, not the secret itself"
    )


@pytest.mark.parametrize("scheme", ["aws-sm", "azure-kv", "gcp-sm"])
def test_other_vaults_are_refused_in_words(secrets: Secrets, scheme: str) -> None:
    with pytest.raises(SecretError, match=f"^{scheme}: references are not supported yet; use env:NAME"):
        secrets.resolve(f"{scheme}:prod/key")


def test_short_values_are_not_redacted(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_KEY", "short")
    secrets.resolve("env:DEMO_KEY")
    assert secrets.redact("a short text") == "a short text"


def test_a_secret_is_redacted_in_urls_too(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_KEY", "pass/word+1234")
    secrets.resolve("env:DEMO_KEY")
    assert secrets.redact("https://h/?k=pass%2Fword%2B1234") == "https://h/?k=[redacted]"


def log_output(secrets: Secrets, *args: object, error: Exception | None = None, **extra: object) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s %(note)s", defaults={"note": ""}))
    handler.addFilter(RedactingFilter(secrets))
    logger = logging.Logger("burnline.test")
    logger.addHandler(handler)
    logger.error(*args, exc_info=error, extra=extra)
    return stream.getvalue()


def test_a_log_line_shows_no_secret_in_message_arguments_or_extras(secrets: Secrets) -> None:
    secrets.resolve("env:DEMO_KEY")
    assert log_output(secrets, f"key {KEY}") == "key [redacted] \n"
    assert log_output(secrets, "key %s of %d", KEY, 7) == "key [redacted] of 7 \n"
    assert log_output(secrets, "key %(key)s", {"key": [KEY]}) == "key ['[redacted]'] \n"
    assert log_output(secrets, "key sk-admin-%s", "abcdef123456") == "key [redacted] \n"
    assert log_output(secrets, "key", note=f"<{KEY}>") == "key <[redacted]>\n"


def test_a_logged_exception_shows_no_secret_and_keeps_its_trace(secrets: Secrets) -> None:
    secrets.resolve("env:DEMO_KEY")
    try:
        int(KEY)
    except ValueError as error:
        output = log_output(secrets, "failed", error=error)
    assert "ValueError: invalid literal for int() with base 10: '[redacted]'" in output
    assert "Traceback" in output
    assert KEY not in output


def test_the_bare_exception_with_a_secret_does_not_reach_the_handler(secrets: Secrets) -> None:
    secrets.resolve("env:DEMO_KEY")
    error = ValueError(KEY)
    record = logging.LogRecord("a", logging.ERROR, "p", 1, "failed", None, (ValueError, error, None))
    RedactingFilter(secrets).filter(record)
    assert record.exc_info is None
    assert record.exc_text == "ValueError: [redacted]"


def test_a_record_without_secret_keeps_its_arguments(secrets: Secrets) -> None:
    secrets.resolve("env:DEMO_KEY")
    record = logging.LogRecord("a", logging.INFO, "p", 1, "%s %d", ("x", 200), None)
    assert RedactingFilter(secrets).filter(record)
    assert record.args == ("x", 200)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_ADDR", "https://vault.example.com/")
    monkeypatch.setenv("VAULT_TOKEN", "hvs.demo")


def vault_says(status: int, body: object) -> httpx2.MockTransport:
    def handle(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["X-Vault-Token"] == "hvs.demo"
        assert str(request.url) == "https://vault.example.com/v1/secret/data/aiops/openai"
        return httpx2.Response(status, json=body)

    return httpx2.MockTransport(handle)


@pytest.mark.usefixtures("vault")
def test_a_vault_secret_is_one_key_of_the_latest_version() -> None:
    body = {"data": {"data": {"admin_key": KEY}, "metadata": {"version": 3}}}
    assert read_vault("secret/aiops/openai#admin_key", vault_says(200, body)) == KEY


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (403, {"errors": ["permission denied"]}, "refused VAULT_TOKEN"),
        (404, {"errors": []}, "no such secret"),
        (404, {"data": {"data": None}}, "deleted"),
        (503, {"errors": ["sealed"]}, "unsealed"),
        (200, {"data": {"admin_key": KEY}}, "KV v2"),
        (200, {"data": {"data": {"other": KEY}}}, "no text under the key 'admin_key'"),
        (200, [], "KV v2"),
    ],
)
def test_what_vault_refuses_is_told_without_a_value(status: int, body: object, sentence: str) -> None:
    with pytest.raises(SecretError, match=sentence) as caught:
        read_vault("secret/aiops/openai#admin_key", vault_says(status, body))
    assert "vault:secret/aiops/openai#admin_key" in str(caught.value)
    assert KEY not in str(caught.value)
    assert "hvs.demo" not in str(caught.value)


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize("place", ["secret", "secret/aiops", "#k", "secret/../sys#k", "secret//a#k", "secret/a#"])
def test_an_incomplete_vault_place_is_refused(place: str) -> None:
    with pytest.raises(SecretError, match="write vault:mount/path#key"):
        read_vault(place)


@pytest.mark.usefixtures("vault")
def test_a_vault_that_cannot_be_reached_is_told() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    with pytest.raises(SecretError, match="cannot be reached"):
        read_vault("secret/aiops/openai#admin_key", httpx2.MockTransport(refuse))


def test_vault_needs_its_address_and_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAULT_ADDR", raising=False)
    monkeypatch.setenv("VAULT_TOKEN", "hvs.demo")
    with pytest.raises(SecretError, match="needs the environment variable VAULT_ADDR"):
        read_vault("secret/aiops/openai#admin_key")
