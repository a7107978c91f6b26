"""Who takes part: the sample's people with addresses in the messenger, a ward full of clinicians, and what they do."""

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from storage.files import packaged_files
from tests.support.botapi_world import Account, Json, World

GROUP = -1_001_234_567_890
FIRST_ID, FIRST_CLINICIAN, CLINICIANS = 901, 601, 12
FAULTS = (
    "急诊HIS挂号窗口死机了",
    "ICU电子病历打不开，病人等着用药",
    "门诊收费系统很慢",
    "住院医生站打印不了处方",
    "检验系统报告传不过来",
    "PACS影像调不出来",
    "全院HIS都进不去，病人都在等",
)
MORE = ("还是不行", "又出现了，麻烦快点", "补充：旁边那台也不行")
CLINICIAN = """
[[person]]
id = "clinician-{number}"
name = "示例·护士{number}"
side = "hospital"
roles = ["clinician"]
department = "{department}"
staff_number = "3{number:04}"
addresses = ["telegram:{id}"]
"""


@dataclass
class Crowd:
    """What people did: the key under which each message has to be kept, and the words of each report."""

    world: World
    chance: random.Random
    staff: dict[str, Account]
    clinicians: list[Account]
    keys: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    pressed: set[tuple[int, int, str]] = field(default_factory=set)

    def act(self) -> None:
        """One of them does something."""
        what = self.chance.random()
        if what < 0.3:
            self.report()
        elif what < 0.45:
            self._write(self.chance.choice(self.clinicians), f"{self.chance.choice(MORE)}（第{len(self.keys)}条）")
        elif not self.press():
            self.report()

    def report(self) -> None:
        """A clinician reports a fault, in words that nobody else used."""
        text = f"{self.chance.choice(FAULTS)}，终端T{len(self.keys):04d}"
        self.reports.append(text)
        self._write(self.chance.choice(self.clinicians), text)

    def press(self) -> bool:
        """Somebody of the staff presses a button that nobody pressed yet; False when there is none."""
        for account in self.chance.sample(list(self.staff.values()), len(self.staff)):
            shown = self.world.shown(account.id)[-8:]
            choices = [(m, action) for m in shown for action in actions(m) if self._key(m, action) not in self.pressed]
            if choices:
                message, action = self.chance.choice(choices)
                self.pressed.add(self._key(message, action))
                self.keys.append(f"c{self.world.presses(account, message, action)}")
                return True
        return False

    def _write(self, person: Account, text: str) -> None:
        message = self.world.writes(person, text)["message"]
        self.keys.append(f"m{person.id}:{message['message_id']}")

    def _key(self, message: Json, action: str) -> tuple[int, int, str]:
        return message["chat"]["id"], message["message_id"], action


def actions(message: Json) -> list[str]:
    """The actions of the buttons under a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row]


def furnish(folder: Path, second: str = "") -> dict[str, int]:
    """Write the configuration: the sample, everybody in the messenger; `second` names who has a second address there.
    Returns the ids of the accounts by the ids of the people."""
    ids: dict[str, int] = {}

    def address(found: re.Match[str]) -> str:
        name = found[1]
        ids[name] = FIRST_ID + len(ids)
        more = f', "telegram:{ids[name] + 1000}"' if name == second else ""
        return f'addresses = ["telegram:{ids[name]}"{more}]'

    files = dict(packaged_files())
    people = re.sub(r'^addresses = \["webchat:([\w-]+)"\]$', address, files["people.toml"], flags=re.MULTILINE)
    for number in range(CLINICIANS):
        department = ("emergency", "icu", "human-resources")[number % 3]
        people += CLINICIAN.format(number=number, id=FIRST_CLINICIAN + number, department=department)
    files["people.toml"] = people
    files["rota.toml"] = re.sub(
        r"^# group = .*$", f'group = ["telegram:{GROUP}"]', files["rota.toml"], flags=re.MULTILINE
    )
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return ids


def gather(world: World, ids: dict[str, int], chance: random.Random) -> Crowd:
    """Everybody's accounts."""
    world.group(GROUP, "值班群")
    staff = {name: world.person(id, name) for name, id in ids.items()}
    clinicians = [world.person(FIRST_CLINICIAN + n, f"护士{n}") for n in range(CLINICIANS)]
    return Crowd(world, chance, staff, clinicians)
