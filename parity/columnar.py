"""Small Parquet and Arrow files, and the rows in them as pyarrow reads them, one JSON object a line.

Writes data/src/test/resources/org/betatron/data/columnar/:
  types.*        every type, nulls, nested lists and structs; each codec of Parquet, each way of Arrow
  types.jsonl    the rows of all of them
  pairs.*        40 preference rows of messages, as `datasets` writes them: JSON lines, Parquet, its own cache
  encrypted.*, brotli.parquet, twice.parquet   files to be refused
"""

import base64
import datetime
import decimal
import json
import shutil
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

OUT = Path(__file__).resolve().parent.parent / "data/src/test/resources/org/betatron/data/columnar"

MOMENT = datetime.datetime(2024, 1, 2, 3, 4, 5, 678000)


def table():
    return pa.table(
        {
            "id": pa.array(["a", "é😀", None, ""], pa.string()),
            "i8": pa.array([1, -128, None, 127], pa.int8()),
            "u8": pa.array([255, 1, 0, None], pa.uint8()),
            "i16": pa.array([1, -32768, None, 0], pa.int16()),
            "u16": pa.array([65535, 1, 0, None], pa.uint16()),
            "i32": pa.array([1, -(2**31), None, 2**31 - 1], pa.int32()),
            "u32": pa.array([2**32 - 1, 1, 0, None], pa.uint32()),
            "i64": pa.array([2**62, -(2**63), None, 7], pa.int64()),
            "u64": pa.array([2**64 - 1, 1, 2**63, None], pa.uint64()),
            "f16": pa.array([1.5, -2.0, None, 0.0], pa.float16()),
            "f32": pa.array([0.1, -2.0, None, 3e38], pa.float32()),
            "f64": pa.array([0.1, -1e300, None, 5.0], pa.float64()),
            "bit": pa.array([True, False, None, True]),
            "large": pa.array(["x" * 20, None, "", "y"], pa.large_string()),
            "texts": pa.array([["x", "y"], [], None, [None, "z"]], pa.list_(pa.string())),
            "large_texts": pa.array([["x", "y"], [], None, [None, "z"]], pa.large_list(pa.large_string())),
            "two": pa.array([[1, 2], None, [3, None], [5, 6]], pa.list_(pa.int32(), 2)),
            "messages": pa.array(
                [
                    [{"role": "user", "content": "Hé?"}, {"role": "assistant", "content": None}],
                    [],
                    None,
                    [None, {"role": "user", "content": "long enough to be no short view"}],
                ],
                pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())])),
            ),
            "deep": pa.array(
                [{"a": {"b": [[1, 2], [3], None]}}, {"a": None}, None, {"a": {"b": []}}],
                pa.struct([("a", pa.struct([("b", pa.list_(pa.list_(pa.int64())))]))]),
            ),
            "kind": pa.array(["x", "y", None, "x"]).dictionary_encode(),
            "kinds": pa.array([["x", "y"], [], None, ["x"]], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
            "local": pa.array([MOMENT, None, MOMENT, MOMENT], pa.timestamp("us")),
            "moment": pa.array([MOMENT, None, MOMENT, MOMENT], pa.timestamp("ms", tz="UTC")),
            "date": pa.array([datetime.date(2024, 1, 2), None, datetime.date(1969, 12, 31), None]),
            "time": pa.array([datetime.time(1, 2, 3), None, datetime.time(0, 0, 1), None], pa.time64("us")),
            "decimal": pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("-0.25"), None], pa.decimal128(10, 2)),
            "map": pa.array([[("k", 1), ("l", None)], [], None, [("m", 2)]], pa.map_(pa.string(), pa.int32())),
            "nothing": pa.nulls(4),
        }
    )


def plain(value):
    """A value as JSON has it."""
    match value:
        case datetime.datetime():
            zone = "Z" if value.tzinfo else ""
            return value.replace(tzinfo=None).isoformat(timespec="milliseconds") + zone
        case datetime.date() | datetime.time():
            return value.isoformat()
        case decimal.Decimal():
            return float(value)
        case list() if value and isinstance(value[0], tuple):
            return {key: plain(item) for key, item in value}
        case list():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case _:
            return value


def rows(of):
    result = []
    for row in of.to_pylist():
        # An empty map is an empty list in Python.
        result.append({key: {} if key == "map" and item == [] else plain(item) for key, item in row.items()})
    return result


def write_lines(path, of):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in of))


def write_types():
    of = table()
    write_lines(OUT / "types.jsonl", rows(of))
    for codec in ["none", "snappy", "gzip", "zstd", "lz4"]:
        pq.write_table(of, OUT / f"types.{codec}.parquet", compression=codec)
    pq.write_table(of, OUT / "types.v2.parquet", data_page_version="2.0", version="2.6", use_dictionary=False)
    pq.write_table(of, OUT / "types.groups.parquet", row_group_size=1, store_schema=False)
    for codec in [None, "lz4", "zstd"]:
        options = pa.ipc.IpcWriteOptions(compression=codec)
        name = f"types.{codec or 'none'}"
        with pa.OSFile(str(OUT / f"{name}.arrow"), "wb") as file:
            with pa.ipc.new_file(file, of.schema, options=options) as writer:
                writer.write_table(of, max_chunksize=3)
        with pa.OSFile(str(OUT / f"{name}.stream"), "wb") as file:
            with pa.ipc.new_stream(file, of.schema, options=options) as writer:
                writer.write_table(of, max_chunksize=3)
    views = of.select(["id", "large", "i8"]).cast(
        pa.schema([("id", pa.string_view()), ("large", pa.string_view()), ("i8", pa.int8())])
    )
    with pa.OSFile(str(OUT / "views.arrow"), "wb") as file:
        with pa.ipc.new_file(file, views.schema) as writer:
            writer.write_table(views)
    # A dictionary that grows between batches.
    schema = pa.schema([("kind", pa.dictionary(pa.int8(), pa.string()))])
    with pa.OSFile(str(OUT / "delta.stream"), "wb") as file:
        options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
        with pa.ipc.new_stream(file, schema, options=options) as writer:
            for texts in [["x", "y"], ["x", "y", "z"]]:
                values = pa.DictionaryArray.from_arrays(pa.array([len(texts) - 1, 0], pa.int8()), pa.array(texts))
                writer.write_batch(pa.record_batch([values], schema=schema))
    # What is no text, and what JSON does not have.
    odd = pa.table(
        {
            "prompt": ["a", "b"],
            "image": pa.array([{"bytes": b"\xff\xd8", "path": None}] * 2),
            "span": pa.array([datetime.timedelta(seconds=3, milliseconds=5)] * 2, pa.duration("ms")),
            "interval": pa.array([(1, 2, 3)] * 2, pa.month_day_nano_interval()),
            "either": pa.UnionArray.from_sparse(
                pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["x", "y"])]
            ),
            "chosen": ["c", "d"],
        }
    )
    with pa.OSFile(str(OUT / "odd.arrow"), "wb") as file:
        with pa.ipc.new_file(file, odd.schema) as writer:
            writer.write_table(odd)
    pq.write_table(odd.drop_columns(["span", "interval", "either"]), OUT / "odd.parquet")


def write_pairs():
    pairs = []
    for i in range(40):
        prompt = [{"role": "user", "content": f"What is {i} plus {i}? ñ"}]
        pairs.append(
            {
                "id": f"row-{i}",
                "chosen": prompt + [{"role": "assistant", "content": f"It is {2 * i}."}],
                "rejected": prompt + [{"role": "assistant", "content": f"It is {2 * i + 1}."}],
                "score_chosen": i / 8,
                "score_rejected": None if i == 3 else -i / 8,
                "source": "even" if i % 2 == 0 else "odd",
            }
        )
    data = datasets.Dataset.from_list(pairs)
    data.to_json(OUT / "pairs.jsonl")
    data.to_parquet(OUT / "pairs.parquet")
    cache = OUT / "cache"
    data.save_to_disk(cache)
    shutil.move(cache / "data-00000-of-00001.arrow", OUT / "pairs.arrow")
    shutil.rmtree(cache)


def write_refused():
    small = pa.table({"prompt": ["a"], "chosen": ["b"], "rejected": ["c"]})
    pq.write_table(small, OUT / "brotli.parquet", compression="brotli")
    pq.write_table(pa.table([pa.array(["a"]), pa.array(["b"])], names=["x", "x"]), OUT / "twice.parquet")

    class Client(pe.KmsClient):
        def __init__(self, _):
            pe.KmsClient.__init__(self)

        def wrap_key(self, key, _):
            return base64.b64encode(key)

        def unwrap_key(self, key, _):
            return base64.b64decode(key)

    factory = pe.CryptoFactory(Client)
    for name, plaintext in [("encrypted", False), ("encrypted-columns", True)]:
        properties = factory.file_encryption_properties(
            pe.KmsConnectionConfig(),
            pe.EncryptionConfiguration(
                footer_key="f", column_keys={"c": ["prompt", "chosen", "rejected"]}, plaintext_footer=plaintext
            ),
        )
        with pq.ParquetWriter(OUT / f"{name}.parquet", small.schema, encryption_properties=properties) as writer:
            writer.write_table(small)


OUT.mkdir(parents=True, exist_ok=True)
write_types()
write_pairs()
write_refused()
for path in sorted(OUT.iterdir()):
    print(f"{path.stat().st_size:>8} {path.name}")
