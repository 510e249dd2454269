"""Brings a store to the newest schema with Alembic."""

import warnings
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.ddl.impl import DefaultImpl
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from store import rollup
from store.engine import Store
from store.errors import StoreError

SCRIPTS = Path(__file__).parent / "migrations"


class _SnowflakeImpl(DefaultImpl):
    """Alembic's default DDL is what Snowflake understands; it only has to be named."""

    __dialect__ = "snowflake"


class _DuckDBImpl(DefaultImpl):
    """Alembic's default DDL is what DuckDB understands; it only has to be named."""

    __dialect__ = "duckdb"
    transactional_ddl = True


def upgrade(store: Store) -> None:
    """Runs the missing migrations in one transaction and fills the tables that are made from others.

    Raises StoreError when the store is newer than the code.
    """
    config = _config()
    head = ScriptDirectory.from_config(config).get_current_head()
    with store.write() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == head:
            return
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if current is not None and current not in known:
            raise StoreError(
                f"The store {store.label} was written by a newer Burnline (schema {current}); update this one."
            )
        config.attributes["connection"] = connection
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Alembic warns of dialects it knows by default DDL only
            command.upgrade(config, "head")
        if current is not None:
            rollup.refill(connection)


def revision_of(store: Store) -> str | None:
    """The schema the store is at; None before its first migration. Raises StoreError."""
    with store.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config
