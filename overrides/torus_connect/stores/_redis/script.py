"""The Lua script by which the Redis store changes anything: one atomic step of the server, which checks, then writes.

Three keys for each user, named by a digest, with a hash tag so that they stay together in a cluster:

- `...:login`: who may log the user in: `OWNER UNTIL FENCE BEGUN`. The owner is random and tells one lease from the
  next, `UNTIL` is when the lock runs out (0: it was released), `BEGUN` says that an exchange began of whose end nothing
  is known. It has no expiry of Redis while it matters, so a `volatile-*` policy does not evict it, and the note
  outlives its writer. A released one is remembered for a day, so that a holder who stalled meanwhile learns of it.
- `...:session`: the fence of the login that the session comes from, a blank, and the session, encrypted. It expires.
- `...:trial`: written and removed first, to see that the rest can be written.

The clock is the server's, so those of the workers need not agree. A fence is that clock in microseconds, or one more
than the last: it grows even where the last one was evicted, or lost in a restart.

Redis does not undo what a script did before a command in it failed. So the script reads first, which fails where a key
holds something else, then tries what it may not be allowed to do, or has no room for, and only then writes.

It may be run again by the same owner with the same result: a call whose connection broke is tried once more.

Why not the lock of redis-py: where its reply is lost, the lock is held by nobody until it expires; a `volatile-*`
policy evicts it; it cannot be taken up again where the server forgot it; and it needs EVALSHA and SCRIPT, too.
"""

from __future__ import annotations

from torus_connect.stores._protocol import SessionKey

SCRIPT = """
local action, ttl, value, value_ttl, owner, fence, seen, begun_here = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function digits(number) return string.format('%.0f', number) end

local holder, till, last, begun = string.match(redis.call('GET', KEYS[1]) or '', '^(%x+) (%d+) (%d+) (%d)$')
local stored = string.match(redis.call('GET', KEYS[2]) or '', '^%d+')
local ours = holder == owner
local held = holder and tonumber(till) > now
local overtaken = stored and stored ~= fence and stored ~= seen  -- another login stored a session meanwhile
local next_fence = digits(math.max(time[1] * 1000000 + time[2], (last or 0) + 1, (stored or 0) + 1))

local lost = {
  acquire = held and not ours,
  renew = holder and not (ours and till ~= '0') or not holder and overtaken,
  begin = not (ours and held),
  save = holder and not ours or overtaken,
  settle = not ours,
  release = not ours,
}
if lost[action] then return false end

-- A full Redis refuses to write unless a script removed something before: a lease can be settled and released there.
if action ~= 'settle' and action ~= 'release' then redis.call('SET', KEYS[3], '', 'PX', 1) end
redis.call('DEL', KEYS[3])

local function note(who, until_when, number, mark)
  local expiry = until_when == '0' and mark == '0' and {'PX', 24 * 60 * 60 * 1000} or {}
  redis.call('SET', KEYS[1], table.concat({who, until_when, number, mark}, ' '), unpack(expiry))
end
local due = digits(now + ttl)
if action == 'acquire' then
  fence = ours and last or next_fence
  note(owner, due, fence, begun or '0')
  return {fence, tonumber(begun or 0), stored or ''}
elseif action == 'renew' then
  note(owner, due, last or fence, begun or begun_here)
elseif action == 'begin' then
  note(owner, due, last, '1')
elseif action == 'settle' then
  note(owner, till, last, '0')
elseif action == 'release' then
  note(owner, '0', last, begun)
elseif action == 'save' and value == '' then
  redis.call('DEL', KEYS[2])
elseif action == 'save' or action == 'replace' then
  redis.call('SET', KEYS[2], (action == 'save' and fence or next_fence) .. ' ' .. value, 'PX', value_ttl)
  if holder and (ours or not held) then note(holder, till, last, '0') end
end
return 1
"""
"""Replies with 1, with nothing where the lock is lost, or for `acquire` with the fence, whether an exchange is
unfinished, and the fence of the stored session.

- `acquire`, `renew`, `begin`, `save`, `settle`, `release`: as the methods of a lease. A record that was evicted, or
  lost in a restart, is written anew by `renew`, and does not hinder `save`, while nobody else has stored a session.
- `check`: a session could be stored.
- `save` without a session removes the stored one, and leaves the mark of an exchange.
- `replace`: store a session, with the lock or without; a login that is under way then loses it.
"""


def names_of(key: SessionKey) -> list[str]:
    """Return the three keys for a user; they show nothing of them."""
    return [f"torus-connect:{{{key.digest}}}:{kind}" for kind in ("login", "session", "trial")]
