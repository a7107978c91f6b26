"""The tables of wardline.toml that set channels up, one module each: a frozen value, and the function that reads it.

Secrets come by name from the environment (`bot.settings.secret`), never from the table; `repr` hides them.
"""
