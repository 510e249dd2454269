"""Reads every .sql file with its header; the header is the query's contract."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyarrow as pa

from store.schema import MONEY

ROOT = Path(__file__).parent

PARAM_TYPES = ("timestamp", "date", "text", "texts", "count")
"""`texts` is a list; an empty one means no filter: write `(:any_x or x in :x)`, the runner binds `any_x`.

`text(day|week|month)` takes one of these words and no other.
"""

RETURN_TYPES: dict[str, pa.DataType] = {
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
    "text": pa.string(),
    "money": MONEY,
    "count": pa.int64(),
    "ratio": pa.float64(),
    "number": pa.float64(),
    "days": pa.float64(),
    "minutes": pa.float64(),
    "seconds": pa.float64(),
    "flag": pa.bool_(),
}
"""Words of a `returns` line and what comes back for them; money stays Decimal."""

_CHOICES = re.compile(r"(\w+)\s+text\(([^()\s]+)\)")
_HEADER = ("title", "grain", "params", "returns")
KPI_FOLDER = "kpi"
_KPI_NEEDS = ("number", "name", "definition", "unit", "better", "cadence", "stage", "facts", "target")
_KPI_MAY = ("limit", "scale", "spread", "minimum", "judged", "running", "owner")


class QueryError(Exception):
    """A query that does not exist, a header that does not fit, a parameter that is wrong: what and where."""


@dataclass(frozen=True, slots=True)
class Query:
    """One question: `name` is folder/file, `params` and `returns` map names to type words.

    `choices` maps a text parameter that takes only certain words to these. `kpi`: what the header of a KPI says beside.
    """

    name: str
    title: str
    grain: str
    params: dict[str, str]
    returns: dict[str, str]
    sql: str
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kpi: dict[str, str] = field(default_factory=dict)

    def takes(self, param: str) -> str:
        """What a parameter may be: its type word, or the words to choose from."""
        return f"one of {', '.join(self.choices[param])}" if param in self.choices else self.params[param]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of the answer."""
        return pa.schema([(name, RETURN_TYPES[word]) for name, word in self.returns.items()])


@cache
def catalog() -> dict[str, Query]:
    """Every query by name. Raises QueryError for a header that is not whole."""
    return {query.name: query for query in (parse(path) for path in sorted(ROOT.glob("*/*.sql")))}


def find(name: str) -> Query:
    """The query of that name. Raises QueryError that lists what there is."""
    queries = catalog()
    if name not in queries:
        raise QueryError(f"There is no query {name!r}; there are: {', '.join(queries)}")
    return queries[name]


def parse(path: Path) -> Query:
    """One .sql file. A header line may go on in the next comment line when that is indented."""
    name = f"{path.parent.name}/{path.stem}"
    header: dict[str, str] = {}
    key = ""
    lines = path.read_text(encoding="utf-8").splitlines()
    body = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    for line in lines[:body]:
        if match := re.fullmatch(r"-- (\w+):\s*(.*)", line):
            key = match[1]
            header[key] = match[2].strip()
        elif match := re.fullmatch(r"--\s{3,}(.+)", line):
            header[key] = f"{header[key]} {match[1].strip()}"
    is_kpi = path.parent.name == KPI_FOLDER and "number" in header
    needed = (*_HEADER, *_KPI_NEEDS) if is_kpi else _HEADER
    missing = [word for word in needed if word not in header]
    unknown = [word for word in header if word not in (*needed, *(_KPI_MAY if is_kpi else ()))]
    if missing or unknown:
        raise QueryError(f"queries/{name}.sql: header line(s) missing {missing} or unknown {unknown}")
    return Query(
        name=name,
        title=header["title"],
        grain=header["grain"],
        params=_typed(name, header["params"], PARAM_TYPES),
        returns=_typed(name, header["returns"], tuple(RETURN_TYPES)),
        sql="\n".join(lines[body:]).strip().rstrip(";"),
        choices=_choices(name, header["params"]),
        kpi={word: text for word, text in header.items() if word not in _HEADER},
    )


def _choices(name: str, text: str) -> dict[str, tuple[str, ...]]:
    choices = {param: tuple(words.split("|")) for param, words in _CHOICES.findall(text)}
    if text.count("|") != sum(len(words) - 1 for words in choices.values()) or not all(map(all, choices.values())):
        raise QueryError(f"queries/{name}.sql: choices are written without a space, as in `bucket text(day|week)`")
    return choices


def _typed(name: str, text: str, known: tuple[str, ...]) -> dict[str, str]:
    text = re.sub(r"\(.*?\)", "", text).strip()
    if text in ("", "none"):
        return {}
    typed: dict[str, str] = {}
    for item in text.split(","):
        words = item.split()
        if len(words) != 2 or words[1] not in known:
            raise QueryError(f"queries/{name}.sql: {item.strip()!r} is not a name and one of {', '.join(known)}")
        typed[words[0]] = words[1]
    return typed
