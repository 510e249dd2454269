"""The attribution key of a row, computed once per combination: a page repeats few of them many times."""

from functools import lru_cache

from domain.attribution import Dimensions


@lru_cache(maxsize=100_000)
def attribution_key(
    provider: str,
    account_id: str,
    project_id: str | None,
    api_key_id: str | None,
    user_id: str | None,
    model: str | None,
    service: str,
) -> str:
    """32 hex digits that name this combination; see `domain.attribution.Dimensions`."""
    return Dimensions(
        provider=provider,
        account_id=account_id,
        project_id=project_id,
        api_key_id=api_key_id,
        user_id=user_id,
        model=model,
        service=service,
    ).key()
