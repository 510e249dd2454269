"""Pages of a report: all of them, or an error."""

from collections.abc import Iterable
from typing import Any

import pytest

from collectors.errors import DataError
from collectors.paging import pages


class Script:
    """Gives pages in turn and keeps the queries."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[list[tuple[str, str]]] = []

    def get(self, path: str, params: Iterable[tuple[str, str]] = (), *, exact: bool = False) -> Any:
        self.asked.append(list(params))
        assert len(self.asked) < 10, "paging does not end"
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def page(data: list[int], following: object = None) -> dict[str, Any]:
    return {"data": data, "has_more": following is not None, "next_page": following}


def read(script: Script, **options: Any) -> list[Any]:
    return list(pages(script, "/report", [("a", "1"), ("a", "2")], source="demo", **options))


def test_every_page_is_read_with_the_same_query() -> None:
    script = Script(page([1], "p2"), page([], "0"), page([2]))
    assert read(script) == [[1], [], [2]]
    same = [("a", "1"), ("a", "2")]
    assert script.asked == [same, [*same, ("page", "p2")], [*same, ("page", "0")]]


def test_the_cursor_may_have_another_name() -> None:
    script = Script(page([1], "p2"), page([2]))
    read(script, cursor="after")
    assert script.asked[1][-1] == ("after", "p2")


def test_a_cursor_that_comes_twice_is_an_error() -> None:
    with pytest.raises(DataError, match="demo /report: the page cursor came twice"):
        read(Script(page([1], "p2"), page([2], "p3"), page([3], "p2")))


@pytest.mark.parametrize("following", ["", 0, False, 7])
def test_more_without_a_cursor_is_an_error_not_the_end(following: object) -> None:
    with pytest.raises(DataError, match="names no next_page"):
        read(Script(page([1], following)))


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"has_more": False}, "has no data"),
        ({"data": []}, "has no has_more"),
        ({"data": {}, "has_more": False}, "data of the page is dict, not list"),
        ({"data": [], "has_more": None}, "has_more of the page is null, not bool"),
        ([], "not a page but list"),
        (None, "not a page but null"),
    ],
)
def test_a_malformed_page_says_what_is_missing(answer: Any, problem: str) -> None:
    with pytest.raises(DataError, match=f"demo /report: .*{problem}"):
        read(Script(answer))
