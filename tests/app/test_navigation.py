"""Pages are found by being there."""

from pathlib import Path

import pytest

from app.navigation import PageError, discover

PAGE = 'PAGE = {{"title": "{title}", "url": "{url}", "icon": ":material/home:", "order": {order}}}\n'


def _page(folder: Path, name: str, title: str, url: str, order: int = 1) -> None:
    (folder / f"{name}.py").write_text(PAGE.format(title=title, url=url, order=order), encoding="utf-8")


def test_the_apps_pages_are_in_menu_order_and_one_is_the_first() -> None:
    pages = discover()
    assert [page.order for page in pages] == sorted(page.order for page in pages)
    assert {"", "spend", "unit-economics", "sources"} <= {page.url for page in pages}


def test_a_new_file_is_a_new_page(tmp_path: Path) -> None:
    _page(tmp_path, "later", "Later", "later", order=2)
    _page(tmp_path, "first", "First", "", order=1)
    assert [page.title for page in discover(tmp_path)] == ["First", "Later"]


@pytest.mark.parametrize(("title", "url", "field"), [("Other", "same", "url"), ("Same", "other", "title")])
def test_a_repeated_name_is_an_error(tmp_path: Path, title: str, url: str, field: str) -> None:
    _page(tmp_path, "a", "Same", "same")
    _page(tmp_path, "b", title, url)
    with pytest.raises(PageError, match=rf"b\.py and a\.py have the same {field}"):
        discover(tmp_path)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = 1\n", "declares no PAGE"),
        ('PAGE = {"title": "A"}\n', "needs exactly"),
        ("PAGE = dict(title='A')\n", "plain values"),
    ],
)
def test_a_bad_declaration_says_what_is_wrong(tmp_path: Path, source: str, told: str) -> None:
    (tmp_path / "bad.py").write_text(source, encoding="utf-8")
    with pytest.raises(PageError, match=told):
        discover(tmp_path)


def test_a_page_is_read_without_being_run(tmp_path: Path) -> None:
    (tmp_path / "boom.py").write_text(PAGE.format(title="B", url="b", order=1) + "raise SystemExit\n", encoding="utf-8")
    assert [page.title for page in discover(tmp_path)] == ["B"]
