"""What the work of the small company led to, and a log of a few of its requests."""

from datetime import date, datetime, timedelta

from store.tables import InferenceRequest, Outcome
from tests.app.support import company

OUTCOME_DAYS = 20
LOG_DAYS = 5
REQUESTS_A_DAY = 20
TIERS = ("enterprise", "free", None)

TICKETS = "Ticket resolved"
INVOICES = "Invoice posted"
UNDECLARED = "night-shift"


def outcomes(today: date) -> list[Outcome]:
    """Tickets by tier with good ones known, invoices with nothing else known, and a feature nobody declared."""
    made = []
    for ago in range(1, OUTCOME_DAYS + 1):
        day = today - timedelta(days=ago)
        for number, tier in enumerate(TIERS[:2]):
            count = 400 + 30 * number + ago
            made.append(
                Outcome(
                    source="outcomes",
                    day=day,
                    feature="support-assistant",
                    outcome=TICKETS,
                    outcome_count=count,
                    customer_tier=tier,
                    accepted_count=count - 40,
                    safe_count=count - 2,
                    good_count=count - 41 - number,
                )
            )
        made.append(
            Outcome(source="outcomes", day=day, feature="invoice-reader", outcome=INVOICES, outcome_count=900 + ago)
        )
    made.append(
        Outcome(source="outcomes", day=today - timedelta(days=1), feature=UNDECLARED, outcome=TICKETS, outcome_count=3)
    )
    return made


def requests(now: datetime) -> list[InferenceRequest]:
    """Of two features: every seventh request fails and is tried again; one of them logs no tokens."""
    made = []
    logged = [(s, s.feature != "research-desk") for s in company.STREAMS if s.model == "gpt-5.4" and s.feature]
    for stream, has_tokens in logged:
        for ago in range(1, LOG_DAYS + 1):
            for number in range(REQUESTS_A_DAY):
                failed = number % 7 == 3
                made.append(
                    InferenceRequest(
                        source="request_log",
                        started_at=now - timedelta(days=ago, seconds=-30 * number),
                        provider=stream.provider,
                        account_id="org-1",
                        attribution_key=stream.attribution_key,
                        service="inference",
                        model=stream.model,
                        input_tokens=100 * (number + 1) if has_tokens else None,
                        output_tokens=(0 if failed else 50) if has_tokens else None,
                        duration_seconds=0.4 + 0.7 * (number % 5),
                        time_to_first_token_seconds=0.2 + 0.1 * (number % 7),
                        status_code=500 if failed else 200,
                        error_type="server_error" if failed else None,
                        interaction_id=f"{stream.feature}-{ago}-{number - (number % 7 == 4)}",
                        customer_tier=TIERS[number % 3] if has_tokens else None,
                    )
                )
    return made
