"""The process: the only async code.

__main__   the command line; commands/ holds one file a command
app        the one place where things are wired; the only caller of the clock
settings   environment and file -> frozen Settings
loops      deliver_forever(), watch_forever()
web/       aiohttp: web chat, webhooks, health, metrics
channels/  base (the Channel protocol, capabilities as data), webchat, telegram
"""
