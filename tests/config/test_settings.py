"""burnline.toml: what is wrong is told with file and key, and never with a value that may be a secret."""

from pathlib import Path

import pytest

from burnline.init import TEMPLATE
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE, SettingsError, config_dir, load_settings


def told(folder: Path, content: str) -> str:
    (folder / "burnline.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder}/burnline.toml")
    assert "\n" not in message
    return message.removeprefix(f"{folder}/burnline.toml").lstrip(": ")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STORE_URL_VARIABLE, raising=False)
    monkeypatch.delenv(CONFIG_DIR_VARIABLE, raising=False)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("stroe = 1", "unknown key 'stroe'; check its spelling or remove it"),
        ("[organization]\nnmae = 'x'", "unknown key 'organization.nmae'; check its spelling or remove it"),
        ("[store]\nuri = 'x'", "unknown key 'store.uri'; check its spelling or remove it"),
        ("[server]\nprot = 1", "unknown key 'server.prot'; check its spelling or remove it"),
        ("[alerts]\nevry = '5m'", "unknown key 'alerts.evry'; check its spelling or remove it"),
        ("[slack]\nbot_token='env:X'\nchannel='C'\nx=1", "unknown key 'slack.x'; check its spelling or remove it"),
        ("[slack]\nchannel = 'C1'", "the key 'slack.bot_token' is missing"),
        ("[server]\nport = 'many'", "server.port: Input should be a valid integer"),
        ("[server]\nport = 70000", "server.port: Input should be less than or equal to 65535"),
        ("[organization]\nname = 3", "organization.name: Input should be a valid string"),
        ("store = 'x'", "store: Input should be a valid dictionary"),
        ("[sources]\nfocus = 'x'", "sources.focus: Input should be a valid dictionary"),
        ("[organization]\ntimezone = 'Mars/Olympus'", "organization.timezone: 'Mars/Olympus' is not an IANA time zone"),
        ("[organization]\ntimezone = '../etc'", "organization.timezone: '../etc' is not an IANA time zone"),
        ("[organization]\ncurrency = 'usd'", "organization.currency: String should match pattern"),
        ("[alerts]\nevery = '5 minutes'", "alerts.every: '5 minutes' is not a duration; write a whole number and"),
        ("[alerts]\nstale_after = '0h'", "alerts.stale_after: '0h' is not a duration; write a whole number and"),
        ("[alerts]\nbudget_thresholds = [0]", "alerts.budget_thresholds.0: Input should be greater than or equal to 1"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, content: str, sentence: str) -> None:
    assert told(tmp_path, content).startswith(sentence)


def test_a_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    assert told(tmp_path, "[server]\nport = 1\nhost = = 'x'\n").startswith("is not valid TOML: ")
    assert "line 3" in told(tmp_path, "[server]\nport = 1\nhost = = 'x'\n")


def test_text_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "burnline.toml").write_bytes(b"[organization]\nname = 'Z\xfcrich'\n")
    with pytest.raises(SettingsError, match="is not valid TOML"):
        load_settings(tmp_path)


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "burnline.toml").mkdir()
    with pytest.raises(SettingsError, match=r"burnline\.toml cannot be read: Is a directory"):
        load_settings(tmp_path)


def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    message = told(tmp_path, "[slack]\nbot_token = 'xoxb-123456789-abcdef'\nchannel = 'C1'\n")
    assert message.startswith("slack.bot_token: must be a reference such as env:")
    assert "xoxb" not in message


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert (settings.server.host, settings.server.port, settings.sources) == ("127.0.0.1", 8501, {})


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "burnline.toml").write_text("[store]\nurl = 'duckdb:///file.duckdb'\n[server]\nport = 9000\n")
    assert load_settings(tmp_path).store.url == "duckdb:///file.duckdb"
    monkeypatch.setenv(STORE_URL_VARIABLE, "postgresql://db/x")
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    assert config_dir() == tmp_path
    assert (load_settings().store.url, load_settings().server.port) == ("postgresql://db/x", 9000)
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, "")
    assert config_dir() == Path("config")


def test_the_template_is_valid_and_so_are_its_examples(tmp_path: Path) -> None:
    (tmp_path / "burnline.toml").write_text(TEMPLATE, encoding="utf-8")
    assert load_settings(tmp_path).sources == {}
    examples = [
        line.removeprefix("# ") if line.startswith(("# [", "# ")) and ("=" in line or "[" in line) else line
        for line in TEMPLATE.splitlines()
        if not line.startswith(("# Burnline", "# Secrets", "# DuckDB", "# ---"))
    ]
    (tmp_path / "burnline.toml").write_text("\n".join(examples), encoding="utf-8")
    settings = load_settings(tmp_path)
    assert settings.sources.keys() == {
        "openai_costs", "openai_usage", "anthropic_costs", "anthropic_usage", "focus", "gateway_log",
        "pagerduty", "openai_status", "github_releases", "jira_specs", "jira_defects"
    }  # fmt: skip
    assert settings.slack is not None
