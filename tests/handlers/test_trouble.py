"""What providers say, in the words of people; what nobody foresaw is told as it was said."""

import re

import pytest

from handlers.trouble import in_words, told

REASONS = {
    "errcode 40003: invalid openid": "没有这个账号",
    "errcode 45047: out of response count limit": "太久没有来信",
    "errcode 60020: not allow to access from your ip, from ip: 1.2.3.4": "可信 IP",
    "errcode 853000: invalid bot_id or secret": "密钥",
    "errcode 45009: api freq out of limit": "用完",
    "errcode -1: system error": "服务器出错",
    "HTTP 401: Unauthorized": "令牌",
    "HTTP 403: Forbidden: bot was blocked by the user": "停用或没有关注",
    "HTTP 400: Bad Request: chat not found": "没有这个账号",
    "HTTP 409: Conflict: terminated by other getUpdates request": "另有程序",
    "HTTP 502": "服务器出错",
    "no connection since 2026-10-01T14:00:00+00:00: the platform closed it": "连接已断开：对方服务器出错",
    "lost again and again since 2026-10-01T14:00:00+00:00: WSServerHandshakeError": "连接反复中断",
    "the platform cannot be reached": "连不上",
    "ServerDisconnectedError": "连不上",
    "it: imap.example: [Errno 111] Connection refused": "连不上",
    "it: the log-in of it@hospital.example is refused: [AUTHENTICATIONFAILED]": "密码",
    "mail came back (delivery-status: failed)": "退回",
    "the server does not take this address: 550": "没有这个账号",
    "no answer in time": "没有回应",
    "messages cannot be kept": "数据库",
    "the channel telegram is off": "没有启用",
}


@pytest.mark.parametrize(("reason", "words"), REASONS.items())
def test_frequent_reasons_have_words_in_both_languages(reason: str, words: str) -> None:
    assert words in in_words(reason, "zh")
    assert not re.search(r"[A-Za-z]{3}", in_words(reason, "zh"))
    assert re.fullmatch(r"[A-Za-z ,:']+", in_words(reason, "en"))
    assert told(reason, "zh") == f"{in_words(reason, 'zh')}：{reason}"  # an administrator may need the provider's own


def test_what_nobody_foresaw_is_told_as_it_was_said() -> None:
    assert (in_words("errcode 99999: odd", "zh"), told("errcode 99999: odd", "zh")) == ("", "errcode 99999: odd")
