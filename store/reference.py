"""Writes the operator's reference files into the store and keeps attribution in step with the rules."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from config.loader import Reference, as_utc
from domain.attribution import Dimensions, Rule, ownership, tags_of
from domain.rule_index import RuleIndex
from store import attributed, audit, declared_slos, reprice
from store.bulk import insert_rows
from store.engine import Store
from store.price_book import OWN, open_book
from store.schema import table, to_batch
from store.tables import (
    AllocationRule,
    Annotation,
    Attribution,
    Budget,
    Charge,
    Commitment,
    Feature,
    FxRate,
    InferenceRequest,
    Price,
    PriceDiscount,
    ReferenceFile,
    TokenUsage,
)

KEYED: tuple[tuple[type, dict[str, str | None]], ...] = (
    (
        Charge,
        {
            "account_id": "billing_account_id",
            "project_id": "sub_account_id",
            "service": "service_name",
            "user_id": None,
        },
    ),
    (TokenUsage, {"tags": None}),
    (InferenceRequest, {}),
)
"""Facts that carry an attribution key, and the columns whose names differ from the dimension's."""


DECIDES_OWNERS = frozenset({"attribution.toml", "features.toml", "allocation.toml", "fx_rates.csv"})
"""Files whose change attributes every day again."""


def sync_reference(store: Store, reference: Reference, now: datetime | None = None) -> None:
    """Makes the store say what the files that are there say, in one transaction; facts are never rewritten.

    Files that changed are put on the access log as of `now`; without it they are not, for stores that nobody operates.
    """
    features = [
        Feature(
            feature=f.key,
            name=f.name,
            team=f.team,
            tier=f.tier,
            owner=f.owner,
            status=f.status,
            links="\n".join(f"{label} {url}" for label, url in f.links.items()) or None,
        )
        for f in reference.features
    ]
    budgets = [
        Budget(**line.model_dump(), period_end=line.period_end, position=position)
        for position, line in enumerate(reference.budgets, start=1)
    ]
    annotations = [
        Annotation(
            occurred_at=as_utc(a.occurred_at),
            kind=a.kind,
            title=a.title,
            feature=a.feature or None,
            ended_at=a.ends_at,
            factor=a.factor,
        )
        for a in reference.annotations
    ]
    prices = [Price(**p.model_dump(), currency="USD", version=f"{OWN} from {p.valid_from}") for p in reference.prices]
    with store.write() as connection:
        changed = _changed_files(connection, reference, now)
        for name, row, rows in (
            ("features.toml", Feature, features),
            ("budgets.csv", Budget, budgets),
            ("annotations.csv", Annotation, annotations),
            ("fx_rates.csv", FxRate, [FxRate(**asdict(rate)) for rate in reference.fx_rates]),
            ("allocation.toml", AllocationRule, _allocation_rules(reference)),
            ("commitments.csv", Commitment, [Commitment(**line.model_dump()) for line in reference.commitments]),
        ):
            if name in changed:
                _replace(connection, row, rows)
        if "prices.toml" in changed:
            before = open_book(connection)
            connection.execute(sa.delete(table(Price)).where(table(Price).c.version.like(f"{OWN}%")))
            insert_rows(connection, Price, to_batch(Price, prices))
            _replace(connection, PriceDiscount, _discounts(reference))
            reprice.follow(connection, before, open_book(connection))
        if "attribution.toml" in changed:
            replace_owners(connection, reference.rules)
        if changed & DECIDES_OWNERS:
            attributed.rebuild(connection)
        if "slos" in changed:
            declared_slos.sync(connection, reference.slos)


def _discounts(reference: Reference) -> list[PriceDiscount]:
    return [
        PriceDiscount(
            position=position,
            discount_ratio=discount.percent / 100,
            **discount.model_dump(exclude={"percent"}),
        )
        for position, discount in enumerate(reference.discounts, start=1)
    ]


def replace_owners(connection: Connection, rules: Sequence[Rule]) -> None:
    """Gives every known key the owners it has under these rules."""
    _replace(connection, Attribution, _owned(_known_keys(connection), rules))


def _allocation_rules(reference: Reference) -> list[AllocationRule]:
    return [
        AllocationRule(
            rule=rule.name,
            position=position,
            origin=rule.origin,
            method=rule.method,
            per=rule.per,
            receiver=receiver,
            share=rule.shares.get(receiver) if receiver else None,
            valid_from=rule.valid_from,
            valid_to=rule.valid_to,
        )
        for position, rule in enumerate(reference.allocation, start=1)
        for receiver in rule.receivers or (None,)
    ]


def _changed_files(connection: Connection, reference: Reference, now: datetime | None) -> set[str]:
    """The declared files whose content is not what the store knows; their new digests are on record afterwards."""
    declared = {
        "features.toml": reference.features,
        "attribution.toml": reference.rules,
        "budgets.csv": reference.budgets,
        "prices.toml": (reference.prices, reference.discounts),
        "annotations.csv": reference.annotations,
        "allocation.toml": reference.allocation,
        "fx_rates.csv": reference.fx_rates,
        "commitments.csv": reference.commitments,
        "slos": reference.slos,
        "providers.toml": reference.slas,
        "kpis.toml": reference.kpis,
    }
    files = table(ReferenceFile)
    known = {
        name: (digest, revision)
        for name, digest, revision in connection.execute(
            sa.select(files.c.file_name, files.c.digest, files.c.revision)
        ).tuples()
    }
    changed = set()
    for name in reference.declared:
        digest = sha256(repr(declared[name]).encode()).hexdigest()
        before, revision = known.get(name, (None, 0))
        if digest == before:
            continue
        changed.add(name)
        connection.execute(sa.delete(files).where(files.c.file_name == name))
        line = ReferenceFile(file_name=name, digest=digest, revision=revision + 1)
        insert_rows(connection, ReferenceFile, to_batch(ReferenceFile, [line]))
        if now is not None:
            told = f"revision {line.revision}, SHA-256 of what it declares {digest}"
            audit.note(connection, audit.BURNLINE, "read a changed file", f"config/{name}", now, told)
    return changed


def attribute_new_keys(connection: Connection, row: type, slice_: sa.ColumnElement[bool], rules: Sequence[Rule]) -> int:
    """Gives the keys in a slice of a fact table that have no owner row yet theirs; how many keys were new."""
    facts, owners = table(row), table(Attribution)
    renamed = next(names for fact, names in KEYED if fact is row)
    columns = []
    for name in Dimensions.__dataclass_fields__:
        source = renamed.get(name, name)
        columns.append((facts.c[source] if source else sa.null()).label(name))
    known = sa.select(owners.c.attribution_key)
    new = connection.execute(
        sa.select(facts.c.attribution_key, *columns).where(slice_, facts.c.attribution_key.not_in(known)).distinct()
    ).all()
    keys = {key: Dimensions(*dimensions) for key, *dimensions in new}
    insert_rows(connection, Attribution, to_batch(Attribution, _owned(keys, rules)))
    return len(keys)


def _known_keys(connection: Connection) -> dict[str, Dimensions]:
    owners = table(Attribution).c
    names = list(Dimensions.__dataclass_fields__)
    rows = connection.execute(sa.select(owners.attribution_key, *(owners[n] for n in names)).distinct())
    return {key: Dimensions(*dimensions) for key, *dimensions in rows}


def _owned(keys: dict[str, Dimensions], rules: Sequence[Rule]) -> list[Attribution]:
    index = RuleIndex(rules)
    return [
        Attribution(
            attribution_key=key,
            valid_from=span.valid_from,
            valid_to=span.valid_to,
            **{name: getattr(dimensions, name) for name in Dimensions.__dataclass_fields__},
            feature=span.rule.feature if span.rule else None,
            environment=span.rule.environment if span.rule else None,
            cost_center=span.rule.cost_center if span.rule else None,
            rule=span.rule.name if span.rule else None,
            team=span.rule.team if span.rule else None,
            split_by=span.rule.split_by if span.rule else None,
        )
        for key, dimensions in keys.items()
        for span in ownership(index.candidates(dimensions), dimensions, tags_of(dimensions.tags))
    ]


def _replace(connection: Connection, row: type, rows: Iterable[object]) -> None:
    connection.execute(sa.delete(table(row)))
    insert_rows(connection, row, to_batch(row, list(rows)))
