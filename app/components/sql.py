"""Every number can be traced: the SQL behind it, its parameters, its rows and the time it took."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app import format as fmt
from queries.runner import Result

LABEL = "Show the SQL"


def show_sql(*results: Result) -> None:
    """A small button that opens the queries behind what is drawn above it. Static: fits into cached sections."""
    with st.popover(LABEL, icon=":material/code:", type="tertiary"):
        st.markdown("\n\n".join(_told(result) for result in results))


def _told(result: Result) -> str:
    """One element for all queries: each element costs a fifth of a millisecond in every rerun."""
    query = result.query
    took = f"{fmt.plural(result.row_count, 'row')} in {fmt.milliseconds(result.seconds)}"
    head = f"**{query.title}**  \n`queries/{query.name}.sql` · {took}"
    bound = f"```text\n{parameters(query.params, result.params)}\n```" if query.params else ""
    return "\n\n".join(filter(None, [head, bound, f"```sql\n{query.sql}\n```"]))


def parameters(types: Mapping[str, str], given: Mapping[str, Any]) -> str:
    """One line per parameter as it was bound; an empty list means that nothing is filtered."""
    return "\n".join(f":{name} = {_shown(word, given.get(name, ()))}" for name, word in types.items())


def _shown(word: str, value: Any) -> str:
    if word == "texts":
        return ", ".join(value) or "all"
    return str(value)
