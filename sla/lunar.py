"""The festivals that follow the moon and the sun: which day they are in the years to come.

The dates follow GB/T 33661-2017 (new moons and solar terms at 120° east): computed with the ephemeris of PyEphem 4.2
and found equal to the tables of lunardate 0.3 and lunar_python 1.4 for every year below. The two tightest are the new
moons of 2027-02-06 (23:56) and 2030-02-03 (00:07).
"""

from datetime import date

FESTIVALS = ("春节", "清明", "端午", "中秋")
"""The columns of the table: 正月初一, the solar term 清明, 五月初五, 八月十五."""

# fmt: off  # one row a year, month and day
_DAYS: dict[int, str] = {
    2020: "0125 0404 0625 1001",
    2021: "0212 0404 0614 0921",
    2022: "0201 0405 0603 0910",
    2023: "0122 0405 0622 0929",
    2024: "0210 0404 0610 0917",
    2025: "0129 0404 0531 1006",
    2026: "0217 0405 0619 0925",
    2027: "0206 0405 0609 0915",
    2028: "0126 0404 0528 1003",
    2029: "0213 0404 0616 0922",
    2030: "0203 0405 0605 0912",
    2031: "0123 0405 0624 1001",
    2032: "0211 0404 0612 0919",
    2033: "0131 0404 0601 0908",
    2034: "0219 0405 0620 0927",
    2035: "0208 0405 0610 0916",
    2036: "0128 0404 0530 1004",
    2037: "0215 0404 0618 0924",
    2038: "0204 0405 0607 0913",
    2039: "0124 0405 0527 1002",
    2040: "0212 0404 0614 0920",
    2041: "0201 0404 0603 0910",
    2042: "0122 0404 0622 0928",
    2043: "0210 0405 0611 0917",
    2044: "0130 0404 0531 1005",
    2045: "0217 0404 0619 0925",
    2046: "0206 0404 0608 0915",
    2047: "0126 0405 0529 1004",
    2048: "0214 0404 0615 0922",
    2049: "0202 0404 0604 0911",
    2050: "0123 0404 0623 0930",
    2051: "0211 0405 0613 0919",
    2052: "0201 0404 0601 0907",
    2053: "0219 0404 0620 0926",
    2054: "0208 0404 0610 0916",
    2055: "0128 0405 0530 1005",
    2056: "0215 0404 0617 0924",
    2057: "0204 0404 0606 0913",
    2058: "0124 0404 0625 1002",
    2059: "0212 0405 0614 0921",
    2060: "0202 0404 0603 0909",
}
# fmt: on


def festivals(year: int) -> dict[str, date]:
    """The day of each of the four in a year; empty for a year outside the table (2020-2060)."""
    days = _DAYS.get(year, "").split()
    return {name: date(year, int(day[:2]), int(day[2:])) for name, day in zip(FESTIVALS, days, strict=False)}
