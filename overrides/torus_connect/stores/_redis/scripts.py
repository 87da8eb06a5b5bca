"""The names and the Lua scripts of the Redis store. Each script is one atomic step of the server.

Three keys for each user, named by a digest, with a hash tag so that a cluster keeps them together:

- `...:login`: who may log the user in. `owner` is random and tells one holder from the next, `until` is when his right
  runs out, `fence` is his number, and `begun` says that an exchange began of whose end nothing is known. It has no
  expiry of Redis while it matters, so a `volatile-*` policy does not evict it, and the note outlives its writer.
- `...:session`: the fence of the login that the session comes from, a blank, and the session, sealed. It expires.
- `...:trial`: what a script tries first, and removes; see `_TRIAL`.

The clock is the server's, so those of the workers need not agree. A fence is that clock in microseconds, or one more
than the last: it grows even where the last one was evicted, or lost in a restart.

Redis does not undo what a script did before a command in it failed. So each script reads first, which fails where a key
holds something else, then tries what it may not be allowed to do, or has no room for, and only then writes.

All scripts may be run again by the same owner with the same result: a call whose connection broke is tried once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from torus_connect.stores._protocol import SessionKey

RELEASED_MS = 24 * 60 * 60 * 1000
"""How long it is remembered who held a right last, so that a holder who stalled meanwhile learns that he lost it."""

_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function number(of) return string.format('%.0f', of) end
"""

_KEPT = """
local kept = string.match(redis.call('GET', KEYS[2]) or '', '^%d+')
"""
"""The fence of the kept session, or nil."""

_TRIAL = """
redis.call('SET', KEYS[3], '', 'PX', 1)
redis.call('DEL', KEYS[3])
redis.call('PERSIST', KEYS[3])
redis.call('PEXPIRE', KEYS[3], 1)
redis.call('HDEL', KEYS[3], 'trial')
redis.call('HSET', KEYS[3], 'trial', '')
redis.call('HDEL', KEYS[3], 'trial')
"""
"""Every command that writes, on a key of its own: what this user may not do fails here, and leaves nothing.

First the one that needs memory: after one that does not, Redis would not refuse it.
"""

TRY = (
    _KEPT
    + _TRIAL
    + """
return 1
"""
)
"""Nothing -> 1: a session could be kept."""

ACQUIRE = (
    _NOW
    + _KEPT
    + """
local owner, till, last, begun = unpack(redis.call('HMGET', KEYS[1], 'owner', 'until', 'fence', 'begun'))
if owner ~= ARGV[1] and till and tonumber(till) > now then return false end
"""
    + _TRIAL
    + """
local fence = last
if owner ~= ARGV[1] then
  fence = number(math.max(time[1] * 1000000 + time[2], (last or 0) + 1, (kept or 0) + 1))
end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'until', number(now + ARGV[2]), 'fence', fence)
redis.call('PERSIST', KEYS[1])
return {fence, begun and 1 or 0, kept or ''}
"""
)
"""owner, milliseconds -> fence, whether an exchange is unfinished, the fence of the kept session; nothing if held."""

RENEW = (
    _NOW
    + _KEPT
    + """
local owner, till = unpack(redis.call('HMGET', KEYS[1], 'owner', 'until'))
local fields = {'until', number(now + ARGV[2])}
if not owner then
  if kept and kept ~= ARGV[3] and kept ~= ARGV[4] then return 0 end
  fields = {'owner', ARGV[1], 'until', fields[2], 'fence', ARGV[3]}
  if ARGV[5] == '1' then fields[7], fields[8] = 'begun', '1' end
elseif owner ~= ARGV[1] or not till then
  return 0
end
redis.call('HSET', KEYS[1], unpack(fields))
return 1
"""
)
"""owner, milliseconds, fence, fence seen, whether an exchange is under way -> 1, or 0 where the right is lost.

A record that was evicted, or lost in a restart, is written anew while nobody else has taken the right.
"""

BEGIN = (
    _NOW
    + _KEPT
    + """
local owner, till = unpack(redis.call('HMGET', KEYS[1], 'owner', 'until'))
if owner ~= ARGV[1] or not till or tonumber(till) <= now then return 0 end
"""
    + _TRIAL
    + """
redis.call('HSET', KEYS[1], 'until', number(now + ARGV[2]), 'begun', '1')
return 1
"""
)
"""owner, milliseconds -> 1, or 0 where the right is lost or has run out."""

SAVE = (
    _KEPT
    + """
local owner = redis.call('HMGET', KEYS[1], 'owner')[1]
if owner and owner ~= ARGV[1] then return 0 end
if kept and kept ~= ARGV[2] and kept ~= ARGV[3] then return 0 end
"""
    + _TRIAL
    + """
redis.call('SET', KEYS[2], ARGV[2] .. ' ' .. ARGV[4], 'PX', ARGV[5])
redis.call('HDEL', KEYS[1], 'begun')
return 1
"""
)
"""owner, fence, fence seen, value, milliseconds -> 1, or 0 where somebody else has got the right since.

Where the records were evicted, the fence of the kept session tells: another than the one seen came from somebody else.
"""

KEEP = (
    _NOW
    + _KEPT
    + """
local till, last = unpack(redis.call('HMGET', KEYS[1], 'until', 'fence'))
"""
    + _TRIAL
    + """
local fence = number(math.max(time[1] * 1000000 + time[2], (last or 0) + 1, (kept or 0) + 1))
redis.call('SET', KEYS[2], fence .. ' ' .. ARGV[1], 'PX', ARGV[2])
if not till or tonumber(till) <= now then redis.call('HDEL', KEYS[1], 'begun') end
return 1
"""
)
"""value, milliseconds -> 1: keep a session whoever has the right; a login that is under way then loses it."""

SETTLE = """
if redis.call('HMGET', KEYS[1], 'owner')[1] == ARGV[1] then redis.call('HDEL', KEYS[1], 'begun') end
return 1
"""
"""owner -> 1: clear the note, unless somebody else has got the right since."""

RELEASE = f"""
if redis.call('HMGET', KEYS[1], 'owner')[1] == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'until')
  if not redis.call('HMGET', KEYS[1], 'begun')[1] then redis.call('PEXPIRE', KEYS[1], {RELEASED_MS}) end
end
return 1
"""
"""owner -> 1: give the right back. It needs no memory, so that it works where Redis is full."""


class Names(NamedTuple):
    """The keys of a user."""

    login: str
    session: str
    trial: str

    @classmethod
    def of(cls, key: SessionKey) -> Self:
        """Return the names for a key; they tell nothing of it."""
        return cls(*(f"torus-connect:{{{key.digest}}}:{kind}" for kind in cls._fields))
