"""More open alerts than anybody reads."""

from datetime import UTC, datetime
from decimal import Decimal

from store.engine import Store
from store.tables import Alert
from tests.app.support.seed import insert


def many_alerts(store: Store, number: int) -> None:
    """So many open tickets, each with more at stake than the one before."""
    opened = datetime(2026, 11, 20, tzinfo=UTC)
    insert(
        store,
        Alert,
        [
            Alert(
                alert_id=f"many-{each}",
                fingerprint=f"many:{each}",
                rule="cost_anomaly",
                severity="ticket",
                status="open",
                title=f"Many {each}",
                summary=f"Many {each}.",
                owner=None,
                page_path=None,
                level=1,
                impact_cost=Decimal(1_000 + each),
                currency="USD",
                opened_at=opened,
                updated_at=opened,
            )
            for each in range(number)
        ],
    )
