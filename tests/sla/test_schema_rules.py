"""What hangs together in one table: the reader refuses it, and an editor shows it before."""

import tomllib

import pytest

from tests.sla.grammars import EXAMPLES, LADDER, reasons, schema_takes

SUCCESSOR = (EXAMPLES / "shili-county-2027.toml").read_text(encoding="utf-8")
PEOPLE = """
[[person]]
id = "head"
name = "示例·周主任"
side = "hospital"
roles = ["department_head"]
department = "icu"
"""
BACKUP = 'rhythm = "daily"\nclosing = "midnight"'
DOCUMENTS = 'rhythm = "once"\nbefore_end = "10 working days"'
REPORT = 'rhythm = "event"\nafter = "inspection"\nafter_event = "5 working days"'
LIMITS = 'month_minutes = 90\nyear_times = 3\nrecovery = "60 min"\nbreaches = ["year_times", "recovery"]'
TEN_MINUTES = 'internal = true\nkinds = ["fault"]\nbase = "elapsed"\namount = "10 min"'
ARRIVAL = 'base = "elapsed"\namount = "3 h"'
SURVEY = 'name_en = "Satisfaction"\nclause = "7.1"\npoints = 20\nmeasure = "satisfaction"'
RESOLUTION = 'measure = "resolved"\nkinds = ["fault"]\nat_least = 95\neach = 1'

CONTRACT = [
    ("valid_from = 2027-03-01\n", ""),
    ("valid_from = 2027-03-01\nvalid_to = 2028-02-29\ntakes_over = true\n", ""),
    (ARRIVAL, 'base = "elapsed"'),
    (ARRIVAL, 'base = "elapsed"\namount = "3 days"'),
    (ARRIVAL, 'base = "working_hours"\namount = "0 min"'),
    (ARRIVAL, 'base = "immediate"\namount = "3 days"'),
    (ARRIVAL, 'base = "working_days"\namount = "3 h"'),
    (ARRIVAL, 'base = "calendar_days"'),
    ('starts = "remote_failed"\nkinds = ["fault"]\n' + ARRIVAL, 'starts = "approved"\nbase = "agreed"\namount = "3 h"'),
    ('starts = "remote_failed"\nkinds = ["fault"]\n' + ARRIVAL, 'starts = "assessed"\nbase = "agreed"'),
    ('name = "solution"\nclause', 'name = "answer"\nclause'),
    ('name = "solution"\nclause', 'name = "solution"\nstops = []\nclause'),
    ('name = "solution"\nclause = "4.1"', 'name = "solution"'),
    (TEN_MINUTES, TEN_MINUTES + '\ngrace = "1 d"'),
    ('clocks = ["fix"]\nat_most', "clocks = []\nat_most"),
    ('at_most = "2 d"', 'at_most = "0 d"'),
    ('at_most = "2 d"', 'ends = ["rated"]'),
    ("threshold = 80\n", ""),
    ('threshold = 80\nclause = "7.2"', "threshold = 80"),
    (LIMITS, ""),
    (LIMITS, 'year_times = 3\nbreaches = ["month_times"]'),
    (LIMITS, 'year_times = 3\nbreaches = ["month_minutes"]'),
    (LIMITS, 'month_times = 3\nbreaches = ["year_times"]'),
    (LIMITS, 'month_times = 3\nbreaches = ["recovery"]'),
    (BACKUP, 'rhythm = "every"'),
    (BACKUP, 'rhythm = "every"\nevery = "14 days"\nafter_end = "1 day"'),
    (BACKUP, BACKUP + '\nevery = "14 days"'),
    (BACKUP, BACKUP + '\nafter = "inspection"'),
    (BACKUP, BACKUP + '\nafter_event = "1 day"'),
    (BACKUP, BACKUP + '\nyear = "contract"'),
    (BACKUP, BACKUP + "\nmay = true"),
    (BACKUP, BACKUP + '\nafter_end = "1 day"\nafter_start = "1 day"'),
    (BACKUP, BACKUP + '\nbefore_end = "1 day"\nafter_start = "1 day"'),
    (BACKUP, BACKUP + '\nbefore_end = "1 day"\nafter_end = "1 day"'),
    (DOCUMENTS, 'rhythm = "once"'),
    (REPORT, 'rhythm = "event"\nafter_event = "5 working days"'),
    (REPORT, 'rhythm = "event"\nafter = "inspection"'),
    (REPORT, REPORT + '\nbefore_event = "1 day"'),
    (REPORT, REPORT + '\nbefore_end = "1 day"'),
    ('proof_en = "the notice"\n', ""),
    (SURVEY, SURVEY + "\neach = 1"),
    (SURVEY, SURVEY + '\nkinds = ["fault"]'),
    (SURVEY, SURVEY.replace('"satisfaction"', '"kept"')),
    (SURVEY, SURVEY.replace("20", "1001")),
    (RESOLUTION, 'measure = "resolved"\neach = 1'),
    (RESOLUTION, 'measure = "resolved"\nat_least = 95'),
    (RESOLUTION, RESOLUTION + '\nclocks = ["fix"]'),
    (RESOLUTION, RESOLUTION.replace("95", "101")),
    ('clocks = ["respond", "arrive", "fix"]\neach = 1', 'clocks = ["respond", "arrive", "fix"]'),
    ('clocks = ["respond", "arrive", "fix"]\neach = 1', 'clocks = ["fix"]\neach = 1\nat_least = 5'),
    (RESOLUTION, RESOLUTION.replace("each = 1", "each = -1")),
    ("passes = 85", "passes = 101"),
    ('record = "praise"\neach = 1', 'record = "praise"\neach = -1'),
    ("target = 98", "target = 1001"),
    ("target = 10\n", "target = -1\n"),
    ("oblige = 15", "oblige = 101"),
]
OTHERS = [
    ("contract", SUCCESSOR.replace('warn_at = 60\nyear = "contract"', "warn_at = 60"), "valid_from = 2027-03-01\n", ""),
    ("people", PEOPLE, 'department = "icu"\n', ""),
    ("people", PEOPLE, '["department_head"]', '["department_head", "engineer"]'),
    ("people", PEOPLE, 'side = "hospital"', 'side = "provider"'),
    ("rota", LADDER, '["a", "b"]', '["a", "a"]'),
    ("rota", LADDER, "since = 2026-01-05", "since = 2026-01-05\ndays = 0"),
    ("rota", LADDER, '[{ who = "first" }, { who = "second", after = "3 min" }]', "[]"),
]


@pytest.mark.parametrize(
    ("sort", "good", "old", "new"), [*(("contract", SUCCESSOR, *case) for case in CONTRACT), *OTHERS]
)
def test_what_does_not_go_together_is_refused_by_both(sort: str, good: str, old: str, new: str) -> None:
    assert good.count(old) == 1
    assert schema_takes(sort, tomllib.loads(good))
    wrong = tomllib.loads(good.replace(old, new))
    assert reasons(sort, wrong)
    assert not schema_takes(sort, wrong)
