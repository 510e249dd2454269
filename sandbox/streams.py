"""Streams: the company's traffic split by project, api key, model and tier, with the vendors' ids."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sandbox.catalog import ANTHROPIC, OPENAI, TRAFFIC, UNOWNED_PROJECT, Traffic

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_ENDPOINTS_WITHOUT_KEY = ("vector_stores", "code_interpreter_sessions", "code_execution")
_KEY_SHARES = {1: (1.0,), 2: (0.6, 0.4)}


@dataclass(frozen=True)
class Stream:
    """One series of hourly usage. Grain of everything the vendors report: no row mixes two streams' ids."""

    index: int
    name: str
    traffic: Traffic
    daily_requests: float
    project_id: str
    """OpenAI project id or Anthropic workspace id."""
    api_key_id: str | None
    user_id: str | None
    vector_store_id: str | None

    @property
    def provider(self) -> str:
        return self.traffic.provider

    @property
    def endpoint(self) -> str:
        return self.traffic.endpoint

    @property
    def feature(self) -> str | None:
        return self.traffic.feature

    @property
    def environment(self) -> str:
        return self.traffic.environment

    @property
    def model(self) -> str | None:
        return self.traffic.model

    @property
    def tier(self) -> str:
        return self.traffic.tier


def fake_id(seed: int, prefix: str, name: str, length: int = 24) -> str:
    """An id that looks like the vendor's and is the same for the same seed and name."""
    digest = hashlib.blake2b(f"{seed}/{prefix}/{name}".encode(), digest_size=length).digest()
    return prefix + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest)


def project_name(traffic: Traffic) -> str:
    """The name under which a feature's environment is registered at a provider."""
    return f"{traffic.feature}-{traffic.environment}" if traffic.feature else UNOWNED_PROJECT


def build_streams(seed: int) -> tuple[Stream, ...]:
    """Every stream of the company, in a fixed order."""
    streams: list[Stream] = []
    for traffic in TRAFFIC:
        project = project_name(traffic)
        for key, share in zip(traffic.keys, _KEY_SHARES[len(traffic.keys)], strict=True):
            details = (traffic.endpoint, traffic.model, traffic.tier, traffic.source, key)
            streams.append(
                Stream(
                    index=len(streams),
                    name=f"{project}/{'/'.join(str(detail) for detail in details)}",
                    traffic=traffic,
                    daily_requests=traffic.daily_requests * share,
                    project_id=_project_id(seed, traffic.provider, project),
                    api_key_id=_api_key_id(seed, traffic, project, key),
                    user_id=_user_id(seed, traffic, project),
                    vector_store_id=(fake_id(seed, "vs_", traffic.vector_store) if traffic.vector_store else None),
                )
            )
    return tuple(streams)


def _project_id(seed: int, provider: str, project: str) -> str:
    return fake_id(seed, {OPENAI: "proj_", ANTHROPIC: "wrkspc_01"}[provider], project)


def _api_key_id(seed: int, traffic: Traffic, project: str, key: str) -> str | None:
    if traffic.endpoint in _ENDPOINTS_WITHOUT_KEY:
        return None
    prefix = {OPENAI: "key_", ANTHROPIC: "apikey_01"}[traffic.provider]
    return fake_id(seed, prefix, f"{project}/{key}", 16)


def _user_id(seed: int, traffic: Traffic, project: str) -> str | None:
    if traffic.provider != OPENAI or traffic.endpoint in _ENDPOINTS_WITHOUT_KEY:
        return None
    return fake_id(seed, "user-", project)
