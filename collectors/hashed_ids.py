"""Ids of people's systems under a salt of this installation: the same id stays the same, and none can be looked up."""

import hashlib
import hmac
import os
from functools import cache
from pathlib import Path
from secrets import token_hex

from collectors.errors import FatalError
from config.secrets import resolve
from config.settings import config_dir

FILE_NAME = "ids.salt"
DIGITS = 32
"""128 bits: no two of any company's openings meet."""


def hashed(given: str, salt: str | None) -> str:
    """The id as it is stored. `salt` is a reference; without one it is made once and kept beside burnline.toml.

    Raises FatalError when it can neither be read nor written.
    """
    key = resolve(salt).get_secret_value() if salt else _kept(config_dir().resolve())
    return hmac.new(key.encode(), given.encode(), hashlib.sha256).hexdigest()[:DIGITS]


@cache
def _kept(folder: Path) -> str:
    path = folder / FILE_NAME
    try:
        if not path.exists():
            _write(path)
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise FatalError(
            f"{path} holds the salt of stored ids and cannot be used ({error.strerror}); "
            'set salt to a reference such as "env:BURNLINE_ID_SALT".'
        ) from None


def _write(path: Path) -> None:
    """Whole, and never over one that another process wrote meanwhile: ids would change."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{FILE_NAME}.{os.getpid()}")
    new.touch(mode=0o600)
    new.write_text(token_hex(32), encoding="utf-8")
    try:
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()
