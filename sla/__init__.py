"""What the contracts say. Pure: standard library only; no I/O, no clock, no asyncio, no logging.

errors      SlaError, the root of all our errors, and its first branches
labels      the words a ticket is labelled with: kinds, priorities, scopes, severities, intents, roles
message     Inbound and Notice: the two envelopes between channels and handlers
contract    Contract, Clause, ClockRule; contract_reader reads and checks them from TOML text (clock_reader its clocks
            and pauses, windows_reader its service windows and seasons)
calendar    working days, holidays, make-up days, service windows; an unknown year is an answer (lunar: its festivals)
schedule    the engine of service time: windows laid out in true time, summed and searched; workdays: that of whole days
worktime    counting time: elapsed, working hours, working days, calendar days; legal_days: periods of the Civil Code
weekplan    a week of windows with holidays, exceptions and pauses, for calendars outside our contracts
ticket      Ticket, its states and events; the transitions as one table
fold        events folded into a ticket · amend: facts put right after the event, and how they count then
clock       which clocks a ticket runs, from its facts: start, stop, due, state; running: one clock; rounds: what each
            round knows; pauses: time that a contract lets clocks stand still; due: the clocks that an event starts;
            straight: the short way of a ticket without turns
catalogue   systems and departments with the names by which people call them; aliases: whether those can be told apart;
            folding: text as it is compared
priority    (kind, system, scope, severity, words) -> priority, with the rule that fired
people      who is who, and where each can be reached · reachable: which address first, what quiet hours hold back
rota        who is on call when; rota_reader reads it from TOML
escalation  the ladder of pages
paging      why and since when somebody is paged for a ticket
watch       what is due now and when to look again
explain     how each deadline came about: what bore on a clock, and why others do not run
ledger      breach entries chained by hash; corrections and waivers; whether the chain is whole
quota       how much downtime and impact a contract allows · account: what outages used of it and what each breaks;
            quota_ledger: what of that belongs in the ledger
duty        what has to be done in its rhythm (duty_reader reads it) · rhythm: when each time of it is due
terms       the yearly score, indicators, rework: what a contract assesses beside its clocks
incident    which reports are alike, how large and how grave an incident is · maintenance: what was announced
records     facts about a contract that belong to no ticket
figures     folds facts into rates and times; figures_sums: what is counted, in sums that can be merged
score       a contract's yearly score · indicators: what is assessed by quarter · surveys: what the forms say
assess      a contract's period, whole · facts: what was exported, read back; json_words: why it cannot be
rules       Rules: the whole configuration as one frozen value; succession: the versions of one contract
toml        typed reading of TOML with errors that name file, key and line (toml_lines finds the line, toml_faults says
            what is no TOML) · worded: a sentence that can be said in another language
grammar     what a file may hold, learnt from the code that reads it; schema writes it as JSON Schema (schema_rules:
            what hangs together), schema_page as a page to read; schemas/ says what each key means
contracts/  the five contracts · holidays/ the years that are known · samples/ people, rota, catalogue
"""
