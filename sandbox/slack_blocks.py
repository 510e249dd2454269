"""Block Kit's limits, as Slack enforces them on a message."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

MAX_BLOCKS = 50
MAX_BLOCK_CHARACTERS = 13_200
"""Undocumented; about where Slack answers `msg_blocks_too_long` (slackapi/bolt-js#2509)."""
ALLOWED_TYPES = frozenset(
    {
        "actions",
        "card",
        "carousel",
        "container",
        "context",
        "context_actions",
        "data_table",
        "data_visualization",
        "divider",
        "file",
        "header",
        "image",
        "input",
        "markdown",
        "plan",
        "rich_text",
        "section",
        "table",
        "task_card",
        "video",
    }
)
"""Block types a message may hold; `alert` is for modals only."""

_MAX_TABLE_ROWS, _MAX_TABLE_CELLS = 100, 20
_MAX_CHARTS, _MAX_CATEGORIES, _MAX_SERIES = 2, 20, 12


class BlockError(Exception):
    """Slack refuses the blocks: its error code, and messages that name the JSON pointer."""

    def __init__(self, code: str, messages: list[str]) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages


class _Problems:
    """Collects what is wrong, each with its JSON pointer."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, pointer: str, message: str) -> None:
        self.messages.append(f"[ERROR] {message} [json-pointer:{pointer}]")

    def text(self, value: Any, pointer: str, longest: int, *, required: bool = True) -> None:
        """A plain string between 1 and `longest` characters."""
        if value is None and not required:
            return
        if not isinstance(value, str):
            self.add(pointer, "must be a string")
        elif not value:
            self.add(pointer, "must be more than 0 characters")
        elif len(value) > longest:
            self.add(pointer, f"must be less than {longest + 1} characters")

    def text_object(self, value: Any, pointer: str, longest: int, *, plain: bool = False) -> None:
        """A `plain_text` or `mrkdwn` object."""
        if not isinstance(value, dict):
            self.add(pointer, "missing required field: text")
            return
        kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
        if value.get("type") not in kinds:
            self.add(f"{pointer}/type", f"must be one of: {', '.join(kinds)}")
        self.text(value.get("text"), f"{pointer}/text", longest)

    def items(self, value: Any, pointer: str, most: int) -> list[Any]:
        """A list of 1 to `most` items."""
        if not isinstance(value, list) or not value:
            self.add(pointer, "must have at least 1 item")
            return []
        if len(value) > most:
            self.add(pointer, f"no more than {most} items allowed")
        return value


def check_blocks(blocks: Any) -> None:
    """Raise BlockError if Slack would refuse these blocks."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise BlockError("invalid_blocks_format", ["[ERROR] must be a list of blocks [json-pointer:/blocks]"])
    problems = _Problems()
    if len(blocks) > MAX_BLOCKS:
        problems.add("/blocks", f"no more than {MAX_BLOCKS} items allowed")
    for number, block in enumerate(blocks):
        _check_block(block, f"/blocks/{number}", problems)
    ids = [block["block_id"] for block in blocks if isinstance(block.get("block_id"), str)]
    if len(ids) != len(set(ids)):
        problems.add("/blocks", "block_id must be unique within a message")
    if sum(block.get("type") == "data_visualization" for block in blocks) > _MAX_CHARTS:
        problems.add("/blocks", f"no more than {_MAX_CHARTS} data_visualization blocks allowed")
    if problems.messages:
        raise BlockError("invalid_blocks", problems.messages)
    if sum(block.get("type") == "table" for block in blocks) > 1:
        raise BlockError("only_one_table_allowed", ["[ERROR] only one table allowed [json-pointer:/blocks]"])
    if _characters(blocks) > MAX_BLOCK_CHARACTERS:
        raise BlockError("msg_blocks_too_long", ["[ERROR] blocks are too long [json-pointer:/blocks]"])


def _check_block(block: dict[str, Any], pointer: str, problems: _Problems) -> None:
    kind = block.get("type")
    if kind not in ALLOWED_TYPES:
        problems.add(f"{pointer}/type", f"unsupported block type: {kind}")
        return
    problems.text(block.get("block_id"), f"{pointer}/block_id", 255, required=False)
    if kind in _CHECKS:
        _CHECKS[kind](block, pointer, problems)


def _check_header(block: dict[str, Any], pointer: str, problems: _Problems) -> None:
    problems.text_object(block.get("text"), f"{pointer}/text", 150, plain=True)


def _check_section(block: dict[str, Any], pointer: str, problems: _Problems) -> None:
    if "text" not in block and "fields" not in block:
        problems.add(pointer, "must have text or fields")
    if "text" in block:
        problems.text_object(block["text"], f"{pointer}/text", 3000)
    if "fields" in block:
        for number, field in enumerate(problems.items(block["fields"], f"{pointer}/fields", 10)):
            problems.text_object(field, f"{pointer}/fields/{number}", 2000)
    if "accessory" in block:
        _check_element(block["accessory"], f"{pointer}/accessory", problems)


def _check_context(block: dict[str, Any], pointer: str, problems: _Problems) -> None:
    for number, element in enumerate(problems.items(block.get("elements"), f"{pointer}/elements", 10)):
        place = f"{pointer}/elements/{number}"
        if isinstance(element, dict) and element.get("type") == "image":
            _check_image(element, place, problems)
        else:
            problems.text_object(element, place, 3000)


def _check_actions(block: dict[str, Any], pointer: str, problems: _Problems) -> None:
    for number, element in enumerate(problems.items(block.get("elements"), f"{pointer}/elements", 25)):
        _check_element(element, f"{pointer}/elements/{number}", problems)


def _check_element(element: Any, pointer: str, problems: _Problems) -> None:
    if not isinstance(element, dict):
        problems.add(pointer, "must be an object")
    elif element.get("type") == "button":
        problems.text_object(element.get("text"), f"{pointer}/text", 75, plain=True)
        problems.text(element.get("value"), f"{pointer}/value", 2000, required=False)
        problems.text(element.get("url"), f"{pointer}/url", 3000, required=False)
    elif element.get("type") == "image":
        _check_image(element, pointer, problems)


def _check_image(block: dict[str, Any], pointer: str, problems: _Problems) -> None:
    if "slack_file" not in block:
        problems.text(block.get("image_url"), f"{pointer}/image_url", 3000)
    problems.text(block.get("alt_text"), f"{pointer}/alt_text", 2000)
    if "title" in block:
        problems.text_object(block["title"], f"{pointer}/title", 2000, plain=True)


def _check_markdown(block: dict[str, Any], pointer: str, problems: _Problems) -> None:
    problems.text(block.get("text"), f"{pointer}/text", 12_000)


def _check_table(block: dict[str, Any], pointer: str, problems: _Problems) -> None:
    for number, row in enumerate(problems.items(block.get("rows"), f"{pointer}/rows", _MAX_TABLE_ROWS)):
        problems.items(row, f"{pointer}/rows/{number}", _MAX_TABLE_CELLS)


def _check_data_table(block: dict[str, Any], pointer: str, problems: _Problems) -> None:
    problems.text(block.get("caption"), f"{pointer}/caption", 2000)
    rows = problems.items(block.get("rows"), f"{pointer}/rows", 201)
    if len(rows) < 2:
        problems.add(f"{pointer}/rows", "must have a header and at least 1 row")
    widths = {len(problems.items(row, f"{pointer}/rows/{n}", _MAX_TABLE_CELLS)) for n, row in enumerate(rows)}
    if len(widths) > 1:
        problems.add(f"{pointer}/rows", "rows must be of equal length")


def _check_chart(block: dict[str, Any], pointer: str, problems: _Problems) -> None:
    problems.text(block.get("title"), f"{pointer}/title", 50)
    chart = block.get("chart")
    if not isinstance(chart, dict) or chart.get("type") not in ("bar", "line", "area", "pie"):
        problems.add(f"{pointer}/chart/type", "must be one of: bar, line, area, pie")
        return
    if chart["type"] == "pie":
        for number, segment in enumerate(
            problems.items(chart.get("segments"), f"{pointer}/chart/segments", _MAX_SERIES)
        ):
            _check_point(segment, f"{pointer}/chart/segments/{number}", problems, positive=True)
        return
    axes = chart.get("axis_config")
    if not isinstance(axes, dict):
        axes = {}
    categories = problems.items(axes.get("categories"), f"{pointer}/chart/axis_config/categories", _MAX_CATEGORIES)
    for number, category in enumerate(categories):
        problems.text(category, f"{pointer}/chart/axis_config/categories/{number}", 20)
    for name in ("x_label", "y_label"):
        problems.text(axes.get(name), f"{pointer}/chart/axis_config/{name}", 50, required=False)
    names: list[Any] = []
    for number, series in enumerate(problems.items(chart.get("series"), f"{pointer}/chart/series", _MAX_SERIES)):
        place = f"{pointer}/chart/series/{number}"
        data = series.get("data") if isinstance(series, dict) else None
        if not isinstance(data, list) or [_label(point) for point in data] != categories:
            problems.add(f"{place}/data", "must have exactly one point for each category, in order")
            continue
        names.append(series.get("name"))
        problems.text(series.get("name"), f"{place}/name", 20)
        for index, point in enumerate(data):
            _check_point(point, f"{place}/data/{index}", problems, positive=False)
    if len(names) != len(set(map(str, names))):
        problems.add(f"{pointer}/chart/series", "series names must be unique")


def _label(point: Any) -> Any:
    return point.get("label") if isinstance(point, dict) else None


def _check_point(point: Any, pointer: str, problems: _Problems, *, positive: bool) -> None:
    value = point.get("value") if isinstance(point, dict) else None
    problems.text(_label(point), f"{pointer}/label", 20)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        problems.add(f"{pointer}/value", "must be a finite number")
    elif positive and value <= 0:
        problems.add(f"{pointer}/value", "must be greater than 0")


_CHECKS: dict[str, Callable[[dict[str, Any], str, _Problems], None]] = {
    "header": _check_header,
    "section": _check_section,
    "context": _check_context,
    "actions": _check_actions,
    "image": _check_image,
    "markdown": _check_markdown,
    "table": _check_table,
    "data_table": _check_data_table,
    "data_visualization": _check_chart,
}


def _characters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_characters(item) for item in value.values())
    return sum(map(_characters, value)) if isinstance(value, list) else 0
