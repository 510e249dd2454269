"""Where a secret can be: environment, file, Vault. Each reader takes what follows the scheme in a reference."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2

from config.settings import SettingsError

VAULT_TIMEOUT_SECONDS = 10.0


class SecretError(SettingsError):
    """A secret that cannot be had: which reference, why, what to do. Never holds a value."""


def read_env(name: str) -> str:
    """The value of an environment variable. Raises SecretError when it is unset or empty."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise SecretError("env: takes the name of an environment variable, such as env:OPENAI_ADMIN_KEY")
    value = os.environ.get(name)
    if not value:
        raise SecretError(f"env:{name} has no value; set the environment variable {name}")
    return value


def read_file(place: str) -> str:
    """The content of a file without its last line break. Raises SecretError."""
    try:
        text = Path(place).read_text(encoding="utf-8")
    except OSError as error:
        raise SecretError(f"file:{place} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SecretError(f"file:{place} is not UTF-8 text; write the secret into it as one line") from None
    value = text.removesuffix("\n").removesuffix("\r")
    if not value:
        raise SecretError(f"file:{place} is empty; write the secret into it")
    return value


def read_vault(place: str, transport: httpx2.BaseTransport | None = None) -> str:
    """One key of a KV v2 secret, `mount/path#key`. Raises SecretError."""
    path, _, key = place.partition("#")
    mount, _, name = path.partition("/")
    if not key or not name or any(part in ("", ".", "..") for part in path.split("/")):
        raise SecretError(f"vault:{place} is not complete; write vault:mount/path#key")
    reference = f"vault:{place}"
    headers = {"X-Vault-Token": _setting("VAULT_TOKEN", reference)}
    namespace = os.environ.get("VAULT_NAMESPACE")
    if namespace:
        headers["X-Vault-Namespace"] = namespace
    url = f"{_setting('VAULT_ADDR', reference).rstrip('/')}/v1/{quote(mount)}/data/{quote(name)}"
    try:
        with httpx2.Client(transport=transport, timeout=VAULT_TIMEOUT_SECONDS) as client:
            response = client.get(url, headers=headers)
    except (httpx2.TransportError, httpx2.InvalidURL, UnicodeError) as error:
        raise SecretError(
            f"{reference}: the Vault in VAULT_ADDR cannot be reached ({type(error).__name__}); check VAULT_ADDR"
        ) from None
    return _vault_value(response, key, reference)


def _vault_value(response: httpx2.Response, key: str, reference: str) -> str:
    if response.status_code == 403:
        raise SecretError(
            f"{reference}: Vault refused VAULT_TOKEN (HTTP 403); renew the token, or let its policy read this path"
        )
    if response.status_code == 404:
        raise SecretError(f"{reference}: Vault has no such secret, or its latest version is deleted (HTTP 404)")
    if response.status_code != 200:
        raise SecretError(f"{reference}: Vault answered HTTP {response.status_code}; see that it is up and unsealed")
    values = _data_of(_data_of(_json(response)))
    if values is None:
        raise SecretError(f"{reference}: the answer is not that of a KV v2 engine; check mount and VAULT_ADDR")
    value = values.get(key)
    if not isinstance(value, str) or not value:
        raise SecretError(f"{reference}: the secret has no text under the key {key!r}; check the part after #")
    return value


def _data_of(body: Any) -> dict[str, Any] | None:
    inner = body.get("data") if isinstance(body, dict) else None
    return inner if isinstance(inner, dict) else None


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _setting(name: str, reference: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise SecretError(f"{reference} needs the environment variable {name}; set it")
    return value
