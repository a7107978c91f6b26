"""What to do about it: plain functions, one unit of work each, no network and no clock of their own.

receive      front door: deduplicate, identify, understand, route
intake/      text -> meaning, pure: names, times, labels, redaction
people       sender -> person, role, permissions
report       opens or joins a ticket
work         acknowledge, arrive, resolve, confirm, reopen, hand over
plan         submit, approve, refuse the written plan
ask          status, who is on call, help
time_passes  remind, escalate, page, breach
wording/     every sentence that is sent, in Chinese and English
"""
