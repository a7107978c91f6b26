"""The pages behind the links of a mail: they ask before they act, act once, and for nobody who made a link up."""

from datetime import timedelta

from aiohttp import ClientSession

from sla.message import Button
from tests.channels.mail_rig import PERSON, MailRig, confirm, links_of
from tests.channels.rig import BUTTONS, notice


async def link_of(rig: MailRig) -> str:
    """The first link of a page that the person was sent."""
    await rig.channel.send(notice(rig, "W12 呼叫：呼吸机", BUTTONS))
    return links_of(rig.sent()[-1])[0]


async def fetched(method: str, link: str, **headers: str) -> tuple[int, str]:
    async with ClientSession() as session, session.request(method, link, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_opening_a_link_does_nothing(rig: MailRig) -> None:
    link = await link_of(rig)
    for method in ("GET", "HEAD", "GET"):
        assert (await fetched(method, link))[0] == 200
    _, page = await fetched("GET", link)
    assert "您将要：接单（工单 W12）" in page
    assert rig.keeper.inbounds() == []


async def test_confirming_does_it_once(rig: MailRig) -> None:
    link = await link_of(rig)
    assert "已收到“接单”" in await confirm(link)
    (found,) = rig.keeper.inbounds()
    assert (found.action, found.sender, found.conversation, found.proven) == ("ack:12", PERSON, PERSON, True)
    for method in ("GET", "POST"):
        status, page = await fetched(method, link)
        assert (status, "已经用过" in page) == (410, True)
    assert len(rig.keeper.inbounds()) == 1


async def test_another_button_is_another_link(rig: MailRig) -> None:
    await rig.channel.send(notice(rig, "W12 呼叫：呼吸机", BUTTONS))
    for link in links_of(rig.sent()[-1]):
        await confirm(link)
    assert [found.action for found in rig.keeper.inbounds()] == ["ack:12", "handover:12"]


async def test_what_was_made_up_altered_or_is_over_does_nothing(rig: MailRig) -> None:
    link = await link_of(rig)
    base, _, mac = link.rpartition(".")
    made_up = [
        f"{base}x.{mac}",
        f"{base}.{mac[:-1]}",
        f"{base}.{'0' * 32}",
        f"{rig.url}/act/x",
        f"{rig.url}/act/%FF.%FF",
    ]
    for wrong in made_up:
        assert (await fetched("POST", wrong))[0] == 404
    rig.keeper.now += timedelta(days=7)
    assert (await fetched("POST", link))[0] == 404
    assert rig.keeper.inbounds() == []
    assert rig.keeper.refusals == [("mail", "link")] * (len(made_up) + 1)


async def test_another_site_cannot_press_the_button(rig: MailRig) -> None:
    link = await link_of(rig)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://attacker.example"}):
        assert (await fetched("POST", link, **headers))[0] == 403
    assert rig.keeper.inbounds() == []


async def test_a_link_whose_use_could_not_be_kept_is_still_good(rig: MailRig) -> None:
    link = await link_of(rig)
    rig.keeper.refuses()
    assert (await fetched("POST", link))[0] == 500  # the process answers 503 and asks to come again
    rig.keeper.keeps()
    assert "已收到" in await confirm(link)
    assert [found.action for found in rig.keeper.inbounds()] == ["ack:12"]


async def test_the_page_shows_no_markup_of_a_label(rig: MailRig) -> None:
    odd = ((Button("<script>alert(1)</script>", "note:12"),),)
    await rig.channel.send(notice(rig, "W12", odd))
    _, page = await fetched("GET", links_of(rig.sent()[-1])[0])
    assert "<script" not in page
    assert "&lt;script&gt;" in page
