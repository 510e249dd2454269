"""One explained change as one or two plain sentences, alike in the app, on the command line and in alerts."""

from dataclasses import dataclass
from decimal import Decimal

from domain.adtributor import Element
from domain.explanation import Explanation, Part
from domain.item_use import Totals
from domain.provider import NAMES
from domain.wording import listed, money, signed_money, signed_percent, size_percent

MIN_SHARE = Decimal("0.03")
"""An effect below this part of all effects is not worth a reader's time."""
MOST = 4
"""More than four reasons are a table."""

AS_FACTOR = 10
"""From ten times on, a change in percent tells nothing."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What an effect says in words, what it moved, and figures that belong beside the amount."""

    words: str
    amount: Decimal
    note: str = ""

    def told(self, currency: str) -> str:
        """`12% more requests (+$2,900)`."""
        return f"{self.words} ({'; '.join(filter(None, [signed_money(self.amount, currency), self.note]))})"


def explain_in_words(found: Explanation, subject: str = "Cost") -> str:
    """`Cost rose by $4,310 (+18%) to $28,310: 12% more requests (+$2,900), … Most of it is Shopping guide (+$3,120).`

    `subject` is who or what costs, such as `Cost of Shopping guide`.
    """
    return " ".join(filter(None, [_headline(found, subject), carrier(found)]))


def reasons(found: Explanation) -> list[Reason]:
    """The effects that are not nothing, the largest first."""
    effects, total = found.total.effects, found.total
    told = [
        _volume(found),
        Reason(_mix(found), effects.mix),
        Reason(_cache(found), effects.cache),
        Reason(_intensity(found), effects.intensity),
        Reason("higher prices" if total.price > 0 else "lower prices", total.price),
        Reason("costs without reported usage", total.without_usage),
    ]
    return sorted((reason for reason in told if reason.amount), key=lambda reason: -abs(reason.amount))


def carrier(found: Explanation) -> str:
    """`Most of it is Shopping guide (+$3,120).`; empty where no few elements carry the change."""
    if not found.carried.dimensions:
        return ""
    winner = found.carried.dimensions[0]
    elements = sorted(winner.elements, key=lambda element: -abs(element.actual - element.expected))
    named = listed([_element(found, winner.name, element) for element in elements])
    if winner.offsetting:
        return f"Moves nearly cancel out; the largest are {named}."
    return f"Most of it is {named}."


def _headline(found: Explanation, subject: str) -> str:
    total, currency = found.total, found.currency
    after = money(total.after, currency)
    if not total.before and not total.after:
        return f"{subject}: nothing was billed in either period."
    if not total.before:
        return f"{subject} is new: {after}, and nothing was billed before."
    if not total.after:
        return f"{subject} is gone: {money(total.before, currency)} before, nothing was billed after."
    told = _told(found)
    if not total.change:
        return f"{subject} stood still at {after}{f': {told}' if told else ''}."
    way = "rose" if total.change > 0 else "fell"
    return f"{subject} {way} by {money(abs(total.change), currency)}{_ratio(total)} to {after}: {told}."


def _ratio(total: Part) -> str:
    if total.before <= 0:
        return ""
    return f" ({_by(total.before, total.after)})"


def _told(found: Explanation) -> str:
    every = reasons(found)
    gross = sum(abs(reason.amount) for reason in every)
    worth = [reason for reason in every if abs(reason.amount) >= MIN_SHARE * gross][:MOST]
    return listed([reason.told(found.currency) for reason in worth])


def _volume(found: Explanation) -> Reason:
    before, after, amount = found.use.before, found.use.after, found.total.effects.volume
    pairs = (("requests", before.requests, after.requests), ("tokens", before.tokens, after.tokens))
    known = [pair for pair in pairs if pair[1] or pair[2]]
    if len(known) == 1:
        return Reason(_more(*known[0]), amount)
    note = ", ".join(f"{noun} {_by(then, now)}" for noun, then, now in known)
    return Reason(f"{'more' if amount > 0 else 'less'} use", amount, note)


def _more(noun: str, then: Decimal | float, now: Decimal | float) -> str:
    if not then:
        return f"first {noun}"
    factor = Decimal(now) / Decimal(then)
    if factor >= AS_FACTOR:
        return f"{factor:,.0f} times as many {noun}"
    return f"{size_percent(factor - 1)} {'more' if factor > 1 else 'fewer'} {noun}"


def _by(then: Decimal | float, now: Decimal | float) -> str:
    if not then:
        return "new"
    factor = Decimal(now) / Decimal(then)
    return f"{factor:,.0f}×" if factor >= AS_FACTOR else signed_percent(factor - 1)


def _mix(found: Explanation) -> str:
    items = found.use.items
    differing = [
        noun
        for noun, values in (
            ("features", {item.feature for item in items}),
            ("models", {item.model for item in items}),
            ("environments", {item.environment for item in items}),
            ("keys", {(item.project, item.key) for item in items}),
        )
        if len(values) > 1
    ]
    named = [noun for noun in differing if noun in ("features", "models")] or differing[:1]
    return f"a {'dearer' if found.total.effects.mix > 0 else 'cheaper'} mix of {listed(named) or 'providers'}"


def _cache(found: Explanation) -> str:
    before, after = _hits(found.use.before), _hits(found.use.after)
    rise = found.total.effects.cache > 0
    if before is not None and after is not None and before != after and rise == (after < before):
        way = "down" if rise else "up"
        return f"cached input {way} from {size_percent(before)} to {size_percent(after)}"
    return f"a {'dearer' if rise else 'cheaper'} split between cached and uncached input"


def _hits(totals: Totals) -> Decimal | None:
    return Decimal(totals.cached) / Decimal(totals.input) if totals.input else None


def _intensity(found: Explanation) -> str:
    rise = found.total.effects.intensity > 0
    if found.use.before.requests or found.use.after.requests:
        return f"{'more' if rise else 'fewer'} tokens per request"
    return f"a {'dearer' if rise else 'cheaper'} split between input and output"


def _element(found: Explanation, dimension: str, element: Element) -> str:
    name = NAMES.get(element.label, element.label) if dimension == "provider" else found.name(dimension, element.label)
    return f"{name} ({signed_money(element.actual - element.expected, found.currency)})"
