"""Finding the files of a source and naming a delivery by its content."""

from collections.abc import Collection, Iterator
from hashlib import sha256
from pathlib import Path

from collectors.base import History
from collectors.errors import DataError, FatalError
from domain.window import Window


def by_folder(path: Path, suffixes: tuple[str, ...]) -> Iterator[list[Path]]:
    """The file itself, or each folder's data files in order of name. Raises when there is nothing to read."""
    if not path.exists():
        raise FatalError(f"There is no file or folder {path}; check the path.")
    if path.is_file():
        if not is_of_kind(path, suffixes):
            raise DataError(f"{path.name} is of an unknown kind; give {', '.join(suffixes)} or a folder of them.")
        yield [path]
        return
    folders = sorted({file.parent for file in path.rglob("*") if is_of_kind(file, suffixes)})
    if not folders:
        raise DataError(f"The folder {path} holds no {', '.join(suffixes)} file; check the path.")
    for folder in folders:
        yield sorted(file for file in folder.iterdir() if is_of_kind(file, suffixes))


def is_of_kind(path: Path, suffixes: tuple[str, ...]) -> bool:
    """True when the file's name ends in one of these, in letters of any size."""
    return path.name.lower().endswith(suffixes)


def digest(files: list[Path], also: str = "") -> str:
    """The name of a delivery: its file or folder, and 16 hex digits of its content (and of `also`)."""
    content = sha256(also.encode())
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                content.update(block)
    name = files[0].name if len(files) == 1 else f"{files[0].parent.name}/ ({len(files)} files)"
    return f"{name} sha256:{content.hexdigest()[:16]}"


def up_to_date(history: History, present: Collection[str]) -> set[str]:
    """Those of the present deliveries that are loaded and that no delivery of other content has replaced since."""
    current: dict[str, Window] = {}
    for detail, window in history:
        if detail in present:
            current[detail] = window
        else:
            current = {kept: span for kept, span in current.items() if not span.overlaps(window)}
    return set(current)
