"""Everything compiled before it is needed: the first message of a process would wait a quarter of a second for it."""

from handlers.intake.lazy import Lazy
from handlers.intake.lexicon import Lexicon
from handlers.intake.sounds import sounds


def warm(lexicon: Lexicon) -> None:
    """Compile all patterns by which messages are read and redacted, and read the table of sounds. Done again, it costs
    nothing."""
    Lazy.compile_all()
    for words in lexicon.words.values():
        words.compile()
    sounds("")
