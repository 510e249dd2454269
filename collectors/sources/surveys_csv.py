"""Surveys from files (CSV, JSONL, Parquet): answers that a tool has added up, or single ones, which are added up here.

Grain: metric × group × calendar period. A person's newest answer of a period counts once; who gave it is not kept, nor
any text. Groups of few people are not kept, nor one that would let such a group be worked out. All files below the path
are one delivery: it replaces the days from the first period's start to the last. Between waves nothing is made up.
"""

from collectors.base import FileSource
from collectors.survey_files import check_surveys, deliver_surveys
from collectors.survey_settings import SurveySettings
from store.tables import Measurement

SOURCE = FileSource(
    name="surveys_csv",
    title="Surveys from files",
    role="metrics",
    writes=Measurement,
    settings=SurveySettings,
    deliver=deliver_surveys,
    check=check_surveys,
    every="1h",
)
