"""Every table once: its grain in the docstring, its columns as fields. docs/tables.md is made from this file.

Times are UTC; money is NUMERIC(38,12) beside a currency; NULL means "not measured", 0 "measured, none".
"""

from dataclasses import dataclass
from datetime import date, datetime

from store.schema import Estimate, Money, table


@dataclass(slots=True, kw_only=True)
class Charge:
    """One row of a bill: FOCUS 1.4 in snake_case, then what Burnline adds.

    Only the source with the role `billing` of a (provider, billing account) writes here, so sums are the bill.
    """

    source: str
    provider: str
    billing_account_id: str
    billing_currency: str
    billing_period_start: datetime
    billing_period_end: datetime
    charge_period_start: datetime
    charge_period_end: datetime
    charge_category: str
    invoice_issuer_name: str
    service_provider_name: str
    service_category: str
    service_name: str
    billed_cost: Money
    effective_cost: Money
    attribution_key: str
    focus_version: str
    list_cost: Money | None = None
    contracted_cost: Money | None = None
    model: str | None = None
    api_key_id: str | None = None
    token_type: str | None = None
    service_tier: str | None = None
    price_basis: str | None = None
    allocated_method_details: str | None = None
    allocated_method_id: str | None = None
    allocated_resource_id: str | None = None
    allocated_resource_name: str | None = None
    allocated_tags: str | None = None
    availability_zone: str | None = None
    billing_account_name: str | None = None
    billing_account_type: str | None = None
    capacity_reservation_id: str | None = None
    capacity_reservation_status: str | None = None
    charge_class: str | None = None
    charge_description: str | None = None
    charge_frequency: str | None = None
    commitment_discount_category: str | None = None
    commitment_discount_id: str | None = None
    commitment_discount_name: str | None = None
    commitment_discount_quantity: Money | None = None
    commitment_discount_status: str | None = None
    commitment_discount_type: str | None = None
    commitment_discount_unit: str | None = None
    commitment_program_eligibility_details: str | None = None
    consumed_quantity: Money | None = None
    consumed_unit: str | None = None
    contract_applied: str | None = None
    contracted_unit_price: Money | None = None
    host_provider_name: str | None = None
    invoice_detail_id: str | None = None
    invoice_id: str | None = None
    list_unit_price: Money | None = None
    pricing_category: str | None = None
    pricing_currency: str | None = None
    pricing_currency_contracted_unit_price: Money | None = None
    pricing_currency_effective_cost: Money | None = None
    pricing_currency_list_unit_price: Money | None = None
    pricing_quantity: Money | None = None
    pricing_unit: str | None = None
    publisher_name: str | None = None
    region_id: str | None = None
    region_name: str | None = None
    resource_id: str | None = None
    resource_name: str | None = None
    resource_type: str | None = None
    service_subcategory: str | None = None
    sku_id: str | None = None
    sku_meter: str | None = None
    sku_price_details: str | None = None
    sku_price_id: str | None = None
    sub_account_id: str | None = None
    sub_account_name: str | None = None
    sub_account_type: str | None = None
    tags: str | None = None


@dataclass(slots=True, kw_only=True)
class CostDay:
    """Rollup of `charge`: UTC day × provider × account × project × service × model × kind of token × attribution key
    × currency."""

    day: date
    source: str
    provider: str
    account_id: str
    project_id: str | None
    service: str
    model: str | None
    attribution_key: str
    billing_currency: str
    billed_cost: Money
    effective_cost: Money
    charge_count: int
    token_type: str | None = None


@dataclass(slots=True, kw_only=True)
class BillDay:
    """Rollup of `charge` over all keys: UTC day × source × provider × model × service tier × kind of token × unit
    × charge category × currency."""

    day: date
    source: str
    provider: str
    model: str | None
    service_tier: str | None
    token_type: str | None
    unit: str | None
    charge_category: str
    billing_currency: str
    billed_cost: Money
    effective_cost: Money
    billed_quantity: Money | None


@dataclass(slots=True, kw_only=True)
class TokenUsage:
    """One period (an hour, or a day where the source gives days) × provider × account × project × api key
    × user × service × model × tier.

    The six token columns are disjoint: their input kinds add up to total input. Audio and image tokens are a part of
    input and output, never added; `cache_read_audio_tokens` are a part of `input_audio_tokens` and of the cache reads,
    images alike. `estimated_cost` is tokens, or `quantity`, at list price in USD, never a bill; it is NULL when any
    part has no price.
    """

    source: str
    started_at: datetime
    ended_at: datetime
    provider: str
    account_id: str
    service: str
    attribution_key: str
    project_id: str | None = None
    api_key_id: str | None = None
    user_id: str | None = None
    model: str | None = None
    service_tier: str | None = None
    context_window: str | None = None
    region: str | None = None
    uncached_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_write_5m_input_tokens: int | None = None
    cache_write_1h_input_tokens: int | None = None
    cache_write_input_tokens: int | None = None
    output_tokens: int | None = None
    input_audio_tokens: int | None = None
    output_audio_tokens: int | None = None
    request_count: int | None = None
    quantity: Money | None = None
    unit: str | None = None
    estimated_cost: Estimate | None = None
    price_version: str | None = None
    cache_read_audio_tokens: int | None = None
    input_image_tokens: int | None = None
    cache_read_image_tokens: int | None = None
    output_image_tokens: int | None = None


@dataclass(slots=True, kw_only=True)
class UsageDay:
    """Rollup of `token_usage`: UTC day × provider × account × project × api key × service × model × tier
    × attribution key. `unpriced_tokens` are the tokens of rows without an estimate."""

    day: date
    source: str
    provider: str
    account_id: str
    project_id: str | None
    api_key_id: str | None
    service: str
    model: str | None
    service_tier: str | None
    attribution_key: str
    uncached_input_tokens: int | None
    cache_read_input_tokens: int | None
    cache_write_input_tokens: int | None
    output_tokens: int | None
    request_count: int | None
    estimated_cost: Estimate | None
    unpriced_tokens: int


@dataclass(slots=True, kw_only=True)
class ModelUsageDay:
    """Rollup of `usage_day` over all keys: UTC day × source × provider × service × model × tier."""

    day: date
    source: str
    provider: str
    service: str
    model: str | None
    service_tier: str | None
    uncached_input_tokens: int | None
    cache_read_input_tokens: int | None
    cache_write_input_tokens: int | None
    output_tokens: int | None
    request_count: int | None
    estimated_cost: Estimate | None
    unpriced_tokens: int


@dataclass(slots=True, kw_only=True)
class PricedUsageDay:
    """Rollup of `token_usage` by what decides a price: UTC day × source × provider × account × service × model × tier
    × context window × unit.

    `model` and `context_window` are '' where a price has none, `service_tier` is standard for all its names and for
    tools. Tokens of a kind are those that its price is for: audio and images are not in the kinds beside them, so all
    kinds add up to `tokens`. `quantity` is counted in `unit`, a unit of `price`. `unpriced_tokens` and
    `unpriced_quantity` are those of rows without an estimate.
    """

    day: date
    source: str
    provider: str
    account_id: str
    service: str
    model: str
    service_tier: str
    context_window: str
    unit: str | None
    uncached_input_tokens: int
    cache_read_input_tokens: int
    cache_write_5m_input_tokens: int
    cache_write_1h_input_tokens: int
    cache_write_input_tokens: int
    output_tokens: int
    input_audio_tokens: int
    cache_read_audio_tokens: int
    output_audio_tokens: int
    input_image_tokens: int
    cache_read_image_tokens: int
    output_image_tokens: int
    tokens: int
    quantity: Money | None
    estimated_cost: Estimate | None
    unpriced_tokens: int
    unpriced_quantity: Money | None


@dataclass(slots=True, kw_only=True)
class AttributedCostDay:
    """`cost_day` with its owners: UTC day × provider × account × project × api key × service × model × kind of token
    × feature × team × environment × cost center × currency × allocation. Nobody's costs belong to the feature
    'unattributed', so the parts add up to the bill.

    Costs are there in the currency of the bill and, where that is another, once more in the organisation's: add up one
    `currency` only. `allocation` names the rule of allocation.toml that moved a shared cost; the rows of one rule add
    up to 0, and it is NULL for direct costs.
    `request_cost` and `token_cost` repeat the `billed_cost` of slices (day, provider, feature, environment) whose usage
    reports requests or tokens: only these may be divided by them.
    """

    day: date
    provider: str
    account_id: str
    project_id: str | None
    api_key_id: str | None
    service: str
    model: str | None
    token_type: str | None
    feature: str
    team: str
    environment: str
    cost_center: str | None
    currency: str
    billing_currency: str
    allocation: str | None
    billed_cost: Money
    effective_cost: Money
    request_cost: Money | None
    token_cost: Money | None


@dataclass(slots=True, kw_only=True)
class ScopeCostDay:
    """Rollup of `attributed_cost_day`: UTC day × currency × scope type × scope, for series of many days.

    `scope_type` is organization (its scope is ''), provider, team, feature, model or environment; each of them adds up
    to the whole day, costs without a model under the scope 'no model'.
    """

    day: date
    currency: str
    scope_type: str
    scope: str
    billed_cost: Money
    effective_cost: Money


@dataclass(slots=True, kw_only=True)
class AttributedUsageDay:
    """`usage_day` with its owners: UTC day × provider × account × project × api key × service × model × feature × team
    × environment × cost center.

    `costed_request_count` and `costed_tokens` repeat the requests and tokens of slices (day, provider, feature,
    environment) with costs: only these may divide them.
    """

    day: date
    provider: str
    account_id: str
    project_id: str | None
    api_key_id: str | None
    service: str
    model: str | None
    feature: str
    team: str
    environment: str
    cost_center: str | None
    uncached_input_tokens: int | None
    cache_read_input_tokens: int | None
    cache_write_input_tokens: int | None
    output_tokens: int | None
    total_tokens: int | None
    request_count: int | None
    costed_tokens: int | None
    costed_request_count: int | None
    estimated_cost: Estimate | None
    unpriced_tokens: int


@dataclass(slots=True, kw_only=True)
class KeyShare:
    """Who bears what a key cost and used whose rule splits by a request log: UTC day × attribution key × feature × team
    × environment × cost center.

    `[share_from, share_to)` is the owner's part of the day: the parts of a key cover 0 to 1 without gap or overlap,
    the largest first, so that round(amount × share_to) − round(amount × share_from) add up to any amount.
    `unseen_share` is what of it is due to hours that the log did not see; it stays with the rule's own feature.
    `hours_by` says whose usage weighs the hours of the day: provider, log, or NULL where neither has any. `weighed_by`
    says by what the log's features share an hour: list price, tokens, requests or mixed; NULL where they share none.
    """

    day: date
    attribution_key: str
    provider: str
    split_by: str
    feature: str
    team: str
    environment: str
    cost_center: str | None
    share_from: Money
    share_to: Money
    unseen_share: Money
    hours_by: str | None
    weighed_by: str | None


@dataclass(slots=True, kw_only=True)
class InferenceRequest:
    """One request to a model (landing table). `input_tokens` includes cached ones. No prompt, no completion.

    `interaction_id` names one answer that somebody waits for: a second request of it is a retry.
    """

    source: str
    started_at: datetime
    provider: str
    account_id: str
    attribution_key: str
    service: str
    model: str | None = None
    project_id: str | None = None
    api_key_id: str | None = None
    user_id: str | None = None
    tags: str | None = None
    input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    output_tokens: int | None = None
    duration_seconds: float | None = None
    time_to_first_token_seconds: float | None = None
    status_code: int | None = None
    error_type: str | None = None
    interaction_id: str | None = None
    customer_tier: str | None = None


@dataclass(slots=True, kw_only=True)
class RequestDay:
    """Rollup of `inference_request`: UTC day × source × provider × attribution key × customer tier.

    failed: an error, or a status from 400 on; retried: a request of an interaction that had an earlier one on that
    day; lost: either, counted once. Tokens are input and output together, NULL when no request of them tells any.
    """

    day: date
    source: str
    provider: str
    attribution_key: str
    customer_tier: str | None
    request_count: int
    failed_count: int
    retried_count: int
    lost_count: int
    total_tokens: int | None
    failed_tokens: int | None
    retried_tokens: int | None
    lost_tokens: int | None


@dataclass(slots=True, kw_only=True)
class RequestHour:
    """Rollup of `inference_request`: UTC hour × source × service × provider × model × attribution key.

    Each request has one fate: throttled (429), rejected (another 4xx: the caller's fault), failed (5xx, a timeout or
    another error), or it was answered.
    """

    hour: datetime
    source: str
    service: str
    provider: str
    model: str | None
    attribution_key: str
    request_count: int
    throttled_count: int
    rejected_count: int
    failed_count: int


@dataclass(slots=True, kw_only=True)
class LatencyHour:
    """Answered requests by how long they took: UTC hour × source × service × provider × model × measure × bucket.

    `measure` is duration or time_to_first_token. A bucket holds what took longer than the edge below it and at most
    `le_seconds`; the last one is open (infinity). Requests whose time nobody measured are in none.
    """

    hour: datetime
    source: str
    service: str
    provider: str
    model: str | None
    measure: str
    le_seconds: float
    request_count: int


@dataclass(slots=True, kw_only=True)
class LatencyDay:
    """Answered requests by how long they took, for their owners: UTC day × source × provider × attribution key ×
    measure × bucket. `latency_hour` tells the same by service and model; only logs of requests are in here.
    """

    day: date
    source: str
    provider: str
    attribution_key: str
    measure: str
    le_seconds: float
    request_count: int


@dataclass(slots=True, kw_only=True)
class SliMinute:
    """What an SLO counts: UTC minute × SLO objective × source, for the last 35 days.

    `excluded_count`: events of planned maintenance, in neither of the other two.
    """

    minute: datetime
    slo: str
    source: str
    good_count: int
    total_count: int
    excluded_count: int


@dataclass(slots=True, kw_only=True)
class SliHour:
    """Rollup of `sli_minute` that stays: UTC hour × SLO objective × source."""

    hour: datetime
    slo: str
    source: str
    good_count: int
    total_count: int
    excluded_count: int


@dataclass(slots=True, kw_only=True)
class SloObjective:
    """One objective of an SLO, as the files in `slos/` declare it; `slo` is its key.

    `digest` is of all that decides what is counted; the counts are made again when it changes. `windows` lists the
    periods, the first is what the budget goes by.
    """

    slo: str
    slo_name: str
    display_name: str
    service: str
    owner: str
    tier: str
    kind: str
    origin: str
    target: Estimate
    threshold_seconds: Estimate | None
    method: str
    windows: str
    digest: str


@dataclass(slots=True, kw_only=True)
class SloScope:
    """Whose requests an objective counts, so far: SLO objective × source × service × provider × model × feature.

    `feature` is '' unless the objective asks for features. `formula` names what of them is good and what counts.
    """

    slo: str
    source: str
    service: str
    provider: str
    model: str
    feature: str
    formula: str


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What AI work led to: UTC day × source × feature × outcome (such as ticket resolved) × customer tier.

    `good_count`: accepted, within its SLO where that is known, and safe where that is known. It is what the source
    says: of how many are accepted and how many are safe nobody can tell how many are both. NULL means unknown.
    """

    source: str
    day: date
    feature: str
    outcome: str
    outcome_count: int
    customer_tier: str | None = None
    accepted_count: int | None = None
    within_slo_count: int | None = None
    safe_count: int | None = None
    good_count: int | None = None


@dataclass(slots=True, kw_only=True)
class SafetyHour:
    """What guardrails and reviewers found: UTC hour × source × feature × policy × provider × model.

    `checked_count` interactions were checked, `violation_count` of them broke a policy and are confirmed,
    `blocked_count` of these were stopped, `leaked_count` reached somebody; input and output checks of one interaction
    are one. The policy `any` counts each interaction once; those of single policies overlap and never add up. NULL
    means unknown.
    """

    source: str
    hour: datetime
    feature: str
    policy: str
    checked_count: int
    violation_count: int
    blocked_count: int | None = None
    leaked_count: int | None = None
    provider: str | None = None
    model: str | None = None


@dataclass(slots=True, kw_only=True)
class Incident:
    """One incident of one source. `provider` NULL: our own; set: an incident of that provider, from its status page.

    An incident belongs to the moment it was declared. `severity` is sev1 to sev4 as it is now; `severity_from` says
    where a source without severities got it from, such as urgency. `status` is open, mitigated (the impact is over,
    the work is not), resolved, merged (`merged_into` is the one that counts) or declined (none after all).
    `impact_started_at` is never guessed from `declared_at`. `mitigated_at` and `resolved_at` are the last ones of a
    reopened incident, whose restore time is the sum of its `incident_span`. `components` are separated by "; ".
    `postmortem_due_at`: 72 hours after the impact of a sev1 or sev2 ended, or as the source says; NULL: none is owed.
    """

    source: str
    incident_id: str
    title: str
    status: str
    declared_at: datetime
    number: str | None = None
    url: str | None = None
    severity: str | None = None
    severity_from: str | None = None
    service: str | None = None
    provider: str | None = None
    kind: str | None = None
    cause: str | None = None
    ai_related: bool | None = None
    feature: str | None = None
    team: str | None = None
    impact_started_at: datetime | None = None
    detected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    updated_at: datetime | None = None
    merged_into: str | None = None
    components: str | None = None
    postmortem_url: str | None = None
    postmortem_due_at: datetime | None = None
    postmortem_published_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class IncidentSpan:
    """One span `[started_at, ended_at)` of an incident's impact; `ended_at` NULL while it goes on.

    Every incident with a known impact start has one, a reopened one several; without a start there is none.
    `declared_at` repeats the incident's, so that both are loaded by the same windows.
    """

    source: str
    incident_id: str
    declared_at: datetime
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class IncidentAction:
    """One remediation item that an incident led to. `incident_id` is the incident's id or its number.

    `state` is open, done or dropped.
    """

    source: str
    action_id: str
    incident_id: str
    created_at: datetime
    title: str
    state: str
    owner: str | None = None
    due_on: date | None = None
    completed_at: datetime | None = None
    url: str | None = None


@dataclass(slots=True, kw_only=True)
class Spec:
    """One specification of AI work, such as a ticket: source × spec. It belongs to the moment it was written.

    `approved_at` is the first approval, NULL: none known. No title and no name of a person is kept.
    """

    source: str
    spec_id: str
    created_at: datetime
    status: str | None = None
    feature: str | None = None
    team: str | None = None
    approved_at: datetime | None = None
    done_at: datetime | None = None
    url: str | None = None


@dataclass(slots=True, kw_only=True)
class Release:
    """One attempt to bring one version to one environment: source × release.

    `kind` is feature, prompt, model or code; `status` is released, failed, pending or reverted (where a source says so
    itself). `released_at` NULL: not yet, or it failed. `reverts` and `fixes` name the release_id of the same source
    that this one takes back or rolls forward. `spec_id` is the `spec` it carries out; `spec_approved_at` is there when
    the source itself knows it. `approved_at` is when somebody allowed it, `approval_count` how many did.
    """

    source: str
    release_id: str
    created_at: datetime
    kind: str
    status: str
    environment: str = "production"
    version: str | None = None
    feature: str | None = None
    team: str | None = None
    service: str | None = None
    released_at: datetime | None = None
    spec_id: str | None = None
    spec_approved_at: datetime | None = None
    approved_at: datetime | None = None
    approval_count: int | None = None
    reverts: str | None = None
    fixes: str | None = None
    url: str | None = None


@dataclass(slots=True, kw_only=True)
class Evaluation:
    """One metric of one evaluation run, or of one day of scores: source × evaluation.

    `kind` is automated, regression, human or online. `value` is as the source says it; `score` is the mean on 0 to 1,
    higher is better, NULL where the scale is unknown; `score_stddev` is that of its `sample_count` items. `version` is
    the very version evaluated. Only scores of one task, metric and evaluator (with its version) compare.
    """

    source: str
    evaluation_id: str
    evaluated_at: datetime
    kind: str
    task: str
    metric: str
    value: float | None = None
    score: float | None = None
    score_stddev: float | None = None
    sample_count: int | None = None
    passed: bool | None = None
    evaluator: str | None = None
    evaluator_version: str | None = None
    run_id: str | None = None
    feature: str | None = None
    team: str | None = None
    model: str | None = None
    version: str | None = None
    url: str | None = None


@dataclass(slots=True, kw_only=True)
class Experiment:
    """One experiment: source × experiment; its iterations are counted, not rows.

    `status` is draft, running, stopped or archived; `outcome` is won, lost, inconclusive or aborted, NULL while no
    decision is on record. `passed_gate`: it met its quality gate.
    """

    source: str
    experiment_id: str
    created_at: datetime
    status: str
    feature: str | None = None
    team: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    decided_at: datetime | None = None
    outcome: str | None = None
    passed_gate: bool | None = None
    iteration_count: int | None = None
    is_ai: bool | None = None
    url: str | None = None


@dataclass(slots=True, kw_only=True)
class Defect:
    """One defect: source × defect. `status` is open, resolved, declined (none after all) or duplicate.

    `reported_by` is customer or internal; `root_id` names the defect of the same source that a duplicate repeats.
    `severity` is critical, high, medium or low. `matched_by`: the rule of the settings that made it an AI defect. No
    title, text or name of a person is kept.
    """

    source: str
    defect_id: str
    reported_at: datetime
    status: str
    severity: str | None = None
    reported_by: str | None = None
    ai_related: bool | None = None
    matched_by: str | None = None
    feature: str | None = None
    team: str | None = None
    service: str | None = None
    resolved_at: datetime | None = None
    root_id: str | None = None
    reopened_count: int | None = None
    url: str | None = None


@dataclass(slots=True, kw_only=True)
class Measurement:
    """What people report and no system measures: source × metric × group × period `[period_start, period_end)`.

    `group_name` NULL is everybody. A share is `numerator` / `denominator`; a mean is `value` over `answer_count`
    answers of `invited_count` asked, with their `stddev`; `promoter_count` and `detractor_count` make an NPS.
    Groups of fewer answers than the smallest allowed are not kept.
    """

    source: str
    metric: str
    period_start: datetime
    period_end: datetime
    group_name: str | None = None
    team: str | None = None
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    answer_count: int | None = None
    invited_count: int | None = None
    stddev: float | None = None
    promoter_count: int | None = None
    detractor_count: int | None = None


@dataclass(slots=True, kw_only=True)
class Opening:
    """One position to fill: source × opening, whose id is hashed. `status` is open, filled, cancelled or on_hold."""

    source: str
    opening_id: str
    opened_at: datetime
    status: str
    team: str | None = None
    is_ai_role: bool | None = None
    offer_accepted_at: datetime | None = None
    filled_at: datetime | None = None
    starts_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class EvidenceRequest:
    """One request for compliance evidence: source × request. `is_complete` NULL: nobody has said."""

    source: str
    request_id: str
    requested_at: datetime
    delivered_at: datetime | None = None
    is_complete: bool | None = None
    framework: str | None = None
    feature: str | None = None
    team: str | None = None
    url: str | None = None


@dataclass(slots=True, kw_only=True)
class Feature:
    """One AI feature of the organisation, as `features.toml` declares it. `links` are lines of "label url"."""

    feature: str
    name: str
    team: str
    tier: str
    owner: str
    status: str
    links: str | None = None


@dataclass(slots=True, kw_only=True)
class Attribution:
    """One attribution key × span of days: what the rules made of it. `feature` NULL means nobody owns it;
    `team` is set where a rule names another team than the feature's. `split_by` names the request log whose features
    share what the rule owns.

    Spans `[valid_from, valid_to)` of one key cover all time without overlap.
    """

    attribution_key: str
    valid_from: date
    valid_to: date
    provider: str | None
    account_id: str | None
    project_id: str | None
    api_key_id: str | None
    user_id: str | None
    model: str | None
    service: str | None
    tags: str | None
    feature: str | None
    environment: str | None
    cost_center: str | None
    rule: str | None
    team: str | None = None
    split_by: str | None = None


@dataclass(slots=True, kw_only=True)
class Budget:
    """One scope × period × currency × version: what finance allows. `scope` is '' for the organisation.

    `period` is month or quarter. `position` is the place in finance's file: the last version of a scope and period
    counts, the others are history. `version` is '' where finance names none.
    """

    scope_type: str
    scope: str
    period: str
    period_start: date
    period_end: date
    amount: Money
    currency: str
    version: str = ""
    position: int = 0
    approved_on: date | None = None


@dataclass(slots=True, kw_only=True)
class Price:
    """Price of one provider × model × tier × context window × unit per million units, valid `[valid_from, valid_to)`.

    A version that begins with override is the operator's own and goes before the published one, in every context;
    published ones are less the operator's discounts. `model` '' is a tool that no model is named for,
    `context_window` '' the base tier.
    """

    provider: str
    model: str
    service_tier: str
    unit: str
    price_per_million: Money
    currency: str
    valid_from: date
    valid_to: date
    version: str
    context_window: str = ""


@dataclass(slots=True, kw_only=True)
class PriceDiscount:
    """One discount of prices.toml: `discount_ratio` off the published prices on the days `[valid_from, valid_to)`.

    `provider`, `model` and `service_tier` are globs; of several discounts that hold, the first by `position` counts.
    """

    position: int
    provider: str
    model: str
    service_tier: str
    discount_ratio: Money
    valid_from: date
    valid_to: date


@dataclass(slots=True, kw_only=True)
class FxRate:
    """What one unit of `currency` is worth in `to_currency`, the organisation's, on the days `[valid_from, valid_to)`.

    A rate holds until the next one, at most a week: it bridges weekends and holidays, not a table that ended.
    """

    currency: str
    to_currency: str
    valid_from: date
    valid_to: date
    rate: Money


@dataclass(slots=True, kw_only=True)
class AllocationRule:
    """One rule of allocation.toml × feature that bears a part of the shared cost of `origin`.

    Rules run in order of `position`. `method` is fixed, even, requests, tokens or direct_cost; `per` says over which
    time weights are added up: day or month. `receiver` NULL: every feature that is no origin. `share` is for fixed.
    """

    rule: str
    position: int
    origin: str
    method: str
    per: str
    receiver: str | None
    share: Money | None
    valid_from: date
    valid_to: date


@dataclass(slots=True, kw_only=True)
class Commitment:
    """One prepaid credit or spend commitment that a provider's costs burn during `[starts_on, ends_on)`."""

    name: str
    kind: str
    provider: str
    amount: Money
    currency: str
    starts_on: date
    ends_on: date


@dataclass(slots=True, kw_only=True)
class Period:
    """One week, month or quarter of the organisation: cadence × start.

    `[start_at, end_at)` are its UTC moments, cut in the organisation's time zone; `[start_on, end_on)` its days, by
    which the UTC days of bills and usage are counted. Quarters follow the fiscal year.
    """

    cadence: str
    name: str
    start_at: datetime
    end_at: datetime
    start_on: date
    end_on: date


@dataclass(slots=True, kw_only=True)
class Workday:
    """One day of the organisation, and how many working days there were up to it: N later has a number N higher.

    `[start_at, end_at)` are its UTC moments. A day off has the number of the working day before it.
    """

    day: date
    start_at: datetime
    end_at: datetime
    number: int
    is_working: bool


@dataclass(slots=True, kw_only=True)
class ReferenceFile:
    """One of the operator's files as the store knows it: `digest` of what it declares, and how often that changed."""

    file_name: str
    digest: str
    revision: int


@dataclass(slots=True, kw_only=True)
class CollectorRun:
    """One attempt of one source to load one window. `watermark_at`: data are complete up to here.

    `kind` is backfill (before anything was loaded), refresh (what is due), range (asked for) or file.
    `detail` names the file and its digest, for sources that read files; or the objectives that were asked for.
    """

    run_id: str
    source: str
    kind: str
    started_at: datetime
    status: str
    window_start_at: datetime
    window_end_at: datetime
    finished_at: datetime | None = None
    watermark_at: datetime | None = None
    row_count: int | None = None
    quarantined_count: int | None = None
    request_count: int | None = None
    retry_count: int | None = None
    detail: str | None = None
    error_kind: str | None = None
    error_message: str | None = None


@dataclass(slots=True, kw_only=True)
class SourceHealth:
    """Rollup of `collector_run`: one source that ever ran. "last" is its newest run that ended.

    `failed_since_ok_count`: runs that failed after the newest good one began. `reads_files`: it loaded a named file.
    """

    source: str
    first_started_at: datetime
    running_kind: str | None
    running_since_at: datetime | None
    last_kind: str | None
    last_status: str | None
    last_started_at: datetime | None
    last_finished_at: datetime | None
    last_row_count: int | None
    error_kind: str | None
    error_message: str | None
    newest_finished_at: datetime | None
    last_ok_at: datetime | None
    watermark_at: datetime | None
    run_count: int
    ok_count: int
    failed_since_ok_count: int
    loaded_row_count: int | None
    quarantined_count: int | None
    reads_files: bool
    backfill_start_at: datetime | None


@dataclass(slots=True, kw_only=True)
class SourceState:
    """One configured source: what it is and when the worker means to run it next. `writes` names its table."""

    source: str
    kind: str
    title: str
    role: str
    every_seconds: int
    next_run_at: datetime | None = None
    writes: str | None = None


@dataclass(slots=True, kw_only=True)
class CollectionRequest:
    """One wish from a page to run a source now, or to load a range again; the worker picks it up."""

    request_id: str
    source: str
    requested_at: datetime
    window_start_at: datetime | None = None
    window_end_at: datetime | None = None
    picked_up_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Restatement:
    """One change of an already complete day: source × table × day × measure, before and after."""

    run_id: str
    restated_at: datetime
    source: str
    table_name: str
    day: date
    measure: str
    before_value: Money | None
    after_value: Money | None


@dataclass(slots=True, kw_only=True)
class CostSnapshot:
    """What a closed week cost as it was known since `taken_at`: week × taken_at × currency × scope type × scope.

    Weeks begin on Monday; scopes are those of `scope_cost_day`. A row holds until the next one of the same week,
    currency and scope, and nothing is ever rewritten. A week's first rows are taken when it closed, later ones for what
    changed only; 0 tells what vanished. `watermark_at` is the earliest watermark of the sources that still billed; NULL
    when none did, or one had not delivered yet.
    """

    week_start: date
    taken_at: datetime
    currency: str
    scope_type: str
    scope: str
    billed_cost: Money
    effective_cost: Money
    watermark_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Quarantine:
    """One row of a file, or one minute or request of an API, that was not loaded, with its number and the reason.

    `file_name` is the file, the SLO whose minute it is (numbered since 1970), or the request's id. Never its content.
    """

    run_id: str
    source: str
    file_name: str
    row_number: int
    reason: str


@dataclass(slots=True, kw_only=True)
class Alert:
    """One problem: `fingerprint` names it, `status` is open, acknowledged, resolved or withdrawn (late data took it
    back). `silence_id` is the silence under which it is told to nobody, NULL while it is told."""

    alert_id: str
    fingerprint: str
    rule: str
    severity: str
    status: str
    title: str
    summary: str
    owner: str | None
    page_path: str | None
    level: int
    impact_cost: Money | None
    currency: str | None
    opened_at: datetime
    updated_at: datetime
    resolved_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    silence_id: str | None = None


@dataclass(slots=True, kw_only=True)
class AlertSilence:
    """Alerts of which nobody is told in `[starts_at, ends_at)`; they open, change and end as ever.

    `kind` is snooze (of one alert), mute, or maintenance. Every matcher that is not NULL must fit. `ended_at` is set
    when a person ends it early.
    """

    silence_id: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    created_by: str
    created_at: datetime
    fingerprint: str | None = None
    rule: str | None = None
    team: str | None = None
    feature: str | None = None
    provider: str | None = None
    service: str | None = None
    ended_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class AlertRequest:
    """What a person on a page asks of an alert; the worker does it. `picked_up_at` is NULL until it is done.

    `action` is acknowledge, useful, not useful, expected, snooze, unsnooze; `until` ends a snooze or the days that
    were expected.
    """

    request_id: str
    alert_id: str
    action: str
    requested_by: str
    requested_at: datetime
    reason: str | None = None
    until: datetime | None = None
    picked_up_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class RulePast:
    """How often a rule would have fired in the `days` before `judged_at`; NULL for one that goes by the present."""

    rule: str
    judged_at: datetime
    days: int
    fired_count: int | None


@dataclass(slots=True, kw_only=True)
class AlertDelivery:
    """One alert × destination of routes.toml where it is told; it stays for updates even when the routes change.

    `reason` says which route chose it. `external_id` is where it is told there (Slack's `channel:ts`, PagerDuty's
    dedup_key, a Message-ID), NULL before anything surely arrived. `digest_on` is the day whose digest there tells of
    it, NULL where it is told by itself. A digest has a row of its own: its `alert_id` begins with `digest:`.
    """

    alert_id: str
    destination: str
    sink: str
    target: str
    reason: str
    added_at: datetime
    external_id: str | None = None
    digest_on: date | None = None


@dataclass(slots=True, kw_only=True)
class AlertEvent:
    """One transition of an alert; `facts` is JSON text of the finding that caused it, empty where none did.

    `actor` is the person who caused it, NULL for Burnline itself; `reason` is what that person wrote.
    """

    event_id: str
    alert_id: str
    fingerprint: str
    occurred_at: datetime
    transition: str
    facts: str
    actor: str | None = None
    reason: str | None = None


@dataclass(slots=True, kw_only=True)
class Outbox:
    """One message to one destination, written in the transaction that decided it, sent afterwards.

    `position` orders the messages of one alert. `status` is pending, sent, accepted (taken by a sink that does not say
    whether it was shown), possibly_sent (it went out, nobody knows whether it arrived, and it is not sent again),
    superseded (a newer message says it too), digested (the digest of its day tells it) or dead. `remaining` are the
    recipients that still lack it, NULL for all.
    """

    message_id: str
    alert_id: str
    position: int
    destination: str
    sink: str
    target: str
    action: str
    payload: str
    status: str
    created_at: datetime
    attempt_count: int
    next_attempt_at: datetime
    sent_at: datetime | None = None
    error_code: str | None = None
    remaining: str | None = None


@dataclass(slots=True, kw_only=True)
class Annotation:
    """One thing that happened and belongs on time charts: launch, price change, routing change, incident, note.

    `planned` is an event from `occurred_at` to `ended_at` (NULL: that day) whose days are neither judged nor learned
    from; `factor` is how many times as much was expected. After a `launch` or `release` a level may move.
    """

    occurred_at: datetime
    kind: str
    title: str
    feature: str | None = None
    ended_at: datetime | None = None
    factor: Estimate | None = None


@dataclass(slots=True, kw_only=True)
class AnomalyDay:
    """One judged day of one series: metric × scope type × scope × unit × UTC day that was complete.

    `scope_type` is organization (its scope is ''), team, feature, model, provider or service. `state` is scored,
    learning or planned. `expected` is in the unit of `actual`; of a rate both are shares, and `base_count` is what they
    are of. `threshold` holds sensitivity and opinions. `incident_on` is the first day of the incident of a day that
    ever alerted, also after late data withdrew the alert. `error`, `shift` and `moved` are what later days are judged
    by, in logarithms. Days that never alerted are forgotten after a hundred days, but for days of the month that have
    habits.
    """

    metric: str
    scope_type: str
    scope: str
    unit: str
    day: date
    state: str
    score: float | None
    threshold: float | None
    actual: float
    expected: float | None
    base_count: int | None
    is_alerting: bool
    incident_on: date | None
    first_scored_at: datetime
    scored_at: datetime
    withdrawn_at: datetime | None
    error: float | None
    shift: float | None
    moved: float | None


@dataclass(slots=True, kw_only=True)
class AnomalyHour:
    """One hour of a series that warns early, or did: metric × scope type × scope × unit × UTC hour, of the last days.

    `expected` is the median of the same hour of seven days. What a cost is comes from list prices here. `withdrawn_at`
    is when late data took the warning back, NULL while it holds.
    """

    metric: str
    scope_type: str
    scope: str
    unit: str
    hour: datetime
    score: float
    actual: float
    expected: float | None
    withdrawn_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class AnomalyFeedback:
    """One answer of a person to an alert of a series. `verdict` is expected or not useful.

    What was expected holds for `[start_on, end_on)`, `factor` times as much as usual where that is known: these days
    are neither judged nor learned from. Every second "not useful" raises the series' threshold.
    """

    feedback_id: str
    given_at: datetime
    metric: str
    scope_type: str
    scope: str
    verdict: str
    start_on: date
    end_on: date
    factor: Estimate | None = None
    note: str | None = None


@dataclass(slots=True, kw_only=True)
class AnomalyRun:
    """One time that every series was judged. `digest` is of what it was judged from; alike, there is nothing to do."""

    run_id: str
    started_at: datetime
    digest: str
    series_count: int
    scored_count: int
    opened_count: int
    withdrawn_count: int


@dataclass(slots=True, kw_only=True)
class KpiSnapshot:
    """What a KPI said when its week was closed: week × KPI × scope type × scope. Nothing is ever rewritten.

    `week_start` is the Monday of the closed week, `period_start` and `cadence` the period that the KPI then told of.
    `scope_type` is all, tier, team or feature. `watermark_at` is the earliest of the sources behind it, NULL when one
    had delivered nothing; `query_sha256` names the text in `query_text`. `beside` holds its other figures as JSON.
    `judged` is the number that the target compared, NULL where it could not, `judged_as` what that number is, NULL for
    weeks closed before it was kept; `limited_to` is the limit that was judged, too.
    """

    week_start: date
    kpi: str
    scope_type: str
    scope: str
    cadence: str
    period_start: datetime
    period_end: datetime
    status: str
    facts_state: str
    closed_at: datetime
    query_sha256: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    sample_count: int | None = None
    low: float | None = None
    high: float | None = None
    target: str | None = None
    watermark_at: datetime | None = None
    beside: str | None = None
    problem: str | None = None
    judged: float | None = None
    judged_as: str | None = None
    limited_to: str | None = None


@dataclass(slots=True, kw_only=True)
class QueryText:
    """The text of a query that a frozen number was made by: SHA-256 of it."""

    sha256: str
    name: str
    text: str
    first_used_at: datetime


@dataclass(slots=True, kw_only=True)
class KpiComment:
    """What somebody said about a KPI of a week: comment."""

    comment_id: str
    kpi: str
    week_start: date
    author: str
    text: str
    created_at: datetime
    scope: str | None = None


@dataclass(slots=True, kw_only=True)
class KpiAction:
    """What was promised about a KPI: action. `status` is open, done or dropped."""

    action_id: str
    kpi: str
    week_start: date
    owner: str
    text: str
    due_on: date
    status: str
    created_by: str
    created_at: datetime
    scope: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    result: str | None = None


@dataclass(slots=True, kw_only=True)
class AuditEvent:
    """One act of a person or a command on what Burnline keeps: event. `actor` is as they named themselves."""

    event_id: str
    occurred_at: datetime
    actor: str
    action: str
    subject: str
    detail: str | None = None


FACTS = (
    Charge,
    TokenUsage,
    InferenceRequest,
    Outcome,
    SafetyHour,
    Incident,
    IncidentSpan,
    IncidentAction,
    Spec,
    Release,
    Evaluation,
    Experiment,
    Defect,
    Measurement,
    Opening,
    EvidenceRequest,
)
ROLLUPS = (
    CostDay,
    BillDay,
    UsageDay,
    ModelUsageDay,
    PricedUsageDay,
    RequestDay,
    RequestHour,
    LatencyHour,
    LatencyDay,
    SliMinute,
    SliHour,
    KeyShare,
    AttributedCostDay,
    AttributedUsageDay,
    ScopeCostDay,
)
REFERENCE = (
    Feature,
    Attribution,
    Budget,
    Price,
    PriceDiscount,
    Annotation,
    FxRate,
    AllocationRule,
    Commitment,
    SloObjective,
    SloScope,
    Period,
    Workday,
    ReferenceFile,
)
LEDGERS = (
    CollectorRun,
    SourceHealth,
    SourceState,
    CollectionRequest,
    Restatement,
    CostSnapshot,
    Quarantine,
    Alert,
    AlertSilence,
    AlertRequest,
    RulePast,
    AlertDelivery,
    AlertEvent,
    Outbox,
    AnomalyDay,
    AnomalyHour,
    AnomalyFeedback,
    AnomalyRun,
    KpiSnapshot,
    QueryText,
    KpiComment,
    KpiAction,
    AuditEvent,
)
ALL = FACTS + ROLLUPS + REFERENCE + LEDGERS

TABLES = {row: table(row) for row in ALL}
