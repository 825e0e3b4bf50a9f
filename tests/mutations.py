"""Damage to a stored file, as disks, power cuts and people do it; seeded, so it can be repeated.

A way takes the bytes of a good file and a source of chance, and returns other bytes. The ways on
values read the file as JSON and write it again with one change, so that it stays valid JSON: a
check of the syntax alone would accept it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
import json
from math import inf, nan
from random import Random
from typing import Any, override
from zlib import crc32

from custom_components.air_baseline.storage.packed import pack, unpack
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, OPEN_KEY

SECTOR = 512
HUGE = (1e300, 10**12, 10**18, 10**25, 2**63, -(2**63), 4e9)
WRONG: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    3.5,
    "",
    "x",
    "9",
    [],
    {},
    [[]],
    [1, 2],
    {"a": 1},
    nan,
    inf,
)
SEALED = (
    "",
    "-",
    "-1",
    "nan",
    "inf",
    "1e9",
    "x",
    "1.5",
    "2026-02-30",
    "9999-12-30",
    ",,,,,,,",
    "99z",
)
STRANGE = b'{"version": 1, "minor_version": 1, "key": "other.store", "data": {"items": [1, 2]}}'

type Way = Callable[[bytes, Random], bytes]
type Slot = tuple[Any, str | int]  # What holds a value, and where in it.


@dataclass(frozen=True, slots=True)
class Mutation:
    """The files after damage, None for a missing one, and what was done."""

    ledger: bytes | None
    good: bytes | None
    opened: bytes | None
    what: str

    @property
    def files(self) -> dict[str, bytes]:
        """Return the files that are there by their key."""
        found = {LEDGER_KEY: self.ledger, GOOD_KEY: self.good, OPEN_KEY: self.opened}
        return {key: data for key, data in found.items() if data is not None}


def mutation(seed: int, ledger: bytes, good: bytes, opened: bytes) -> Mutation:
    """Return the mutation of a seed: mostly of the ledger, or of other files too or only."""
    chance = Random(seed)  # noqa: S311 - damage, not secrets
    name, other = [*WAYS][seed % len(WAYS)], chance.choice([*PLAIN])
    damaged, what = WAYS[name](ledger, chance), f"{seed}: {name}"
    files: tuple[bytes | None, bytes | None, bytes | None] = damaged, good, opened
    match chance.randrange(8):
        case 0:
            files, what = (damaged, WAYS[name](good, chance), opened), f"{what}, in both"
        case 1:
            files = damaged, WAYS[other](good, chance), opened
            what += f", in the good copy {other}"
        case 2:
            files, what = (ledger, WAYS[name](good, chance), opened), f"{what}, in the good copy"
        case 3:
            files, what = (damaged, None, opened), f"{what}, no good copy"
        case 4:
            files = ledger, good, PLAIN[other](opened, chance)
            what = f"{seed}: {other}, in what is open"
        case 5:
            files, what = (ledger, good, _in_open(opened, chance)), f"{seed}: within what is open"
        case 6:
            files, what = (damaged, good, None), f"{what}, nothing open"
    return Mutation(*files, what)


def _in_open(opened: bytes, chance: Random) -> bytes:
    """Change a value in the open part of a room, and pack it again."""
    stored = json.loads(opened)
    rooms = stored["data"]["rooms"]
    room = chance.choice([*rooms])
    part = {"data": unpack(rooms[room])}
    chance.choice((put_wrong, put_huge, scale, nudge, drop, swap_types, shuffle, exchange))(
        part, chance
    )
    try:
        rooms[room] = pack(part.get("data"))
    except TypeError:  # Home Assistant's JSON has no whole numbers of over 64 bits.
        rooms[room] = "1"
    return json.dumps(stored).encode()


def cut(whole: bytes, chance: Random) -> bytes:
    return whole[: chance.randrange(len(whole))]


def flip(whole: bytes, chance: Random) -> bytes:
    flipped = bytearray(whole)
    for _ in range(chance.choice((1, 1, 1, 2, 8, 64))):
        flipped[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def other_digit(whole: bytes, chance: Random) -> bytes:
    """Replace some digits by others: JSON stays JSON."""
    digits = [place for place, byte in enumerate(whole) if 48 <= byte <= 57]
    changed = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 5))):
        changed[chance.choice(digits)] = 48 + chance.randrange(10)
    return bytes(changed)


def zero_sector(whole: bytes, chance: Random) -> bytes:
    return _sector(whole, chance, lambda sector: bytes(len(sector)))


def lose_sector(whole: bytes, chance: Random) -> bytes:
    return _sector(whole, chance, lambda _: b"")


def double_sector(whole: bytes, chance: Random) -> bytes:
    return _sector(whole, chance, lambda sector: 2 * sector)


def noise(whole: bytes, chance: Random) -> bytes:
    return _sector(whole, chance, lambda sector: chance.randbytes(len(sector)))


def _sector(whole: bytes, chance: Random, change: Callable[[bytes], bytes]) -> bytes:
    start = chance.randrange(len(whole)) // SECTOR * SECTOR
    end = start + SECTOR
    return whole[:start] + change(whole[start:end]) + whole[end:]


def strange(whole: bytes, chance: Random) -> bytes:
    """Return something that is not our file at all."""
    return chance.choice(
        (b"", b"\0", bytes(len(whole)), STRANGE, b"{}", b"[]", b"null", b"\xff\xfe")
    )


def append(whole: bytes, chance: Random) -> bytes:
    return whole + chance.choice((b"}", b"\0" * 99, b" ", whole[: chance.randrange(len(whole))]))


def _on_values(change: Callable[[Any, Random], None]) -> Way:
    """Return a way that changes the values of a file."""

    def way(whole: bytes, chance: Random) -> bytes:
        data = json.loads(whole)
        change(data, chance)
        return json.dumps(data).encode()

    return way


def _slot(data: Any, chance: Random, types: tuple[type, ...]) -> Slot:  # noqa: ANN401
    """Return the place of a value of some types, found on a random walk from the top."""
    while True:
        holder, place, found = None, None, data
        while isinstance(found, dict | list) and found:
            places = list(found) if isinstance(found, dict) else range(len(found))
            holder, place = found, chance.choice(places)
            found = found[place]
            if isinstance(found, types) and chance.random() < 1.0 / 3.0:
                return holder, place
        if holder is not None and isinstance(found, types):
            return holder, place  # type: ignore[return-value]


ANY = (dict, list, str, int, float, type(None))
NUMBERS = (int, float)


def put_wrong(data: Any, chance: Random) -> None:  # noqa: ANN401
    holder, place = _slot(data, chance, ANY)
    holder[place] = chance.choice(WRONG)


def put_huge(data: Any, chance: Random) -> None:  # noqa: ANN401
    holder, place = _slot(data, chance, NUMBERS)
    holder[place] = chance.choice(HUGE)


def scale(data: Any, chance: Random) -> None:  # noqa: ANN401
    """Make a number negative, larger or smaller: it can still look possible."""
    holder, place = _slot(data, chance, NUMBERS)
    factor = chance.choice((-1, 2, 10, 1000, 0.5, 0.001))
    number = holder[place] * factor
    holder[place] = int(number) if isinstance(holder[place], int) else number


def nudge(data: Any, chance: Random) -> None:  # noqa: ANN401
    holder, place = _slot(data, chance, NUMBERS)
    holder[place] += chance.choice((-1, 1, 7, -7, 300, 86_400, -86_400, 1e9))


def drop(data: Any, chance: Random) -> None:  # noqa: ANN401
    holder, place = _slot(data, chance, ANY)
    del holder[place]


class _Again(str):
    """A key that is written a second time."""

    __slots__ = ()
    __hash__ = str.__hash__

    @override
    def __eq__(self, other: object) -> bool:
        return self is other


def double(data: Any, chance: Random) -> None:  # noqa: ANN401
    """Write a key twice, or a value of a list."""
    holder, place = _slot(data, chance, ANY)
    if isinstance(holder, dict):
        holder[_Again(place)] = chance.choice([*WRONG, *holder.values()])
    else:
        holder.insert(chance.randrange(len(holder) + 1), holder[place])


def swap_types(data: Any, chance: Random) -> None:  # noqa: ANN401
    """Replace an object by a list, or a list by an object."""
    holder, place = _slot(data, chance, (dict, list))
    found = holder[place]
    if isinstance(found, dict):
        holder[place] = [*found.values()]
    else:
        holder[place] = {str(index): item for index, item in enumerate(found)}


def shuffle(data: Any, chance: Random) -> None:  # noqa: ANN401
    holder, place = _slot(data, chance, (list,))
    chance.shuffle(holder[place])


def exchange(data: Any, chance: Random) -> None:  # noqa: ANN401
    """Exchange two values from anywhere."""
    one, place = _slot(data, chance, ANY)
    other, elsewhere = _slot(data, chance, ANY)
    copied = json.loads(json.dumps([one[place], other[elsewhere]]))
    other[elsewhere], one[place] = copied


def _channels(data: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    for room in data["data"]["rooms"].values():
        yield from room["channels"].values()


def double_day(data: Any, chance: Random) -> None:  # noqa: ANN401
    days = chance.choice([*_channels(data)])["days"]
    days.insert(chance.randrange(len(days) + 1), chance.choice(days))


def move_days(data: Any, chance: Random) -> None:  # noqa: ANN401
    """Move one day, some, or all and today, into the past or the future."""
    channel = chance.choice([*_channels(data)])
    days, after = (
        channel["days"],
        timedelta(days=chance.choice((-4000, -30, -1, 1, 2, 30, 4000, 10**6))),
    )
    first = chance.randrange(len(days))
    last = len(days) - 1
    moved = chance.choice(((first, first), (first, last), (last, last), (0, last)))
    for place in range(moved[0], moved[1] + 1):
        day, rest = days[place].split(" ", 1)
        days[place] = f"{(date.fromisoformat(day) + after).isoformat()} {rest}"
    if moved == (0, last) or chance.random() < 0.3:
        today = channel["today"]
        today["day"] = (date.fromisoformat(today["day"]) + after).isoformat()


def _seal(channel: dict[str, Any]) -> None:
    """Mend the checksum of a channel's days: only their content is wrong then."""
    channel["days_checksum"] = crc32("\n".join(map(str, channel["days"])).encode())


def wrong_sealed_value(data: Any, chance: Random) -> None:  # noqa: ANN401
    """Write another value into a day, or a day's value into that of another column, and seal it."""
    channel = chance.choice([*_channels(data)])
    place = chance.randrange(len(channel["days"]))
    values = channel["days"][place].split(" ")
    other = [*SEALED, *values, *channel["days"][place - 1].split(" ")]
    values[chance.randrange(len(values))] = chance.choice(other)
    channel["days"][place] = " ".join(values)
    _seal(channel)


def wrong_sealed_digit(data: Any, chance: Random) -> None:  # noqa: ANN401
    """Replace a character of a day by another one, or drop it, and seal the days."""
    channel = chance.choice([*_channels(data)])
    place = chance.randrange(len(channel["days"]))
    line, at = channel["days"][place], chance.randrange(len(channel["days"][place]))
    other = chance.choice("0123456789-,. xZ") if chance.random() < 0.9 else ""
    channel["days"][place] = line[:at] + other + line[at + 1 :]
    _seal(channel)


def moved_sealed_days(data: Any, chance: Random) -> None:  # noqa: ANN401
    """Move days, write one twice, or shuffle some, and seal them."""
    chance.choice((move_days, double_day, _swap_days))(data, chance)
    for channel in _channels(data):
        _seal(channel)


def _swap_days(data: Any, chance: Random) -> None:  # noqa: ANN401
    days = chance.choice([*_channels(data)])["days"]
    one, other = chance.randrange(len(days)), chance.randrange(len(days))
    days[one], days[other] = days[other], days[one]


def move_times(data: Any, chance: Random) -> None:  # noqa: ANN401
    """Move every time of a channel: the clock was wrong when it was written."""
    after = chance.choice((-86_400 * 9, 3600, 86_400 * 2, 86_400 * 400, 86_400 * 10**5))
    channel = chance.choice([*_channels(data)])
    source = channel["source"]
    for name in ("counted_to", "last_read", "warm_until", "flat_since"):
        if source[name]:
            source[name] += after


def change_version(data: Any, chance: Random) -> None:  # noqa: ANN401
    """Write an older or a newer version, of the file or of a channel."""
    holder = chance.choice([data, *_channels(data)])
    name = chance.choice(("version", "minor_version")) if holder is data else "version"
    holder[name] = chance.choice((-1, 0, 2, 3, 99, 1.5, "1", None, 10**30))


# These need not know what is in a file.
PLAIN: dict[str, Way] = {
    "cut short": cut,
    "bits flipped": flip,
    "other digits": other_digit,
    "a sector of zeros": zero_sector,
    "a sector lost": lose_sector,
    "a sector twice": double_sector,
    "a sector of noise": noise,
    "no file of ours": strange,
    "something appended": append,
}
WAYS: dict[str, Way] = {
    **PLAIN,
    **{
        name: _on_values(change)
        for name, change in {
            "a wrong type": put_wrong,
            "a huge number": put_huge,
            "a number scaled": scale,
            "a number nudged": nudge,
            "something dropped": drop,
            "something twice": double,
            "a list for an object": swap_types,
            "a list shuffled": shuffle,
            "two values exchanged": exchange,
            "a day twice": double_day,
            "days moved": move_days,
            "times moved": move_times,
            "a wrong value, sealed": wrong_sealed_value,
            "a wrong digit, sealed": wrong_sealed_digit,
            "days moved, sealed": moved_sealed_days,
            "another version": change_version,
        }.items()
    },
}
