"""Leases with fences, and nudges between processes."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from storage.replicas import DatabaseLease, LocalNudge, RedisNudge
from storage.writer import Store
from tests.storage.made import NOW, after

MINUTE = timedelta(minutes=1)
MOVES = ("acquire", "renew", "release")


async def test_one_owner_at_a_time_each_under_a_higher_fence(store: Store) -> None:
    lease = DatabaseLease(store.writer)
    assert await lease.acquire("poll", "a", NOW, MINUTE) == 1
    assert await lease.acquire("poll", "b", after(seconds=59), MINUTE) is None
    assert await lease.acquire("other", "b", NOW, MINUTE) == 1
    assert await lease.renew("poll", "a", 1, after(seconds=59), MINUTE)
    assert await lease.acquire("poll", "b", after(seconds=61), MINUTE) is None
    assert await lease.acquire("poll", "b", after(seconds=120), MINUTE) == 2
    assert not await lease.renew("poll", "a", 1, after(seconds=121), MINUTE)
    await lease.release("poll", "a", 1)
    assert await lease.acquire("poll", "a", after(seconds=121), MINUTE) is None
    await lease.release("poll", "b", 2)
    assert await lease.acquire("poll", "a", after(seconds=122), MINUTE) == 3


async def test_a_lease_that_ran_out_cannot_be_renewed(store: Store) -> None:
    lease = DatabaseLease(store.writer)
    fence = await lease.acquire("poll", "a", NOW, MINUTE)
    assert fence == 1
    assert not await lease.renew("poll", "a", fence, after(minutes=1), MINUTE)


async def test_of_many_at_once_one_gets_it(store: Store) -> None:
    lease = DatabaseLease(store.writer)
    fences = await asyncio.gather(*(lease.acquire("run", str(n), NOW, MINUTE) for n in range(30)))
    assert [fence for fence in fences if fence is not None] == [1]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(MOVES), st.integers(0, 90))))
def test_never_two_owners_and_never_the_same_fence(store: Store, moves: list[tuple[str, str, int]]) -> None:
    async def play() -> None:
        lease, now, name = DatabaseLease(store.writer), NOW, uuid4().hex
        holder, until, fences, highest = "", now, {"a": 0, "b": 0}, 0
        for owner, move, seconds in moves:
            now += timedelta(seconds=seconds)
            held = holder == owner and now < until
            if move == "acquire":
                fence = await lease.acquire(name, owner, now, MINUTE)
                assert (fence is not None) == (held or now >= until)
                if fence is not None:
                    assert fence > highest
                    holder, until, highest, fences[owner] = owner, now + MINUTE, fence, fence
            elif move == "renew":
                assert await lease.renew(name, owner, fences[owner], now, MINUTE) == held
                until = now + MINUTE if held else until
            else:
                await lease.release(name, owner, fences[owner])
                holder, until = ("", now) if holder == owner else (holder, until)

    asyncio.run(play())


async def test_a_nudge_is_kept_for_the_next_wait() -> None:
    nudge = LocalNudge()
    await nudge.wake("deliver")
    await nudge.wake("deliver")
    assert await nudge.wait("deliver", 0.01)
    assert not await nudge.wait("deliver", 0.01)
    assert not await nudge.wait("watch", 0.01)


async def test_a_nudge_over_redis_wakes_other_processes_and_this_one(redis_socket: str) -> None:
    here, there = Redis(unix_socket_path=redis_socket), Redis(unix_socket_path=redis_socket)
    ours, theirs = RedisNudge(here), RedisNudge(there)
    async with theirs.listening():
        await ours.wake("deliver")
        assert await ours.wait("deliver", 5)
        assert await theirs.wait("deliver", 5)
        assert not await theirs.wait("watch", 0.01)
    await here.aclose()
    await there.aclose()
