"""Plain JSON values as a short text and back.

What is written every 15 minutes is mostly names of values. So it is compressed, beginning with a
text in which the names stand already. A checksum is part of the form.
"""

from base64 import b64decode, b64encode
from typing import Any, Final
import zlib

from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads

from ..core.checked import StoredFormError

MOST_BYTES: Final = 1 << 26  # Bytes. By judgement: a thousand times what a room has; bounds damage.
# What a room's open part looks like, without its values. It belongs to the stored form: with
# another text, nothing that was written with this one could be read.
FORM_3: Final = (
    b'"hidden_until":0.0,"episodes":{"voc_index":17,"voc_mass":17},"asked_at":17724,"others":[],'
    b'"answered":false}"unusual_episode_"kind":"unusual_episode","at":17724,"bins":[[590,1.0],[590,'
    b'0.0]],"hours":[[492335,'
    b'"unseen":true,"standing.marks":89,"ranges":[[2.0,6.0,10.0,1.95],"bar.scores":[],"bar.ranked":'
    b'"own_share":"theta":"confidence":"entries":[[0,1],[[2,17724,"strike",739677,739677,null,null,'
    b'null,null,null,null,null]]],"days":[[1,90],"episodes":[[0,1],[[17724,739677,2,"recovered",'
    b'null]]],"history":"read","beside":[[0,1],["unknown",[]]],"end_at":17724,"doubted":true'
    b'{"asked":{},"channels":{"voc_ratio":{"version":2,"quantity":"voc_ratio","facts":[],"above":'
    b'null,"low_since":null,"pm25":{"version":2,"quantity":"pm25","paused":false,"source":{'
    b'"counted_to":1772495973.2178545,"area":3180.327060124874,"observed_s":273.2178544998169,'
    b'"step":0.1,"last_value":7.47,"late":0,"last_read":1772495973.2178545,"life_at":null,'
    b'"warm_until":null,"flat_value":7.47,"flat_since":1772495973.2178545,"flat_longest_h":0,'
    b'"stuck":false,"rejected":0},"unit_check":{"factor":1.0,"inside_s":86400.0,"above_s":0.0,'
    b'"doubted":false},"facts":[[492335,10800.0,3600.0],[492336,14400.0,3600.0]],"above":false,'
    b'"low_since":null,"today":{"day":"2026-03-02","peaks":[11.0,12.0,48.2,null,null,null,null,'
    b'null],"inside":180.02341351923891,"marked":239,"void":false,"recent":[[5908313,6.93],'
    b'[5908314,10.7]],"episode":null,"inside_slots":12,"blocked_slots":0,"cool_until":0.0,'
    b'"histogram":"16000000001,06U06,,,,,,,","forecast":{"some":{"part":6,"bar.margin":'
    b'1.7142857142857153,"bar.before":[1.75,2.0500000000000003,2.1333333333333333,]}}},"root":0}'
)


def pack(values: object) -> str:
    """Return plain JSON values as text; any thread may call this."""
    packer = zlib.compressobj(zdict=FORM_3)
    return b64encode(packer.compress(json_bytes(values)) + packer.flush()).decode()


def unpack(text: object) -> Any:  # noqa: ANN401
    """Return the values that `pack` wrote. Raises StoredFormError for anything else."""
    if not isinstance(text, str):
        raise StoredFormError("not a packed text")
    unpacker = zlib.decompressobj(zdict=FORM_3)
    try:
        plain = unpacker.decompress(b64decode(text, validate=True), MOST_BYTES)
    except (ValueError, zlib.error) as error:
        raise StoredFormError(f"not as it was packed: {error}") from error
    if not unpacker.eof:
        raise StoredFormError("not as it was packed: cut short")
    try:
        return json_loads(plain)
    except ValueError as error:
        raise StoredFormError(str(error)) from error
