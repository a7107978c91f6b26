# For vulture: names that look unused and are not, each with the reason. Neither run nor imported.
check  # import-linter calls it: tests/house/imports.py
render_broken_contract  # import-linter calls it: tests/house/imports.py
type_name  # import-linter reads it: tests/house/imports.py
verbose  # import-linter hands it over: tests/house/imports.py
binary_location  # selenium reads it: tests/bot/test_browser.py
pytestmark  # pytest reads it
status_code  # aiohttp reads it from an error's class: bot/web/guard.py
_pragmas  # SQLAlchemy calls it: bench/baseline.py
connection_made  # asyncio calls it: bench/load.py
data_received  # asyncio calls it: bench/load.py
connection_lost  # asyncio calls it: bench/load.py
make_request  # aiogram calls it: bot/channels/telegram_api.py
edit  # what a channel can do is declared whole: bot/channels/base.py
button_limit  # what a channel can do is declared whole: bot/channels/base.py
proactive  # what a channel can do is declared whole: bot/channels/base.py
GREEN  # a value that a choice may have: tests/sla/test_toml.py
nonblocking  # libpq reads it: storage/quick.py
__call__  # how a protocol says that it is a function: bot/simulate/world.py
_idle_tag  # imap-tools reads it when IDLE ends: bot/channels/mailbox/imap.py
handle_RCPT  # aiosmtpd calls it: tests/support/postoffice.py
handle_DATA  # aiosmtpd calls it: tests/support/postoffice.py
_get_mailbox_client  # imap-tools calls it: bot/channels/mailbox/imap.py
auth_XOAUTH2  # aiosmtpd calls it: tests/support/postoffice.py
mechanism  # aiosmtpd hands it over: tests/support/postoffice.py
handle_starttag  # html.parser calls it: tests/bot/test_pages.py
handle_endtag  # html.parser calls it: tests/bot/test_pages.py
