"""On which engines a test that takes a store runs; without a mark it runs on all three."""

import pytest

ENGINES = ("duckdb", "postgresql", "snowflake")

own_engines = pytest.mark.parametrize("store", ENGINES[:2], indirect=True)
"""The engines that an organisation runs itself: Snowflake's imitation takes a second for what they do in a tenth, so it
is asked once for each kind of statement, by the tests beside those with this mark."""
