"""Writes the pages of docs/ that are made from code, or checks that the committed ones are alike."""

import importlib
import inspect
import sys
from pathlib import Path
from typing import Any, get_type_hints

from typer.main import get_command

import alerts.discovery
from burnline.cli import app
from burnline.exit_codes import MEANINGS
from collectors.base import FileSource
from collectors.discovery import sources
from queries.catalog import Query, catalog
from store.schema import arrow_schema, table_name
from store.tables import FACTS, LEDGERS, REFERENCE, ROLLUPS

DOCS = Path(__file__).parent.parent / "docs"
NOTE = "<!-- Made by `make docs` from the code; edit that. -->\n\n"


def tables() -> str:
    """Every table with its grain and columns."""
    parts = ["# Tables\n", "Times are UTC without zone. NULL means not measured; 0 means measured, none.\n"]
    groups = (("Facts", FACTS), ("Rollups", ROLLUPS), ("Reference data", REFERENCE), ("Ledgers", LEDGERS))
    for title, rows in groups:
        parts.append(f"## {title}\n")
        for row in rows:
            parts.append(f"### `{table_name(row)}`\n\n{inspect.getdoc(row)}\n\n| column | type | null |\n|---|---|---|")
            parts += [
                f"| `{field.name}` | {field.type} | {'yes' if field.nullable else 'no'} |"
                for field in arrow_schema(row)
            ]
            parts.append("")
    return "\n".join(parts)


def queries() -> str:
    """Every query with its contract."""
    parts = ["# Queries\n", "Run any of them: `python -m burnline query NAME --param k=v`.\n"]
    for query in catalog().values():
        params = ", ".join(f"`{name}` {_accepted(query, name)}" for name in query.params) or "none"
        returns = ", ".join(f"`{name}` {word}" for name, word in query.returns.items())
        parts.append(
            f"## `{query.name}`\n\n{query.title}\n\n- grain: {query.grain}\n- params: {params}\n- returns: {returns}\n"
        )
    return "\n".join(parts)


def _accepted(query: Query, param: str) -> str:
    choices = query.choices.get(param)
    return f"{query.params[param]} ({', '.join(choices)})" if choices else query.params[param]


def source_page() -> str:
    """Every kind of source with its settings."""
    parts = ["# Sources\n", "Each is one table `[sources.<name>]` in burnline.toml; `kind` defaults to the name.\n"]
    for source in sources().values():
        module = inspect.getmodule(source.collect if not isinstance(source, FileSource) else source.deliver)
        parts.append(f"## `{source.name}`: {source.title}\n\n{inspect.getdoc(module)}\n")
        parts.append(f"Role `{source.role}`, runs every {source.every}.\n\n| setting | type | default |\n|---|---|---|")
        types = get_type_hints(source.settings)
        for name, field in source.settings.model_fields.items():
            default = "required" if field.is_required() else f"`{field.get_default(call_default_factory=True)!r}`"
            parts.append(f"| `{name}` | {_type(types[name])} | {default} |")
        parts.append("")
    return "\n".join(parts)


def _type(annotation: Any) -> str:
    """A type as a person writes it."""
    plain = isinstance(annotation, type) and "[" not in str(annotation)
    return annotation.__name__ if plain else str(annotation).replace("typing.", "")


def rules() -> str:
    """Every alert rule."""
    parts = ["# Alert rules\n"]
    for name, rule in alerts.discovery.rules().items():
        module = importlib.import_module(f"alerts.rules.{name}")
        past = "its past can be told" if rule.knows_its_past else "it goes by the present only"
        asked = f"About: {rule.kind}. Asked every {rule.every}; {past}. Runbook: [{rule.runbook}](../{rule.runbook})"
        parts.append(f"## `{name}`\n\n{inspect.getdoc(module)}\n\n{asked}\n")
    return "\n".join(parts)


def commands() -> str:
    """Every command with its help."""
    root = get_command(app)
    parts = ["# Commands\n", "`python -m burnline …`\n", "| command | what it does |\n|---|---|"]
    parts += [f"| `{path}` | {command.get_short_help_str(120)} |" for path, command in _walk("", root)]
    parts += ["\n## Exit codes\n", "| code | meaning |\n|---|---|"]
    parts += [f"| {code} | {meaning} |" for code, meaning in MEANINGS.items()]
    return "\n".join(parts) + "\n"


def _walk(prefix: str, command: object) -> list[tuple[str, object]]:
    children = getattr(command, "commands", None)
    if not children:
        return [(prefix.strip(), command)]
    itself = [(prefix.strip(), command)] if getattr(command, "invoke_without_command", False) else []
    return itself + [found for name, child in children.items() for found in _walk(f"{prefix} {name}", child)]


PAGES = {
    "tables.md": tables,
    "queries.md": queries,
    "sources.md": source_page,
    "rules.md": rules,
    "commands.md": commands,
}


def main() -> None:
    """Write, or with --check compare and exit 1 naming what differs."""
    made = {DOCS / name: NOTE + page().rstrip() + "\n" for name, page in PAGES.items()}
    if "--check" not in sys.argv:
        for path, text in made.items():
            path.write_text(text, encoding="utf-8")
        return
    stale = [path.name for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    if stale:
        sys.exit(f"docs/{', docs/'.join(stale)}: not what the code says now; run `make docs` and commit it.")


if __name__ == "__main__":
    main()
