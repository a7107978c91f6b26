"""Whatever people say and press, in whatever order: everybody is answered, nothing fails, every message is kept."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.message import Attachment
from sla.ticket import OPEN
from tests.support.house import House, open_house

PEOPLE = ("nurse", "icu-nurse", "head-emergency", "manager", "engineer1", "engineer2", "lead", "admin", "stranger")
WORDS = (
    "急诊科HIS打不开，全科都开不了医嘱", "PACS看不了片子", "系统打不开了", "HIS打不开",
    "请在HIS里新增一个统计报表", "全院网络瘫痪了", "怎么样了", "快点啊，没人来", "好了谢谢", "还是不行",
    "我们也是", "谢谢", "PACS", "是全院", "不是HIS，是PACS", "不急", "W1", "W2 还是慢", "接单", "接单 W1",
    "到场", "远程不行", "资深到场 W1", "原因 W1 锁表", "方案 W1 换硬盘，10月3日18:00前", "方案 W2",
    "10月3日18:00", "修好了", "修好了 W1 原因：a 方法：b 结果：c", "转给 engineer1", "转给 engineer2 W1",
    "同意", "同意 W1", "不同意：太晚", "不同意 W1", "太晚", "评估通过 W1", "已上线 W1", "已交付", "验收 W1",
    "撤销 W1", "撤销", "无需到场 W1", "说明 W1 好", "值班", "工单", "帮助", "绑定 10001 1", "绑定",
    "绑定码 10001", "审批人 W1 示例·韩主任", "1", "2", "？", "", "😭😭", "W1 优先级低",
    "HIS is down in the emergency department", "any news",
)  # fmt: skip  # one glance instead of a column
ACTIONS = (
    "ack:1", "arrive:1", "remote_failed:1", "resolve:1", "confirm:1", "still_broken:1", "rate:1:100",
    "rate:1:x", "approve:1:1:department", "approve:1:1:management", "refuse:1:1:management", "system:1:his",
    "system:1:nothing", "new", "pick:1", "pick:2", "agree_change:1:1", "agree_change:1:99", "ack:2",
    "confirm:2", "plan:1", "caption", "report", "handover:1:engineer1", "nobody", "cancel:1", "words:1",
    "zzz:1", "plan_deadline:1", "show:0", "ack:999999999", "bind", "query:1", "accept:1", "note:1", "me_too:1",
    "chat", "urge:1", "approver:1",
)  # fmt: skip  # one glance instead of a column
FILE = (Attachment("a.png", "image/png", 10, ref="f1"),)

said = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(WORDS), st.just(""), st.booleans())
pressed = st.tuples(st.sampled_from(PEOPLE), st.just(""), st.sampled_from(ACTIONS), st.just(False))
turns = st.lists(st.tuples(said | said | pressed, st.sampled_from((0, 0, 1, 6, 20, 300))), max_size=25)


@given(turns)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_everybody_is_answered_whatever_they_say(turns: list[tuple[tuple[str, str, str, bool], int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder)) as house:
        for (who, words, action, file), minutes in turns:
            play(house, who, words, action, file)
            house.forward(minutes=minutes)
        assert all(house.ticket(number).is_open == (house.ticket(number).state in OPEN) for number in numbers(house))
        assert not house.run(lambda uow: uow.inbox.unhandled(10))
        house.forget()


def play(house: House, who: str, words: str, action: str, file: bool) -> None:
    before = len(house.all)
    house.says(who, words, action=action, attachments=FILE if file else ())
    heard = [heard for heard in house.all[before:] if heard.notice.addresses[0].address == who]
    assert heard, f"{who} said {words or action} and was not answered"
    assert all(heard.notice.text for heard in heard)


def numbers(house: House) -> range:
    return range(1, house.count() + 1)
