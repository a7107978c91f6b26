"""A server compiles its patterns before it listens: the first message waits for none."""

import subprocess
import sys

SCRIPT = """
import sys
from datetime import datetime
from handlers.intake.redact import redact
from handlers.intake.warm import warm
from handlers.intake.meaning import understand
from tests.intake.test_scores import lexicon

compiled = []
known = lexicon()
if "warm" in sys.argv:
    warm(known)
sys.setprofile(lambda frame, event, _: event == "call" and frame.f_code.co_filename.endswith("re/_compiler.py")
               and frame.f_code.co_name == "compile" and compiled.append(frame))
text = "急诊HIS打不开了，昨天下午3点开始的，患者张三 13812345678"
understand(text, datetime.fromisoformat("2026-11-12T10:15:00+08:00"), known)
redact(text)
sys.setprofile(None)
print(len(compiled))
"""


def compiled(*how: str) -> int:
    done = subprocess.run([sys.executable, "-c", SCRIPT, *how], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_the_first_message_compiles_nothing_once_it_is_warm() -> None:
    assert compiled("warm") == 0
    assert compiled() > 50
