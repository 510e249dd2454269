"""200 features and 3 years of everything that the 18 KPIs are made of, written by SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.big_company import NOW
from bench.big_store import BigStore
from bench.promised import write_slos
from config.loader import load_reference
from config.settings import Organization
from store import source_health
from store.calendar import sync_calendar
from store.engine import open_store
from store.migrate import upgrade
from store.reference import sync_reference

FEATURES, TEAMS, DAYS = 200, 20, 3 * 365

_FEATURES = """
insert into feature (feature, name, team, tier, owner, status)
select concat('feature-', i), concat('Feature ', i), concat('team-', i % {teams}),
  ['critical', 'standard', 'internal'][1 + i % 3], 'Somebody', 'live'
from range({features}) t(i)
"""
_FEATURE = "concat('feature-', f.i)"
_AGE = "timestamp '{now}' - to_days(cast(d.i as integer))"
_STATEMENTS = (
    _FEATURES,
    """insert into spec (source, spec_id, created_at, feature, approved_at)
    select 'jira', concat('S-', f.i, '-', d.i), {age} - interval 40 days, {feature}, {age} - interval 20 days
    from range({features}) f(i) cross join range(1, {days}, 21) d(i)""",
    """insert into release (source, release_id, created_at, kind, status, environment, version, feature, released_at,
      spec_id, reverts)
    select 'github', concat(f.i, '-', d.i), {age}, ['prompt', 'model', 'feature'][1 + d.i % 3], 'released',
      'production', concat('v-', f.i, '-', d.i), {feature}, {age}, concat('S-', f.i, '-', d.i),
      case when hash(f.i, d.i) % 30 = 0 then concat(f.i, '-', d.i + 7) end
    from range({features}) f(i) cross join range(1, {days}, 7) d(i)""",
    """insert into evaluation (source, evaluation_id, evaluated_at, kind, task, metric, score, score_stddev,
      sample_count, evaluator, feature, version)
    select 'mlflow', concat(f.i, '-', d.i, '-', k.kind), {age} - interval 1 day, k.kind, {feature}, 'faithfulness',
      0.8 + (hash(f.i, d.i) % 100) / 1000.0, 0.2, 200, 'judge', {feature}, concat('v-', f.i, '-', d.i)
    from range({features}) f(i) cross join range(1, {days}, 7) d(i)
    cross join (values ('automated'), ('regression')) k(kind)""",
    """insert into experiment (source, experiment_id, created_at, status, feature, started_at, ended_at, decided_at,
      outcome, is_ai)
    select 'launchdarkly', concat(f.i, '-', d.i), {age}, 'stopped', {feature}, {age} - interval 20 days, {age}, {age},
      ['won', 'lost', 'inconclusive', 'aborted'][1 + d.i % 4], true
    from range({features}) f(i) cross join range(1, {days}, 40) d(i)""",
    """insert into defect (source, defect_id, reported_at, status, reported_by, ai_related, feature, resolved_at)
    select 'jira', concat(f.i, '-', d.i), {age}, 'resolved', 'customer', true, {feature}, {age} + interval 9 days
    from range({features}) f(i) cross join range(1, {days}, 15) d(i)""",
    """insert into incident (source, incident_id, title, status, declared_at, severity, ai_related, feature,
      impact_started_at, detected_at, mitigated_at, resolved_at)
    select 'pagerduty', concat(f.i, '-', d.i), 'An incident', 'resolved', {age}, concat('sev', 1 + d.i % 4), true,
      {feature}, {age} - interval 20 minutes, {age}, {age} + interval 1 hour, {age} + interval 1 hour
    from range({features}) f(i) cross join range(1, {days}, 60) d(i)""",
    """insert into incident_span (source, incident_id, declared_at, started_at, ended_at)
    select source, incident_id, declared_at, impact_started_at, mitigated_at from incident""",
    """insert into safety_hour (source, hour, feature, policy, checked_count, violation_count, blocked_count,
      leaked_count)
    select 'guardrails', date_trunc('hour', timestamp '{now}') - to_hours(cast(h.i as integer)), {feature}, 'any', 900,
      hash(f.i, h.i) % 2, 0, 0
    from range({features}) f(i) cross join range(1, {days} * 24, 1) h(i)""",
    """insert into sli_hour (hour, slo, source, good_count, total_count, excluded_count)
    select date_trunc('hour', timestamp '{now}') - to_hours(cast(h.i as integer)), slo, 'log', 999, 1000, 0
    from slo_objective cross join range(1, {days} * 24, 1) h(i)""",
    """insert into outcome (source, day, feature, outcome, outcome_count, accepted_count)
    select 'warehouse', cast({age} as date), {feature}, 'resolved', 500, 450
    from range({features}) f(i) cross join range(1, {days}) d(i)""",
    """insert into attribution (attribution_key, valid_from, valid_to, provider, feature)
    select concat('key-', f.i), date '2000-01-01', date '2100-01-01', 'openai', {feature}
    from range({features}) f(i)""",
    """insert into request_day (day, source, provider, attribution_key, request_count, failed_count, retried_count,
      lost_count)
    select cast({age} as date), 'log', 'openai', concat('key-', f.i), 10000, 5, 5, 5
    from range({features}) f(i) cross join range(1, {days}) d(i)""",
    """insert into attributed_cost_day (day, provider, account_id, service, model, feature, team, environment, currency,
      billing_currency, billed_cost, effective_cost, request_cost)
    select cast({age} as date), 'openai', 'default', 'completions', concat('model-', m.i), {feature},
      concat('team-', f.i % {teams}), 'production', 'USD', 'USD', 12.5, 12.5, 12.5
    from range({features}) f(i) cross join range(1, {days}) d(i) cross join range(3) m(i)""",
    """insert into attributed_usage_day (day, provider, account_id, service, model, feature, team, environment,
      request_count, costed_request_count, unpriced_tokens)
    select day, provider, account_id, service, model, feature, team, environment, 4000, 4000, 0
    from attributed_cost_day""",
    """insert into scope_cost_day (day, currency, scope_type, scope, billed_cost, effective_cost)
    select day, 'USD', 'organization', '', sum(billed_cost), sum(effective_cost)
    from attributed_cost_day group by day""",
    """insert into budget (scope_type, scope, period, period_start, period_end, amount, currency, version, position)
    select 'organization', '', 'month', start_on, end_on, 250000, 'USD', '', 1 from period where cadence = 'month'""",
    """insert into evidence_request (source, request_id, requested_at, delivered_at, is_complete)
    select 'jira', concat('E-', d.i), {age}, {age} + interval 3 days, true from range(1, {days}, 10) d(i)""",
    """insert into measurement (source, metric, period_start, period_end, value, answer_count, invited_count, stddev,
      promoter_count, detractor_count)
    select 'surveys', m.metric, {age}, {age} + interval 7 days, 8.1, 400, 500, 1.2, 200, 60
    from range(1, {days}, 91) d(i) cross join (values ('engagement_enps'), ('stakeholder_satisfaction')) m(metric)""",
    """insert into opening (source, opening_id, opened_at, status, is_ai_role, offer_accepted_at)
    select 'ats', concat('O-', d.i), {age} - interval 50 days, 'filled', true, {age} from range(1, {days}, 5) d(i)""",
    """insert into collector_run (run_id, source, kind, started_at, status, window_start_at, window_end_at, finished_at,
      watermark_at, row_count)
    select source, source, 'refresh', timestamp '{now}', 'ok', timestamp '{now}', timestamp '{now}', timestamp '{now}',
      timestamp '{now}', 1
    from (values ('jira'), ('github'), ('mlflow'), ('launchdarkly'), ('pagerduty'), ('guardrails'), ('log'),
      ('surveys'), ('ats')) t(source)""",
)


@contextmanager
def reviewed_store() -> Iterator[BigStore]:
    """The store, gone afterwards."""
    with TemporaryDirectory(prefix="burnline-bench-") as folder:
        config, path = Path(folder) / "config", Path(folder) / "store.duckdb"
        write_slos(config, FEATURES // 2)
        store = open_store(f"duckdb:///{path}")
        upgrade(store)
        sync_reference(store, load_reference(config))
        sync_calendar(store, Organization(), (), NOW.date())
        now = NOW.replace(tzinfo=None)
        filled = {"now": now, "features": FEATURES, "teams": TEAMS, "days": DAYS, "feature": _FEATURE}
        with store.write() as connection:
            for statement in _STATEMENTS:
                connection.exec_driver_sql(statement.format(age=_AGE.format(now=now), **filled))
            source_health.refresh(connection)
        with store.read() as connection:
            connection.exec_driver_sql("checkpoint")
        store.close()
        yield BigStore(f"duckdb:///{path}", config)
