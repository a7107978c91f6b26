"""What a JSON Schema says beyond the shape of a file: how texts are written, and what hangs together in one table.

Held to the reading code by tests/sla/test_schema.py: whatever the reader takes the schema takes, and what the reader
refuses the schema refuses, as far as one table can show it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sla.clock_reader import NO_ENDS, STOPS
from sla.duty import MONTHS, Rhythm
from sla.duty_reader import COUNT, OF_EVENT, OF_PERIOD
from sla.labels import Role, Side
from sla.people import CHANNELS, ID, SIDE_OF
from sla.quota import Limit
from sla.terms import PART_MEASURES, Measure
from sla.ticket import EventKind
from sla.toml import DURATION
from sla.worktime import IN_DAYS, Base

Json = dict[str, Any]

UNIT = "(?:s|min|h|d)"
OPENS = r"(?:[01]\d|2[0-3]):[0-5]\d"
TIME = f"{OPENS}|24:00"
LATER = rf"(?!00:00)(?:{TIME})"
UP_TO_366 = r"0{0,3}(?:[1-9]\d?|[12]\d\d|3[0-5]\d|36[0-6])"
IN_ONE_YEAR = rf"^\s*0*[1-9]\d* ?{UNIT}\s*$"
IN_WHOLE_DAYS = rf"^{UP_TO_366} (?:working |calendar )?days?$"
DAY_OF_YEAR = (
    r"^(?:02-(?:0[1-9]|[12]\d)|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01]))$"
)
FILLED: Json = {"type": "string", "pattern": r"\S"}
FORMATS: Mapping[str, Json] = {
    "duration": {"type": "string", "pattern": rf"^\s*{DURATION.pattern}\s*$"},
    "amount": {"type": "string", "pattern": f"{IN_ONE_YEAR}|{IN_WHOLE_DAYS}"},
    "time": {"type": "string", "pattern": rf"^\s*(?:{TIME})\s*$"},
    "span": {"type": "string", "pattern": rf"^\s*{OPENS}\s*-\s*{LATER}\s*$"},
    "month_day": {"type": "string", "pattern": DAY_OF_YEAR},
    "count": {"type": "string", "pattern": rf"^(?!0+ ){COUNT.pattern}$"},
    "days": {"type": "string", "pattern": r"^(?!0+ )\d{1,3} days?$"},
    "clock": {"type": "string", "pattern": r"^T?(?:[01]\d|2[0-3])"},
    "instant": {"type": "string", "pattern": r"^20\d\d-?[01W]"},
    "address": {"type": "string", "pattern": rf"^(?:{'|'.join(CHANNELS)}):\s*\S"},
    "id": {"type": "string", "pattern": f"^{ID.pattern}$"},
    "day": {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
}
"""Texts that are written in a certain way, by the name that a note gives as its `format`."""


def _where(key: str, words: Iterable[str]) -> Json:
    return {"properties": {key: {"enum": list(words)}}, "required": [key]}


def _has(key: str, value: Json) -> Json:
    return {"properties": {key: value}, "required": [key]}


def _true(key: str) -> Json:
    return {"properties": {key: {"const": True}}, "required": [key]}


def _without(*keys: str) -> Json:
    return {"not": {"anyOf": [{"required": [key]} for key in keys]}}


def _if(condition: Json, then: Json, otherwise: Json | None = None) -> Json:
    return {"if": condition, "then": then} | ({"else": otherwise} if otherwise else {})


def _limits(key: str, least: int, most: int) -> Json:
    return {"properties": {key: {"minimum": least, "maximum": most}}}


CLOCK = (
    _if(
        _where("base", sorted(IN_DAYS)),
        {"properties": {"amount": {"pattern": IN_WHOLE_DAYS}}, "required": ["amount"]},
    ),
    _if(
        _where("base", [Base.ELAPSED, Base.WORKING_HOURS]),
        {"properties": {"amount": {"pattern": IN_ONE_YEAR}}, "required": ["amount"]},
    ),
    _if(_where("base", [Base.IMMEDIATE]), {"properties": {"amount": {"pattern": IN_ONE_YEAR}}}),
    _if(_where("base", [Base.AGREED]), {**_where("starts", ["approved"]), **_without("amount")}),
    _if({"properties": {"name": {"enum": sorted(STOPS)}}}, {}, {"required": ["stops"]}),
    {"properties": {"stops": {"minItems": 1}}},
    _if(_true("internal"), {"properties": {"grace": {"pattern": rf"^\s*0+ ?{UNIT}\s*$"}}}, {"required": ["clause"]}),
)
PAUSE = (
    {"properties": {"clocks": {"minItems": 1}, "at_most": {"pattern": "[1-9]"}}},
    {"properties": {"ends": {"items": {"enum": [kind.value for kind in EventKind if kind not in NO_ENDS]}}}},
)
QUOTA = (
    {"anyOf": [{"required": [limit]} for limit in Limit]},
    *(
        _if({"properties": {"breaches": {"not": {"contains": {"const": limit}}}}}, {}, {"required": [limit]})
        for limit in Limit
    ),
)
DUTY = (
    _if(
        _where("rhythm", [Rhythm.EVERY]), {"required": ["every"], **_without(*OF_PERIOD, *OF_EVENT)}, _without("every")
    ),
    _if(
        _where("rhythm", [Rhythm.EVENT]),
        {"required": ["after"], "oneOf": [{"required": [place]} for place in OF_EVENT], **_without(*OF_PERIOD)},
        _without("after", *OF_EVENT),
    ),
    _if(_where("rhythm", [Rhythm.ONCE]), {"oneOf": [{"required": [place]} for place in OF_PERIOD]}),
    *(_if({"required": [one]}, _without(*(two for two in OF_PERIOD if two != one))) for one in OF_PERIOD[:-1]),
    _if(_where("year", ["contract"]), {"properties": {"rhythm": {"enum": list(MONTHS)}}}),
    _if(_true("may"), {"anyOf": [{"required": [place]} for place in (*OF_PERIOD, *OF_EVENT)]}),
    _if({"properties": {"proof_zh": {"minLength": 1}}, "required": ["proof_zh"]}, _has("proof_en", FILLED)),
)
OF_LATE = ("clocks", "systems", "once_a_ticket")
PART = (
    {"properties": {"measure": {"enum": list(PART_MEASURES)}}},
    _if(_where("measure", [Measure.LATE]), {"required": ["each"], **_without("at_least")}),
    _if(_where("measure", [Measure.RESOLVED]), {"required": ["each", "at_least"], **_without(*OF_LATE)}),
    _if(_where("measure", [Measure.SATISFACTION]), _without("each", "kinds", "at_least", *OF_LATE)),
    _limits("points", 0, 1000),
    _limits("each", 0, 1000),
    _limits("at_least", 0, 100),
)


def _roles(side: Side) -> list[str]:
    return [role for role in Role if SIDE_OF.get(role, side) is side]


UNDATED = _without("valid_from")
RULES: Mapping[tuple[str, ...], tuple[Json, ...]] = {
    ("contract",): (
        _if(_true("takes_over"), {"required": ["valid_from"]}),
        _if(
            UNDATED,
            {"properties": {"quota": {"items": {"properties": {"year": {"not": {"const": "contract"}}}}}}},
        ),
    ),
    ("contract", "clock"): CLOCK,
    ("contract", "pause"): PAUSE,
    ("contract", "satisfaction"): ({"dependencies": {"threshold": ["clause"], "clause": ["threshold"]}},),
    ("contract", "quota"): QUOTA,
    ("contract", "duty"): DUTY,
    ("contract", "score"): (_limits("passes", 0, 100),),
    ("contract", "score", "part"): PART,
    ("contract", "score", "bonus"): (_limits("each", 0, 1000),),
    ("contract", "indicator"): (_limits("target", 0, 1000),),
    ("people", "person"): (
        _if(
            {"properties": {"roles": {"contains": {"const": Role.DEPARTMENT_HEAD}}}},
            _has("department", FILLED),
        ),
        *(_if(_where("side", [side]), {"properties": {"roles": {"items": {"enum": _roles(side)}}}}) for side in Side),
    ),
    ("rota", "team", "turns"): ({"properties": {"engineers": {"uniqueItems": True}}},),
    ("rota", "team", "ladder"): ({"properties": {"rungs": {"minItems": 1}}},),
    ("contract", "rework"): (_limits("target", 0, 100), _limits("oblige", 0, 100)),
}
"""By the name of the file's sort and the path of the table: conditions that the schema of that table adds."""
