"""Files as one zip whose bytes depend on nothing but them, and the hashes that are told of them."""

import zipfile
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO

MANIFEST, SUMS, README = "manifest.json", "SHA256SUMS", "README.txt"

MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of every member: the first a zip can name. The true one would make each pack another."""
PLAIN_FILE = 0o100644 << 16
UNIX = 3


def sha256_of(content: bytes) -> str:
    """As 64 lower-case hexadecimal digits."""
    return sha256(content).hexdigest()


def zipped(members: Mapping[str, bytes]) -> bytes:
    """The members by name in their order, not compressed: what a compressor makes depends on its version."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, MOMENT)
            info.create_system = UNIX
            info.external_attr = PLAIN_FILE
            archive.writestr(info, content)
    return buffer.getvalue()


def sums(members: Mapping[str, bytes]) -> str:
    """The lines that `sha256sum` writes and checks, of all members but the file of these lines."""
    return "".join(f"{sha256_of(content)}  {name}\n" for name, content in members.items() if name != SUMS)


def overall_sha256(members: Mapping[str, bytes]) -> str:
    """One hash for all: of the lines of everything but the manifest that holds it."""
    told = {name: content for name, content in members.items() if name != MANIFEST}
    return sha256_of(sums(told).encode())
