"""The commands in one process: what they print and which code they end with."""

import csv
import io
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.exit_codes import BAD_INPUT, SOURCE_FAILED, STORE_UNUSABLE
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE, load_settings
from store.engine import open_store
from tests.collectors.delivering import SAMPLE, TRACE, focus_text, write

Command = Callable[..., Result]
SEPTEMBER = ("--param", "start=2024-09-01", "--param", "end=2024-10-01")
BILLED = {"AWS": "18.0066386184", "Microsoft": "1.97651418586", "Oracle": "0.53707392473"}
TRACE_OPTIONS = (
    "--map", "started_at=TIMESTAMP", "--map", "input_tokens=ContextTokens", "--map", "output_tokens=GeneratedTokens",
    "--set", "provider=openai", "--set", "model=gpt-4o",
)  # fmt: skip


@pytest.fixture
def folder(duckdb_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An operator's empty config folder, with an empty store of its own."""
    url = f"duckdb:///{shutil.copy(duckdb_template, tmp_path / 'store.duckdb')}"
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path / "config"))
    monkeypatch.setenv(STORE_URL_VARIABLE, url)
    yield tmp_path / "config"
    open_store(url).close()


@pytest.fixture
def burnline(folder: Path) -> Command:
    runner = CliRunner()
    return lambda *words: runner.invoke(app, [str(word) for word in words])


def fails(result: Result, code: int) -> str:
    """The one sentence on standard error."""
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    sentence: str = result.stderr.strip()
    assert sentence
    assert "\n" not in sentence
    return sentence


def test_init_writes_a_file_that_loads_and_never_overwrites(burnline: Command, folder: Path) -> None:
    result = burnline("init")
    assert result.exit_code == 0
    assert f"Wrote {folder}/burnline.toml" in result.stdout
    assert load_settings(folder).sources == {}
    (folder / "burnline.toml").write_text("# mine\n")
    assert "is there already; nothing was written" in fails(burnline("init"), BAD_INPUT)
    assert (folder / "burnline.toml").read_text() == "# mine\n"


def test_collect_without_a_source_says_how_to_begin(burnline: Command) -> None:
    assert "configures no source; write one with: python -m burnline init" in fails(burnline("collect"), BAD_INPUT)


def test_collect_runs_what_is_configured_and_answers_scripts_in_json(burnline: Command, folder: Path) -> None:
    write(folder / "burnline.toml", f"[sources.focus]\npath = '{SAMPLE}'\n")
    result = burnline("collect", "--json")
    assert result.exit_code == 0
    (outcome,) = json.loads(result.stdout)
    assert (outcome["source"], outcome["status"], outcome["row_count"]) == ("focus", "ok", 1000)
    assert json.loads(burnline("collect", "--json").stdout) == []
    again = burnline("collect")
    assert again.stdout == "Nothing to do: everything there is was loaded before.\n"
    assert again.stderr == ""
    assert "There is no source 'fokus'; configured are: focus." in fails(
        burnline("collect", "--source", "fokus"), BAD_INPUT
    )


def test_a_failed_source_does_not_keep_the_others_from_running(burnline: Command, folder: Path) -> None:
    missing = "[sources.a]\nkind = 'focus'\npath = '/nowhere'\n"
    write(folder / "burnline.toml", f"{missing}[sources.b]\nkind = 'focus'\npath = '{SAMPLE}'\n")
    result = burnline("collect", "--json")
    assert result.exit_code == SOURCE_FAILED
    assert [outcome["status"] for outcome in json.loads(result.stdout)] == ["failed", "ok"]


def test_the_focus_sample_is_exact_in_all_three_formats(burnline: Command) -> None:
    assert "1,000 rows loaded." in burnline("import", "focus", SAMPLE).stdout
    as_json = json.loads(burnline("query", "cost/billed_by_provider", *SEPTEMBER, "--format", "json").stdout)
    assert {row["provider"]: row["billed_cost"] for row in as_json} == BILLED
    as_csv = burnline("query", "cost/billed_by_provider", *SEPTEMBER, "--format", "csv").stdout
    assert {row["provider"]: row["billed_cost"] for row in csv.DictReader(io.StringIO(as_csv))} == BILLED
    table = burnline("query", "cost/billed_by_provider", *SEPTEMBER).stdout
    assert all(cost in table for cost in BILLED.values())
    assert "What did each provider bill?" in table
    assert "3 rows in " in table


def test_the_azure_trace_is_counted(burnline: Command) -> None:
    assert burnline("import", "requests", TRACE, *TRACE_OPTIONS).exit_code == 0
    window = ("--param", "start=2023-11-01", "--param", "end=2023-12-01")
    (row,) = json.loads(burnline("query", "usage/tokens_by_model", *window, "--format", "json").stdout)
    assert (row["request_count"], row["input_tokens"], row["output_tokens"]) == (19_366, 22_361_870, 4_088_665)
    assert row["estimated_cost"] == "96.791325"


def test_incidents_and_what_is_to_be_done_come_from_files(burnline: Command, tmp_path: Path) -> None:
    incidents = "incident_id,title,declared_at,severity\n7,Slow answers,2026-11-03T10:00Z,P2\n"
    actions = "action_id,incident_id,created_at,title,due_on\n1,7,2026-11-04T09:00Z,Add a limit,2026-11-20\n"
    told = burnline("import", "incidents", write(tmp_path / "desk.csv", incidents))
    assert (told.exit_code, "incidents-desk: desk.csv" in told.stdout) == (0, True)
    assert burnline("import", "incident-actions", write(tmp_path / "items.csv", actions)).exit_code == 0
    asked = burnline("query", "incident/actions", "--param", "today=2026-11-23", "--format", "json")
    (row,) = json.loads(asked.stdout)
    assert (row["due_state"], row["incident_title"], row["incident_severity"]) == ("overdue", "Slow answers", "sev2")


def test_an_export_can_be_imported_again(burnline: Command, tmp_path: Path) -> None:
    burnline("import", "focus", SAMPLE)
    path = tmp_path / "out [1] :smile:.csv"
    assert burnline("export", "focus", path).stdout == f"Wrote 1,000 charges to {path}.\n"
    assert burnline("export", "focus").stdout == path.read_text(encoding="utf-8")
    assert "1,000 rows loaded in place of 1,000 loaded before." in burnline("import", "focus", path).stdout
    with path.open(newline="") as file:
        assert sum(Decimal(row["BilledCost"]) for row in csv.DictReader(file)) == Decimal("20.52022672899")
    window = ("--since", "2024-09-30", "--until", "2024-10-01T00:00:00Z")
    assert 1 < len(burnline("export", "focus", *window).stdout.splitlines()) < 1001


def test_names_with_brackets_and_colons_are_printed_as_they_are(burnline: Command, tmp_path: Path) -> None:
    name = "[bold] Model[/x] :boom: " + "long" * 40
    path = write(tmp_path / "[red]a.csv", focus_text({"ProviderName": name}))
    assert "[red]a.csv" in burnline("import", "focus", path).stdout
    query = ("query", "cost/billed_by_provider", "--param", "start=2026-11-01", "--param", "end=2026-12-01")
    table = burnline(*query).stdout
    assert "[bold]" in table
    assert "[/x]" in table
    assert ":boom:" in table
    assert "…" not in table


def test_a_bill_that_is_no_bill_fails_with_its_reason(burnline: Command, tmp_path: Path) -> None:
    result = burnline("import", "focus", write(tmp_path / "x.csv", "a,b\n1,2\n"))
    assert result.exit_code == SOURCE_FAILED
    assert "x.csv is not a FOCUS file" in result.stdout


def test_a_second_source_may_not_bill_what_another_bills_until_that_is_forgotten(burnline: Command) -> None:
    burnline("import", "focus", SAMPLE, "--source", "first")
    refused = burnline("import", "focus", SAMPLE, "--source", "second")
    assert refused.exit_code == SOURCE_FAILED
    assert "is already billed by the source 'first'" in refused.stdout
    assert "python -m burnline forget --source first --yes" in refused.stdout
    assert "add --yes" in fails(burnline("forget", "--source", "first"), BAD_INPUT)
    assert burnline("forget", "--source", "first", "--yes").stdout == "Removed 1,000 rows of first.\n"
    assert burnline("import", "focus", SAMPLE, "--source", "second").exit_code == 0


def test_doctor_tries_every_source(burnline: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert burnline("doctor").stdout.splitlines()[-1].startswith("ok   sources: none configured")
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    write(
        folder / "burnline.toml",
        f"[sources.focus]\npath = '{SAMPLE}'\n"
        "[sources.openai_costs]\naccount = 'org-1'\nadmin_key = 'env:NO_SUCH_KEY'\n",
    )
    result = burnline("doctor")
    assert result.exit_code == SOURCE_FAILED
    assert "ok   focus: answers." in result.stdout
    assert "FIX  openai_costs: " in result.stdout
    assert "NO_SUCH_KEY" in result.stdout
    told = json.loads(burnline("doctor", "--json").stdout)
    assert [finding["ok"] for finding in told] == [True, True, False]


def test_the_store_is_upgraded_by_hand_too(burnline: Command) -> None:
    assert burnline("db", "upgrade").stdout.endswith("store.duckdb is up to date.\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("query", "cost/nothing"), "There is no query 'cost/nothing'; there are: "),
        (("query", "cost/billed_by_provider"), "cost/billed_by_provider needs the parameter 'start' (timestamp)"),
        (("query", "cost/billed_by_provider", *SEPTEMBER, "--param", "x=1"), "has no parameter 'x'; it takes: start"),
        (("query", "cost/billed_by_provider", "--param", "start=soon"), "start='soon' is not a timestamp"),
        (("query", "cost/billed_by_provider", "--param", "start"), "--param 'start' is not of the form name=value."),
        (
            ("query", "cost/spend_by_bucket", *SEPTEMBER, "--param", "bucket=hour"),
            "bucket must be one of day, week, month, ",
        ),
        (("query", "cost/spend_by_bucket", *SEPTEMBER), "needs the parameter 'bucket' (one of day, week, month)"),
        (("query", "cost/billed_by_provider", *SEPTEMBER, "--format", "xml"), "--format 'xml' is unknown; use table"),
        (("collect", "--until", "2026-11-01"), "--until needs --since."),
        (("collect", "--since", "yesterday"), "--since and --until do not make a range: "),
        (("collect", "--since", "2026-11-02", "--until", "2026-11-01"), "--since and --until do not make a range: "),
        (("collect", "--since", "2999-01-01"), "--since lies in the future"),
        (("collect", "--since", "2998-01-01", "--until", "2998-02-01"), "--since lies in the future"),
        (("collect", "--since", "0001-01-01T00:00+14:00"), "--since and --until do not make a range: "),
        (("export", "focus", "/proc/none/x.csv"), "/proc/none/x.csv cannot be written: No such file or directory."),
        (("import", "requests", "x.csv", "--map", "started_at"), "--map 'started_at' is not of the form name=value."),
    ],
    ids=lambda value: " ".join(value[:4]) if isinstance(value, tuple) else "",
)
def test_a_wrong_word_on_the_command_line_gets_one_sentence(
    burnline: Command, words: tuple[str, ...], told: str
) -> None:
    assert told in fails(burnline(*words), BAD_INPUT)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("burnline.toml", "[stroe]\nurl = 'x'\n"),
        ("burnline.toml", "not toml"),
        ("burnline.toml", "[sources.focus]\npth = 'x'\n"),
        ("burnline.toml", "[sources.x]\nkind = 'y'\n"),
        ("burnline.toml", "[slack]\nbot_token = 'xoxb-very-secret-token'\nchannel = 'C'\n"),
        ("burnline.toml", "[sources.openai_costs]\naccount = 'o'\nadmin_key = 'sk-very-secret-key'\n"),
        ("features.toml", "[[feature]\nkey = 'a'\n"),
        ("attribution.toml", "rules = 3\n"),
        ("budgets.csv", 'scope_type,scope\nteam,"\n'),
        ("prices.toml", "price = 3\n"),
        ("annotations.csv", '"'),
    ],
)
@pytest.mark.parametrize("words", [("collect",), ("doctor",), ("alerts", "check")], ids=" ".join)
def test_a_bad_config_file_stops_every_command_with_one_sentence_and_no_secret(
    burnline: Command, folder: Path, file: str, content: str, words: tuple[str, ...]
) -> None:
    write(folder / file, content)
    sentence = fails(burnline(*words), BAD_INPUT)
    assert file in sentence
    assert "very-secret" not in sentence


@pytest.mark.parametrize("words", [("doctor",), ("db", "upgrade"), ("query", "cost/billed_by_provider", *SEPTEMBER)])
@pytest.mark.parametrize(
    "url", ["mysql://u:hunter2hunter2@x/y", "nonsense", "postgresql://u:hunter2hunter2@127.0.0.1:1/x"]
)
def test_a_store_that_cannot_be_used_has_a_code_of_its_own(
    burnline: Command, monkeypatch: pytest.MonkeyPatch, url: str, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv(STORE_URL_VARIABLE, url)
    assert "hunter2" not in fails(burnline(*words), STORE_UNUSABLE)


def test_a_port_in_use_is_told_before_anything_is_served(burnline: Command, folder: Path) -> None:
    write(folder / "burnline.toml", f"[sources.focus]\npath = '{SAMPLE}'\n")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = fails(burnline("run", "--port", port), BAD_INPUT)
    assert sentence.startswith(f"Port {port} on 127.0.0.1 cannot be used (Address already in use); end the program")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "burnline.example.com", ""])
def test_a_host_that_others_can_reach_is_refused(burnline: Command, folder: Path, host: str) -> None:
    write(folder / "burnline.toml", f"[server]\nhost = '{host}'\n[sources.focus]\npath = '{SAMPLE}'\n")
    sentence = fails(burnline("run"), BAD_INPUT)
    assert sentence.startswith("Burnline does not know yet who is asking, so it serves this machine only")


@pytest.mark.parametrize("port", ["0", "65536", "many"])
def test_a_port_that_cannot_be_is_a_usage_error(burnline: Command, port: str) -> None:
    result = burnline("run", "--port", port)
    assert result.exit_code == BAD_INPUT
    assert "Invalid value for '--port'" in result.stderr


def test_a_locked_store_is_told_with_the_process_that_holds_it(burnline: Command, tmp_path: Path) -> None:
    script = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(tmp_path / "store.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        sentence = fails(burnline("db", "upgrade"), STORE_UNUSABLE)
        holder.kill()
    assert f"is open in process {holder.pid}; stop that process first" in sentence


@pytest.mark.parametrize("words", [("--help",), ("import", "--help"), ("nonsense",), ("query",)], ids=" ".join)
def test_help_and_misspelled_commands_say_how_to_go_on(burnline: Command, words: tuple[str, ...]) -> None:
    result = burnline(*words)
    assert result.exit_code == (0 if "--help" in words else BAD_INPUT)
    assert "Usage: " in result.output
    if words == ("--help",):
        assert "Exit codes: 0 done;" in " ".join(result.stdout.split())


def test_an_import_cannot_take_the_name_of_another_kind_of_source(burnline: Command) -> None:
    done = burnline("import", "focus", SAMPLE, "--source", "openai_usage")
    assert done.exit_code == BAD_INPUT
    assert "is the name of another kind of source" in done.output


def test_a_reading_command_leaves_what_the_files_declared(burnline: Command, tmp_path: Path) -> None:
    features = tmp_path / "config" / "features.toml"
    features.parent.mkdir(exist_ok=True)
    features.write_text('[[feature]]\nkey = "search"\nname = "Search"\nteam = "Discovery"\n', encoding="utf-8")
    burnline("import", "focus", SAMPLE)
    features.unlink()
    burnline("query", "cost/currencies", "--param", "start=2024-09-01", "--param", "end=2024-10-01")
    burnline("import", "focus", SAMPLE)
    with open_store(f"duckdb:///{tmp_path / 'store.duckdb'}").read() as connection:
        assert connection.execute(sa.text("select feature from feature")).scalars().all() == ["search"]


def test_outcomes_are_imported_and_undeclared_features_told(burnline: Command, folder: Path) -> None:
    path = write(folder.parent / "won.csv", "day,feature,n\n2026-11-03,search,10\n2026-11-03,nobody,-1\n")
    mapping = ("--map", "day=day", "--map", "feature=feature", "--map", "outcome_count=n")
    result = burnline("import", "outcomes", path, *mapping)
    assert result.exit_code == 0, result.output
    assert "outcomes-won: won.csv" in result.stdout
    assert "1 rows loaded, 1 bad rows set aside." in result.stdout
    assert "features.toml does not declare: search; declare them there" in result.stderr
    write(
        folder / "features.toml",
        '[[feature]]\nkey = "search"\nname = "Search"\nteam = "Discovery"\ntier = "standard"\nowner = "Yuki"\n',
    )
    again = burnline("import", "outcomes", path, *mapping, "--json")
    assert (json.loads(again.stdout), again.stderr) == ([], "")
    answer = burnline("query", "ops/undeclared_outcome_features", "--format", "json")
    assert json.loads(answer.stdout) == []


def test_records_are_imported_by_their_names_or_a_mapping(burnline: Command, folder: Path) -> None:
    header = "release_id,created_at,kind,status"
    path = write(folder.parent / "shipped.csv", f"{header}\nr1,2026-11-03,prompt,released\nr2,soon,prompt,released\n")
    result = burnline("import", "releases", path)
    assert result.exit_code == 0, result.output
    assert "releases-shipped: shipped.csv" in result.stdout
    assert "1 rows loaded, 1 bad rows set aside." in result.stdout
    other = write(folder.parent / "asked.csv", "Ticket,On\nq1,2026-11-03\n")
    mapping = ("--map", "request_id=Ticket", "--map", "requested_at=On", "--set", "framework=SOC 2")
    told = burnline("import", "evidence", other, *mapping, "--json")
    assert [one["row_count"] for one in json.loads(told.stdout)] == [1]


def test_rules_say_how_often_they_would_have_fired(burnline: Command) -> None:
    result = burnline("alerts", "backtest", "--days", "3", "--json")
    assert result.exit_code == 0, result.output
    told = {one["rule"]: one["fired_count"] for one in json.loads(result.stdout)["rules"]}
    assert told["budget_threshold"] == 0
    assert told["source_stale"] is None
    assert (
        "It would not have fired in 3 days."
        in burnline("alerts", "backtest", "--days", 3, "--rule", "slo_budget").stdout
    )
    assert "There is no rule 'nope'" in fails(burnline("alerts", "backtest", "--rule", "nope"), BAD_INPUT)
