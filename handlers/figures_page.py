"""A period's figures as a page to read, each with the clause that it answers to."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from handlers import describe
from handlers.figures import clause_of_clock, last_day
from handlers.quota_words import period_named
from handlers.wording import catalogue as sentences
from handlers.wording import listed, number, plain, say
from sla.assess import Assessment, QuotaUse
from sla.contract import Contract
from sla.figures import Figures, Kept, Share, Spread
from sla.indicators import Indicated
from sla.rules import Rules
from sla.terms import Measure

SHOWN_AT_MOST = 20
"""Tickets that are named one by one; of more, how many more."""
LABELS = ("kind", "priority", "system", "department")


def page(assessed: Assessment, rules: Rules, now: datetime, language: str) -> str:
    """The page of one contract."""
    contract, figures = assessed.contract, assessed.figures
    lines = [
        say(
            "figures_head",
            language,
            contract=contract,
            first=assessed.first.isoformat(),
            last=last_day(assessed),
            now=f"{now.astimezone(contract.timezone):%Y-%m-%d %H:%M}",
        ),
        *overview(figures, rules, language),
        *_clocks(assessed, language),
        *_breaches(assessed, language),
        *_satisfaction(assessed, language),
        *_rework(assessed, language),
        *[line for use in assessed.quotas for line in _quota(use, language)],
        *_indicators(assessed, language),
        say("figures_on_record", language, **{kind.value: count for kind, count in assessed.on_record.items()}),
    ]
    return "\n".join(lines) + "\n"


def overview(figures: Figures, rules: Rules, language: str) -> list[str]:
    """What needs no contract: how many tickets of what sort, how long it took, what became of them."""
    lines = [
        say("figures_tickets", language, count=figures.tickets, open=figures.open, cancelled=figures.cancelled),
    ]
    counted = (figures.by_kind, figures.by_priority, figures.by_system, figures.by_department)
    for label, counts in zip(LABELS, counted, strict=True):
        if counts:
            words = (
                say("figures_one", language, name=_label(label, name, rules, language), count=count)
                for name, count in counts.items()
            )
            lines.append("  " + say(f"figures_by_{label}", language, words=listed(words, language)))
    for name, spread in (("respond", figures.respond), ("arrive", figures.arrive), ("fix", figures.fix)):
        lines.append("  " + _spread(name, spread, language))
    for name, share in (("resolution", figures.resolution), ("reopened", figures.reopened)):
        lines.append(say(f"figures_{name}", language, **of(share)))
    return lines


def of(share: Share) -> dict[str, object]:
    """A share as fields of a sentence: `rate`, `part`, `whole`."""
    return {"rate": percent(share.rate), "part": share.part, "whole": share.whole}


def percent(rate: Fraction | None) -> str:
    """A rate from 0 to 1 in percent, "–" for none."""
    return "–" if rate is None else f"{decimal(rate * 100)}%"


def decimal(value: Fraction | None) -> str:
    """A number with at most two places, cut off rather than rounded, so that what is under a limit is shown so."""
    if value is None:
        return "–"
    hundredths = int(value * 100)
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole}" + (f".{rest:02}".rstrip("0") if rest else "")


def tickets(numbers: Iterable[int], language: str) -> str:
    """Tickets by name, and how many more."""
    names = [number(each) for each in numbers]
    more = len(names) - SHOWN_AT_MOST
    shown = listed(names[:SHOWN_AT_MOST], language)
    return say("figures_and_more", language, tickets=shown, count=more) if more > 0 else shown


def group_name(group: str, contract: Contract, language: str) -> str:
    """What a breach group is called: of a quota its level, of a clock outside all groups the clock."""
    for quota in contract.quotas:
        if group == f"quota:{quota.name}":
            return say(f"figures_level_{quota.level}", language)
    key = f"group_{group}"
    in_group = any(each.name == group for each in contract.breach_groups)
    return say(key, language) if in_group and key in sentences(language) else describe.clock_called(group, language)


def _label(label: str, name: str, rules: Rules, language: str) -> str:
    if label in ("kind", "priority"):
        return say(f"{label}_{name}", language)
    catalogue = rules.catalogue
    if name and (catalogue.system(name) if label == "system" else catalogue.department(name)) is None:
        return name  # it was taken out of the catalogue since
    called = describe.system_name if label == "system" else describe.department_name
    return called(name or None, rules, language)


def _spread(name: str, spread: Spread | None, language: str) -> str:
    clock = describe.clock_called(name, language)
    if spread is None:
        return say("figures_never", language, clock=clock)
    median, p90 = plain.duration(spread.median, language), plain.duration(spread.p90, language)
    return say("figures_spread", language, clock=clock, median=median, p90=p90, count=spread.count)


def _clocks(assessed: Assessment, language: str) -> list[str]:
    contract = assessed.contract
    lines = [say("figures_clocks", language)]
    for (_, clock), kept in assessed.figures.clocks.items():
        lines.append("  " + _kept("figures_clock", clock, clause_of_clock(contract, clock), kept, language))
        by_priority = {
            priority: each
            for (_, name, priority), each in assessed.figures.by_clock_and_priority.items()
            if name == clock and each.rate is not None
        }
        if len(by_priority) > 1:
            lines.append("    " + _priorities(by_priority, language))
    for (_, clock), kept in assessed.figures.internal.items():
        lines.append("  " + _kept("figures_internal", clock, "", kept, language))
    return lines if len(lines) > 1 else []


def _kept(key: str, clock: str, clause: str, kept: Kept, language: str) -> str:
    return say(
        key,
        language,
        clock=describe.clock_called(clock, language),
        clause=clause,
        kept=kept.kept,
        broken=kept.broken,
        running=kept.running,
        waived=kept.waived,
        fell_away=kept.fell_away,
        rate=percent(kept.rate),
    )


def _priorities(found: Mapping[str, Kept], language: str) -> str:
    words = (
        say("figures_priority", language, priority=say(f"priority_{name}", language), rate=percent(kept.rate))
        for name, kept in found.items()
    )
    return listed(words, language)


def _breaches(assessed: Assessment, language: str) -> list[str]:
    breaches, waived = assessed.breaches, assessed.waived
    # Also those that another version of the contract had.
    contract = replace(assessed.contract, quotas=tuple(use.quota for use in assessed.quotas))
    lines = [say("figures_breaches", language, count=sum(breaches.values()))]
    lines += [
        "  "
        + say(
            "figures_breach",
            language,
            group=group_name(group, contract, language),
            clause=_clause_of_group(group, contract),
            count=breaches.get(group, 0),
            waived=waived.get(group, 0),
        )
        for group in dict.fromkeys((*breaches, *waived))
    ]
    return lines


def _clause_of_group(group: str, contract: Contract) -> str:
    named = [each.clause for each in contract.breach_groups if each.name == group]
    named += [quota.clause for quota in contract.quotas if group == f"quota:{quota.name}"]
    return named[0] if named else clause_of_clock(contract, group)


def _satisfaction(assessed: Assessment, language: str) -> list[str]:
    figures, asked, terms = assessed.figures, assessed.survey, assessed.contract.satisfaction
    lines = []
    if asked:
        fields = {
            "points": decimal(asked.points),
            "subjects": listed((period_named(each, language) for each in asked.subjects), language),
        }
        if asked.answers:
            lines.append(say("figures_survey", language, answers=asked.answers, **fields))
        else:
            lines.append(say("figures_survey_uncounted", language, **fields))
    if figures.satisfaction is None and not asked:
        lines.append(say("figures_no_answers", language))
    elif figures.satisfaction is not None:
        lines.append(say("figures_answers", language, points=decimal(figures.satisfaction), **of(figures.answers)))
    if assessed.adds_people is not None:
        key = "figures_adds_people" if assessed.adds_people else "figures_satisfied"
        lines.append("  " + say(key, language, threshold=terms.threshold, clause=terms.clause))
    return lines


def _rework(assessed: Assessment, language: str) -> list[str]:
    terms, share = assessed.contract.terms.rework, assessed.figures.rework
    if terms is None:
        return [say("figures_rework", language, **of(share))] if share.whole else []
    target, oblige = f"{decimal(terms.target)}%", f"{decimal(terms.oblige)}%"
    lines = [say("figures_rework_target", language, **of(share), target=target, clause=terms.clause)]
    if assessed.adds_testers:
        lines.append("  " + say("figures_adds_testers", language, target=target, oblige=oblige, clause=terms.clause))
    elif assessed.rework_in_target is False:
        lines.append("  " + say("figures_rework_missed", language, target=target, clause=terms.clause))
    return lines


def _quota(use: QuotaUse, language: str) -> list[str]:
    level = say(f"figures_level_{use.quota.level}", language)
    heading = say("figures_quota", language, level=level, clause=use.quota.clause, count=len(use.events))
    lines = [heading]
    for month in use.months:
        if month.used or month.times:
            used, times = plain.duration(month.used, language), plain.times(month.times, language)
            name = period_named(month.name, language)
            lines.append("  " + say("figures_quota_month", language, month=name, used=used, times=times))
    for event in use.events:
        if event.breach:
            key = "figures_quota_waived" if event.outage.ticket in use.waived else "figures_quota_breach"
            began = f"{event.outage.began.astimezone(use.contract.timezone):%Y-%m-%d %H:%M}"
            took = plain.duration(event.recovery, language)
            lines.append("  " + say(key, language, ticket=number(event.outage.ticket), began=began, took=took))
    return lines


def _indicators(assessed: Assessment, language: str) -> list[str]:
    if not assessed.indicators:
        return []
    return [say("figures_indicators", language), *("  " + _indicator(each, language) for each in assessed.indicators)]


def _indicator(each: Indicated, language: str) -> str:
    named = {"name": each.indicator.called(language), "clause": each.indicator.clause}
    if each.share:
        text = say("figures_indicator_rate", language, **named, **of(each.share))
    elif each.indicator.measure in (Measure.SATISFACTION, Measure.TRAINING):
        text = say(
            "figures_indicator_points",
            language,
            **named,
            points=decimal(each.value),
            times=plain.times(each.count, language),
        )
    else:
        text = say("figures_indicator_count", language, **named, count=each.count)
    if each.reached is not None:
        key = "figures_reached" if each.reached else "figures_not_reached"
        text += say(key, language, target=decimal(each.indicator.target))
    return text + (say("figures_which", language, tickets=tickets(each.tickets, language)) if each.tickets else "")
