"""Speed, measured as ratios: each figure stands beside a baseline of the same run.

disk      how long fdatasync takes here; it bounds every figure below
load      an HTTP load generator: closed loop (N connections) and open loop (N requests a second)
baseline  the same job the usual way: aiohttp, async SQLAlchemy ORM, one commit a message, no reading of the text
servers   starts Wardline and the baseline, each in a process of its own, on SQLite or PostgreSQL
reports   tickets a second from request to committed ticket with its notices
callbacks how soon an encrypted callback of WeCom is answered, 200 of them a second
clocks    100,000 open clocks: lag when they fall due, a burst of 2,000, a restart among them
worktime  counting service time, beside pandas, businesstimedelta, a day walk and a bare bisect
times     the instant that a message names, beside dateparser, and in texts of 20,000 characters

`python -m bench` runs all of it; `python -m bench reports --seconds 5` one part.
"""
