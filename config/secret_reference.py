"""How a setting says where a secret is: `env:NAME`, `file:PATH`, `vault:mount/path#key`. Nothing is read here."""

from typing import Annotated

from pydantic import AfterValidator

SCHEMES = ("env", "file", "vault")
_PLANNED = ("aws-sm", "azure-kv", "gcp-sm")


def check_reference(reference: str) -> str:
    """The reference itself when its scheme is known; nothing is read. Raises ValueError without the value."""
    scheme, separator, place = reference.partition(":")
    if separator and scheme in _PLANNED:
        raise ValueError(f"{scheme}: references are not supported yet; use env:NAME, file:PATH or vault:mount/path#key")
    if not separator or scheme not in SCHEMES or not place:
        raise ValueError("must be a reference such as env:OPENAI_ADMIN_KEY, not the secret itself")
    return reference


SecretReference = Annotated[str, AfterValidator(check_reference)]
"""The type of a setting that holds a reference; a pasted secret is refused when the settings load."""
