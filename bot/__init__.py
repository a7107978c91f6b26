"""The process: the only async code.

__main__   the command line; commands/ holds one file a command
app        the one place where things are wired; the only caller of the clock
settings   environment and file -> frozen Settings; tables/: those of the channels
clock      waiting for an instant or a nudge; loops: a turn taken again and again, fenced
intake     a message comes in; delivery: notices go out; watch: time passes
reload     the configuration folder; heartbeat; alarm: who is told when the bot itself is in trouble
purge      what is kept for a while only
gather     what figures are made of, out of the database or out of exported lines
jsonl      lines of other programs' JSON; labelled: messages and times with what is right
metrics    what is counted, seen: what the database shows; logs
ways       which channels are set up; connect: started, and started again; neighbours: other processes, over Redis
web/       aiohttp: web chat, log-in, health, metrics
channels/  base (the Channel protocol, capabilities as data), webchat, telegram, weixin/ (wecom, its robot, wechat)
           leased: what one process at a time does; once: calls that sign one message; turns: how much is sent to whom
"""
