"""Writes gguf/src/test/resources/org/betatron/gguf/blocks.gguf: a tensor of every number format that is read, and what
PyPI's gguf makes of it, beside it as float32. Formats that gguf quantises hold quantised numbers of many sizes; the K
formats, which it only reads, hold random blocks. Needs: pip install gguf numpy."""

import pathlib
import warnings

import gguf
import numpy as np
from gguf import GGMLQuantizationType as T

OUT = pathlib.Path(__file__).parent.parent / "gguf/src/test/resources/org/betatron/gguf/blocks.gguf"
ROWS, WIDTH = 3, 256


def random_blocks(random, kind):
    """Bytes that are any block: scales are finite and of both signs."""
    numbers, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (ROWS * WIDTH // numbers, size), dtype=np.uint8)
    halves = random.normal(0, 0.01, (blocks.shape[0], 2)).astype(np.float16)
    if kind == T.Q6_K:
        blocks[:, 208:210] = halves[:, :1].view(np.uint8)
    else:
        blocks[:, 0:4] = halves.view(np.uint8)
    return blocks.reshape(ROWS, -1)


def main():
    random = np.random.default_rng(7)
    writer = gguf.GGUFWriter(OUT, "test")
    writer.add_uint8("test.uint8", 200)
    writer.add_int8("test.int8", -100)
    writer.add_uint16("test.uint16", 60000)
    writer.add_int16("test.int16", -30000)
    writer.add_uint32("test.uint32", 4_000_000_000)
    writer.add_int32("test.int32", -2_000_000_000)
    writer.add_uint64("test.uint64", 2**62)
    writer.add_int64("test.int64", -(2**62))
    writer.add_float32("test.float32", 0.1)
    writer.add_float64("test.float64", 0.1)
    writer.add_bool("test.bool", True)
    writer.add_string("test.text", "Grüße, 世界")
    writer.add_array("test.texts", ["a", "", "Ġb"])
    writer.add_array("test.wholes", [1, -2, 3])
    writer.add_array("test.numbers", [0.5, -1.5])
    for kind in (T.F32, T.F16, T.BF16, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0, T.Q4_K, T.Q5_K, T.Q6_K):
        numbers = random.normal(0, 1, (ROWS, WIDTH)) * np.exp(random.normal(0, 3, (ROWS, WIDTH)))
        numbers[1, :64] = 0
        numbers = numbers.astype(np.float32)
        if kind == T.F32:
            data = numbers
        elif kind == T.F16:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                data = numbers.astype(np.float16)
        elif kind in (T.Q4_K, T.Q5_K, T.Q6_K):
            data = random_blocks(random, kind)
        else:
            data = gguf.quantize(numbers, kind)
        if kind in (T.F16, T.BF16, T.Q8_0):
            writer.add_tensor(kind.name + ".source", numbers)
        writer.add_tensor(kind.name, data, raw_dtype=kind)
        read = data.astype(np.float32) if kind in (T.F32, T.F16) else gguf.dequantize(data, kind)
        writer.add_tensor(kind.name + ".float32", np.ascontiguousarray(read.reshape(ROWS, WIDTH), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
