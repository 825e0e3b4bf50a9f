"""Whatever a recording holds: a clear sentence or a clean result, never a traceback."""

import gzip
from importlib import import_module
from pathlib import Path

from hypothesis import given, strategies as st
import pytest

from tests.faults import Faults

replay = import_module("script.replay")  # It imports the core by another name than mypy knows.

TIMES = st.one_of(
    st.datetimes().map(str),
    st.integers(0, 4000).map(
        lambda n: f"2026-03-{1 + n // 288:02d}T{n // 12 % 24:02d}:{n % 60:02d}"
    ),
    st.sampled_from(
        ("", "0001-01-01", "9999-12-31T23:59:59-12:00", "2026-03-02", "2026-W10-1", "24:00", "nan")
    ),
    st.text(max_size=12),
)
CELLS = st.one_of(
    st.floats(width=64).map(str),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(("", "unavailable", "1e400", "-0", "1_0", "٣", "0x10", '"', "5,5")),
    st.text(max_size=8),
)
ROWS = st.lists(st.tuples(TIMES, CELLS, CELLS, CELLS), max_size=12)
HEADERS = st.one_of(
    st.just("timestamp,pm25,out,window"),
    st.sampled_from(("", "timestamp", "\ufefftimestamp,pm25,out,window", "pm25,pm25,timestamp")),
    st.sampled_from(("timestamp;pm25;out;window", "last_changed,entity_id,state", "\n\ntime,pm25")),
)


@pytest.mark.timeout(3600)
def test_odd_rows_give_a_sentence_or_a_result(
    tmp_path: Path, faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    times = faults.times(few=150, many=2000, long=30_000)

    @faults.draws(times)
    @given(header=HEADERS, rows=ROWS)
    def run(header: str, rows: list[tuple[str, ...]]) -> None:
        path = tmp_path / "recording.csv"
        lines = [header, *(",".join(row) for row in rows)]
        path.write_text("\n".join(lines), "utf-8", errors="surrogatepass")
        check(path, capsys)

    run()
    faults.check("replay of odd rows", f"{times} files", [], "a sentence or a result")


@pytest.mark.timeout(3600)
def test_odd_bytes_give_a_sentence_or_a_result(
    tmp_path: Path, faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of any bytes, packed or not, and a packed one that was cut or has one wrong byte."""
    times = faults.times(few=100, many=1000, long=10_000)
    packed = gzip.compress(
        b"timestamp,pm25,out,window\n" + b"2026-03-02T10:00,5,6,0\n" * 400, mtime=0
    )

    @faults.draws(times)
    @given(
        some=st.binary(max_size=200),
        place=st.integers(0, len(packed) - 1),
        bite=st.integers(0, 255),
    )
    def run(some: bytes, place: int, bite: int) -> None:
        for name, data in (
            ("any.csv", some),
            ("any.csv.gz", some),
            ("cut.csv.gz", packed[:place]),
            ("bitten.csv.gz", packed[:place] + bytes([bite]) + packed[place + 1 :]),
        ):
            path = tmp_path / name
            path.write_bytes(data)
            check(path, capsys)

    run()
    faults.check("replay of odd bytes", f"{4 * times} files", [], "a sentence or a result")


def check(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Replay a file: it ends with a sentence, or with figures that are numbers."""
    out = path.with_suffix(".jsonl")
    ended = replay.main(
        [
            str(path),
            *("--column", "pm25", "--quantity", "pm25", "--unit", "μg/m³", "--outdoor", "out"),
            *("--window", "window", "--timezone", "Europe/London", "--summary"),
            *("--jsonl", str(out)),
        ]
    )
    output = capsys.readouterr()
    if ended:
        assert output.err.splitlines()[-1].startswith("replay: ")
    else:
        assert all(said.startswith(path.name) for said in output.err.splitlines())
        assert "NaN" not in out.read_text("utf-8")
        assert "Infinity" not in out.read_text("utf-8")
