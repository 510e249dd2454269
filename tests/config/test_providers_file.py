"""providers.toml: what providers promise."""

from decimal import Decimal
from pathlib import Path

import pytest

from config.loader import load_reference
from config.settings import SettingsError
from domain.provider_sla import Sla

GOOD = '[[sla]]\nprovider = "openai"\navailability = 0.999\n'


def write(folder: Path, content: str) -> Path:
    path = folder / "providers.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_the_promises_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        '[[sla]]\nprovider = "openai"\nmodel = "*-mini"\np95_seconds = 4\nthrottled = "invalid"\n'
        f'url = "https://example.com/order"\nnote = "order 7"\n{GOOD}',
    )
    found = load_reference(tmp_path)
    assert found.problems == ()
    assert found.slas == (
        Sla("openai", "*-mini", None, Decimal(4), False, "https://example.com/order", "order 7"),
        Sla("openai", "*", Decimal("0.999")),
    )


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("availability = 99.9", "the availability 99.9 is no ratio between 0 and 1; write 0.999 for 99.9 %"),
        ("availability = 1", "the availability 1 is no ratio between 0 and 1"),
        ('model = "m"', "a promises nothing; set availability, p95_seconds or both"),
        ("p95_seconds = -1", "p95_seconds"),
        ("p95_seconds = nan", "p95_seconds"),
        ("availability = nan", "availability"),
        ('availability = 0.9\nthrottled = "good"', "throttled is 'good'; use bad or invalid"),
        ('availability = 0.9\nurl = "javascript:alert(1)"', "is no web address; begin it with https://"),
        ("availability = 0.9\nuptime = 3", "uptime"),
    ],
)
def test_an_entry_that_cannot_be_used_is_one_sentence_and_the_others_count(
    tmp_path: Path, entry: str, told: str
) -> None:
    path = write(tmp_path, f'{GOOD}[[sla]]\nprovider = "a"\n{entry}\n')
    found = load_reference(tmp_path)
    (problem,) = found.problems
    assert str(problem).startswith(f"{path}: line 4: ")
    assert told in str(problem)
    assert [sla.provider for sla in found.slas] == ["openai"]


def test_an_entry_that_never_counts_is_named(tmp_path: Path) -> None:
    write(tmp_path, f'{GOOD}[[sla]]\nprovider = "openai"\nmodel = "gpt-*"\navailability = 0.9\n')
    (problem,) = load_reference(tmp_path).problems
    assert "never counts, because line 1 is for all models; move it above that" in str(problem)


def test_a_promise_that_stands_twice_counts_once(tmp_path: Path) -> None:
    once = '[[sla]]\nprovider = "openai"\nmodel = "gpt-*"\navailability = 0.9\n'
    write(tmp_path, once + once)
    found = load_reference(tmp_path)
    assert len(found.slas) == 1
    assert "stands in line 1 already; keep one" in str(found.problems[0])


def test_another_kind_of_table_is_refused(tmp_path: Path) -> None:
    write(tmp_path, '[[slo]]\nprovider = "openai"\n')
    with pytest.raises(SettingsError, match=r"this file holds \[\[sla\]\] tables only"):
        load_reference(tmp_path)
