"""Reads the reference files beside burnline.toml: features, owners, shared costs, budgets, prices, rates, SLOs …"""

from collections.abc import Collection, Set
from dataclasses import dataclass, field
from pathlib import Path

from config.reference.allocation import AllocationEntry, read_allocation
from config.reference.annotations import AnnotationEntry, as_utc, read_annotations
from config.reference.budgets import BudgetEntry, Known, read_budgets
from config.reference.commitments import CommitmentEntry, read_commitments
from config.reference.features import FeatureEntry, read_features
from config.reference.fx_rates import DatedRate, read_fx_rates
from config.reference.kpis import FILE_NAME as KPIS_FILE
from config.reference.kpis import KpiChoice, read_kpis
from config.reference.prices import DiscountEntry, PriceEntry, read_discounts, read_prices
from config.reference.problem import Problem, Problems
from config.reference.providers import read_slas
from config.reference.routes import FILE_NAME as ROUTES_FILE
from config.reference.routes import Routes, read_routes
from config.reference.rules import read_rules
from config.settings import Budgets
from config.slo_files.loading import FOLDER as SLO_FOLDER
from config.slo_files.loading import load_slos
from domain.attribution import Rule
from domain.provider_sla import Sla
from domain.slo.definition import SloDefinition

__all__ = [
    "AllocationEntry",
    "AnnotationEntry",
    "BudgetEntry",
    "CommitmentEntry",
    "DatedRate",
    "DiscountEntry",
    "FeatureEntry",
    "KpiChoice",
    "PriceEntry",
    "Problem",
    "Reference",
    "Routes",
    "as_utc",
    "load_reference",
]


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything the operator declares about the organisation.

    `declared` names the files that are there and that the store keeps: an absent one says nothing, an empty one
    "none". `problems` are the lines that are left out, or of no effect; everything else works.
    """

    features: tuple[FeatureEntry, ...] = ()
    rules: tuple[Rule, ...] = ()
    budgets: tuple[BudgetEntry, ...] = ()
    prices: tuple[PriceEntry, ...] = ()
    annotations: tuple[AnnotationEntry, ...] = ()
    allocation: tuple[AllocationEntry, ...] = ()
    fx_rates: tuple[DatedRate, ...] = ()
    commitments: tuple[CommitmentEntry, ...] = ()
    discounts: tuple[DiscountEntry, ...] = ()
    slos: tuple[SloDefinition, ...] = ()
    slas: tuple[Sla, ...] = ()
    kpis: tuple[KpiChoice, ...] = ()
    routes: Routes = field(default_factory=Routes)
    declared: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def load_reference(
    folder: Path,
    budgets: Budgets | None = None,
    currency: str = "USD",
    logs: Set[str] | None = None,
    servers: Collection[str] | None = None,
) -> Reference:
    """Reads what is there of the files; `budgets` says where finance's file is and how its columns are called.

    `currency` is the organisation's, which fx_rates.csv converts to; `logs` are the sources that attribution rules may
    split by, `servers` those that SLOs may ask by PromQL; None when they are not known.

    A line that cannot be used is a problem of the answer. Raises SettingsError for a file that cannot be read at all.
    """
    settings = budgets or Budgets()
    files = {
        "features.toml": Problems(folder / "features.toml"),
        "attribution.toml": Problems(folder / "attribution.toml"),
        "budgets.csv": Problems(folder / settings.path),
        "prices.toml": Problems(folder / "prices.toml"),
        "annotations.csv": Problems(folder / "annotations.csv"),
        "allocation.toml": Problems(folder / "allocation.toml"),
        "fx_rates.csv": Problems(folder / "fx_rates.csv"),
        "commitments.csv": Problems(folder / "commitments.csv"),
        "providers.toml": Problems(folder / "providers.toml"),
        KPIS_FILE: Problems(folder / KPIS_FILE),
    }
    routes = Problems(folder / ROUTES_FILE)
    features = read_features(files["features.toml"])
    rules = read_rules(files["attribution.toml"], {feature.key for feature in features}, logs)
    known = Known(
        features={feature.key for feature in features},
        teams={feature.team for feature in features},
        environments={rule.environment for rule in rules if rule.environment},
    )
    if "path" in settings.model_fields_set and not files["budgets.csv"].path.exists():
        files["budgets.csv"].add(None, "there is no such file; correct path in burnline.toml under [budgets]")
    slos = load_slos(folder, servers)
    paths = {**{name: file.path for name, file in files.items()}, SLO_FOLDER: folder / SLO_FOLDER}
    return Reference(
        features=features,
        rules=rules,
        budgets=read_budgets(files["budgets.csv"], settings, known),
        prices=read_prices(files["prices.toml"]),
        annotations=read_annotations(files["annotations.csv"]),
        allocation=read_allocation(files["allocation.toml"], known.features),
        fx_rates=read_fx_rates(files["fx_rates.csv"], currency),
        commitments=read_commitments(files["commitments.csv"]),
        discounts=read_discounts(files["prices.toml"]),
        slos=slos.definitions,
        slas=read_slas(files["providers.toml"]),
        kpis=read_kpis(files[KPIS_FILE]),
        routes=read_routes(routes),
        declared=frozenset(name for name, path in paths.items() if path.exists()),
        problems=(*(problem for file in (*files.values(), routes) for problem in file.found), *slos.problems),
    )
