"""How well messages are read, in words: labelled lines that were scored, and what people put right."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from handlers import describe
from handlers.corrections import Corrected, Corrections, Tally
from handlers.figures_page import percent
from handlers.intake.redact import redact, redact_why, redact_words
from handlers.intake.scoring import WHEN, Score, Wrong, quantile
from handlers.wording import listed, number, say
from sla.rules import Rules

PAIRS = 20
"""Confusions that are shown; of more, how many more."""
NEWEST = 3
"""Texts that are shown of each rule."""
LONGEST = 80
"""Characters of a text that are shown."""


def shown(text: str, *, full: bool = False) -> str:
    """The beginning of a text, in one line, without what must not leave the record."""
    words = " ".join((text if full else redact(text)).split())
    return words if full or len(words) <= LONGEST else words[: LONGEST - 1] + "…"


# Scores


def score_page(score: Score, floors: Mapping[str, Fraction], language: str, *, wrong: bool) -> str:
    """The page of a scored file. `wrong`: with each line that was read otherwise."""
    lines = [say("scored_head", language, count=len(score.took))]
    for label, count in score.labels.items():
        lines.append(
            say("scored_label", language, label=_label(label, language), id=label, right=count.right, whole=count.total)
            + percent(count.share)
        )
    lines += [*_times(score, language), *_critical(score, language), *_pairs(score, language)]
    median, p99 = (quantile(score.took, share) // 1000 for share in (0.5, 0.99))
    lines.append(say("scored_took", language, median=median, p99=p99))
    if wrong and score.wrong:
        lines += [say("scored_wrong_head", language), *(_wrong(each, language) for each in score.wrong)]
    lines += [
        say("scored_below", language, label=_label(label, language), rate=percent(score.share(label)), floor=floor)
        for label, floor in ((label, percent(floor)) for label, floor in below(score, floors).items())
    ]
    return "\n".join(lines) + "\n"


def below(score: Score, floors: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The floors that were missed, also by a label that nothing of the file has."""
    return {label: floor for label, floor in floors.items() if (score.share(label) or Fraction(0)) < floor}


def _label(label: str, language: str) -> str:
    return say(f"intake_label_{label}", language)


def _times(score: Score, language: str) -> list[str]:
    times = score.times
    if not times.total:
        return []
    rates = {
        f"{name}_rate": percent(Fraction(count, times.total))
        for name, count in (("right", times.right), ("wrong", times.wrong), ("missed", times.missed))
    }
    return [
        say(
            "scored_times",
            language,
            total=times.total,
            right=times.right,
            wrong=times.wrong,
            missed=times.missed,
            traps=times.traps,
            avoided=times.avoided,
            **rates,
        ),
        *(
            say("scored_category", language, name=name, right=count.right, whole=count.total) + percent(count.share)
            for name, count in times.categories.items()
            if name
        ),
    ]


def _critical(score: Score, language: str) -> list[str]:
    if "priority" not in score.labels:
        return []
    lines = [say("scored_critical", language, total=score.critical, missed=len(score.critical_missed))]
    return lines + [_wrong(each, language) for each in score.critical_missed]


def _pairs(score: Score, language: str) -> list[str]:
    if not score.pairs:
        return []
    lines = [say("scored_pairs", language)]
    for (label, right, read), count in score.pairs.most_common(PAIRS):
        named = {"right": _null(right), "read": _null(read)}
        lines.append(say("scored_pair", language, label=_label(label, language), count=count, **named))
    more = len(score.pairs) - PAIRS
    return [*lines, say("scored_more", language, count=more)] if more > 0 else lines


def _wrong(wrong: Wrong, language: str) -> str:
    return say(
        "scored_wrong" if wrong.why else "scored_wrong_silent",
        language,
        number=wrong.number,
        label=_label(wrong.label, language),
        right=_null(wrong.right),
        read=_null(wrong.read),
        why=redact_why(wrong.why, wrong.text),
        text=shown(wrong.text),
    )


def _null(value: str | None) -> str:
    return value or "null"


def score_values(score: Score, *, wrong: bool) -> dict[str, object]:
    """The same as plain JSON values; shares from 0 to 1, times in microseconds."""
    times = score.times
    values: dict[str, object] = {
        "messages": len(score.took),
        "labels": {
            label: {"right": count.right, "total": count.total, "share": _share(count.share)}
            for label, count in score.labels.items()
        },
        "confusions": [
            {"label": label, "right": right, "read": read, "count": count}
            for (label, right, read), count in score.pairs.most_common()
        ],
        "critical": {"total": score.critical, "missed": [_wrong_values(each) for each in score.critical_missed]},
        "microseconds": {"median": quantile(score.took, 0.5) / 1000, "p99": quantile(score.took, 0.99) / 1000},
    }
    if times.total:
        values[WHEN] = {
            "right": times.right,
            "wrong": times.wrong,
            "missed": times.missed,
            "total": times.total,
            "share": _share(score.share(WHEN)),
            "traps": times.traps,
            "avoided": times.avoided,
            "categories": {
                name: {"right": each.right, "total": each.total} for name, each in times.categories.items() if name
            },
        }
    if wrong:
        values["wrong"] = [_wrong_values(each) for each in score.wrong]
    return values


def _share(share: Fraction | None) -> float | None:
    return None if share is None else round(float(share), 4)


def _wrong_values(wrong: Wrong) -> dict[str, object]:
    return {
        "line": wrong.number,
        "label": wrong.label,
        "right": wrong.right,
        "read": wrong.read,
        "why": redact_why(wrong.why, wrong.text),
        "text": redact(wrong.text),
    }


# Corrections


def corrections_page(found: Corrections, rules: Rules, period: str, language: str, *, full: bool) -> str:
    """The page of what people put right, the most often wrong rule first."""
    if not found.tickets:
        return say("corrections_empty", language, period=period) + "\n"
    by_wrong = found.by_wrong()
    wrong = [tally for tally in by_wrong if tally.wrong]
    count = sum(tally.wrong for tally in wrong)
    key = "corrections_head" if wrong else "corrections_none"
    lines = [say(key, language, period=period, tickets=found.tickets, corrected=found.corrected, count=count)]
    for tally in wrong:
        lines += _tally(tally, rules, language, full=full)
    right = [tally for tally in by_wrong if not tally.wrong]
    if wrong and right:
        lines.append(say("corrections_right", language, rules=_right(right, language)))
    return "\n".join(lines) + "\n"


def _right(tallies: Iterable[Tally], language: str) -> str:
    often = sorted(tallies, key=lambda tally: -tally.fired)
    return listed(
        (say("corrections_fired", language, **_named(each, language), fired=each.fired) for each in often), language
    )


def _named(tally: Tally, language: str) -> dict[str, str]:
    return {"label": _label(tally.label, language), "rule": tally.rule}


def _tally(tally: Tally, rules: Rules, language: str, *, full: bool) -> list[str]:
    rate = percent(Fraction(tally.wrong, tally.fired))
    named = _named(tally, language)
    lines = [say("corrections_rule", language, **named, fired=tally.fired, wrong=tally.wrong, rate=rate)]
    for (read, true), count in tally.into().items():
        was, became = (value_named(tally.label, value, rules, language) for value in (read, true))
        lines.append(say("corrections_into", language, read=was, true=became, count=count))
    if words := tally.words(_words_as_they_are if full else _words_redacted):
        often = (f"{word} ×{count}" for word, count in words.items())
        lines.append(say("corrections_words", language, words=listed(often, language)))
    return lines + [_one(each, rules, language, full=full) for each in reversed(tally.corrected[-NEWEST:])]


def _words_as_they_are(corrected: Corrected) -> str:
    return corrected.words


def _words_redacted(corrected: Corrected) -> str:
    return redact_words(corrected.words, corrected.text)


def _one(corrected: Corrected, rules: Rules, language: str, *, full: bool) -> str:
    at = corrected.at.astimezone(rules.calendar.timezone)
    person = rules.people.by_id.get(corrected.by)
    return say(
        "corrections_one",
        language,
        ticket=number(corrected.ticket),
        at=f"{at:%Y-%m-%d %H:%M}",
        name=person or say("corrections_somebody", language),
        true=value_named(corrected.label, corrected.true, rules, language),
        text=shown(corrected.text, full=full),
    )


def value_named(label: str, value: str | None, rules: Rules, language: str) -> str:
    """The value of a label as people call it."""
    if value is None:
        return say("corrections_nothing", language)
    if label == "system":
        return describe.system_name(value, rules, language) if rules.catalogue.system(value) else value
    if label == "department":
        return describe.department_name(value, rules, language) if rules.catalogue.department(value) else value
    return value if label == "severity" else say(f"{label}_{value}", language)


def corrections_values(found: Corrections, *, full: bool) -> dict[str, object]:
    """The same as plain JSON values, with every text."""
    return {
        "tickets": found.tickets,
        "corrected": found.corrected,
        "redacted": not full,
        "rules": [
            {
                "label": tally.label,
                "rule": tally.rule,
                "fired": tally.fired,
                "corrected": tally.wrong,
                "into": [{"read": read, "true": true, "count": count} for (read, true), count in tally.into().items()],
                "examples": [_one_values(each, full=full) for each in reversed(tally.corrected)],
            }
            for tally in found.by_wrong()
        ],
    }


def _one_values(corrected: Corrected, *, full: bool) -> dict[str, object]:
    return {
        "ticket": number(corrected.ticket),
        "at": corrected.at.isoformat(),
        "by": corrected.by,
        "read": corrected.read,
        "true": corrected.true,
        "words": (_words_as_they_are if full else _words_redacted)(corrected),
        "text": corrected.text if full else redact(corrected.text),
    }
