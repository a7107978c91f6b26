"""What to do about it: plain functions, one unit of work each, no network and no clock of their own.

receive      front door: deduplicate, identify, understand, route
intake/      text -> meaning, pure: names, times, labels, redaction
people       sender -> person, role, permissions
report       opens or joins a ticket · album: several pictures · recurrence: a fault that came back
gathering    several messages that are one report · gathered: what their words come to · recalled: what was said before
edited       a message that was changed afterwards · borrowed: somebody else's words, forwarded or pointed at
question     which system is meant, asked once, and its answer
work         acknowledge, arrive, resolve, confirm, reopen, hand over
outcome      the reporter afterwards: hurry, it works, it does not, we too, the rating · remark: what is said beside it
plan         submit, approve, refuse the written plan
pause        time that a contract lets clocks stand still (pause_words: who hears of it)
ask          status, who is on call, help
correct      what words put right of what was understood (wished: which priority) · reclassify: labels put on a ticket,
             or proposed · noted: words that change nothing
corrections  what people put right of what was read, as examples and rule by rule; intake_words: that, and scores,
             in words
amend        facts put right after the event; proposals: what somebody asks for and a manager decides
outage       downtime and department-level impact, confirmed or proposed (outage_asked: when it is mended);
             outage_account: the year's account
quota        outages judged anew against the quotas, warned of, looked at while they go on (quota_words: in words)
waive        a breach forgiven by the hospital · ledger_words: the ledger in sentences
explain      how each deadline came about (explain_words: days and reasons; explain_values: as JSON)
commands     command words and buttons as one Order
which        which ticket is meant
talk         one message while it is handled: who wrote it, what is said back, what is recorded
reading      what a message means under these rules
describe     a ticket in words
incident     tickets joined and taken out; what becomes of a ticket becomes of those joined to it · storm: joined by
             themselves · heir: the next ticket leads · me_too · known: a fault that is being mended is told at once
maintenance  announced by chat, told to whoever reports meanwhile (maintenance_book: as it stands on record)
record       everything of a ticket, for export (record_words: its events' data in words)
assessed     forms, praise, complaints and trainings, written down by chat · about: which service praise or a
             complaint is about
figures      a period's figures as JSON, figures_page to read · scoresheet: a year's score, both ways
reach        the people on a rung, a person's addresses in the order in which they are tried, what quiet hours hold back
back_again   who writes from an address that refused is told so, once
trouble      what a provider's reasons mean, in words
my_channels  one's own addresses and quiet hours, shown and changed · test_page: a real page to see whether it arrives
             (test_watch: how it went, over time)
alerts       the words of pages, reminders and breaches
reminders    taken back where their clock stopped before they could be sent
settled      buttons that nobody needs any more are replaced by words, wherever they were sent (decided: whether what
             one asks for is)
time_passes  remind, escalate, page, breach
succession   contracts begin and end: who goes over to the next version, an end that is told ahead
foresight    a year without a notice; what a changed calendar moves
duties       what is due, and that it was done (duty_judged: the other side's word) · staff_change: somebody leaves
duty_watch   reminders of duties and what was missed, over time · duty_book: how they stand, duty_words: in words
rota_gaps    a gap of the rota, told before the night
wording/     every sentence that is sent, in Chinese and English (worded: mistakes in files and commands, likewise)
"""
