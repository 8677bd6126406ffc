package org.betatron.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The block formats. Each number is computed in float32 in the order in which llama.cpp's
/// `dequantize_row_...` and PyPI's `gguf` do, so that all bits are theirs.
final class BlockFormats {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private BlockFormats() {}

    /// What one format does.
    interface BlockFormat {

        /// @param source whole blocks
        /// @param count  numbers in them
        void widen(MemorySegment source, int count, float[] target);
    }

    /// What a format of blocks does with one of them.
    private interface Block {

        /// @param bytes holds the block from `at`
        /// @param to    place of its first number in `target`
        void widen(byte[] bytes, int at, float[] target, int to);
    }

    static BlockFormat of(GgufType type) {
        return switch (type) {
            case F32 -> BlockFormats::f32;
            case F16 -> BlockFormats::f16;
            case BF16 -> BlockFormats::bf16;
            case Q4_0 -> blocks(type, (b, at, y, to) -> fourBits(b, at, at + 2, 8, y, to, 0));
            case Q4_1 -> blocks(type, (b, at, y, to) -> fourBits(b, at, at + 4, 0, y, to, half(b, at + 2)));
            case Q5_0 -> blocks(type, (b, at, y, to) -> fiveBits(b, at, at + 2, 16, y, to, 0));
            case Q5_1 -> blocks(type, (b, at, y, to) -> fiveBits(b, at, at + 4, 0, y, to, half(b, at + 2)));
            case Q8_0 -> blocks(type, BlockFormats::eightBits);
            case Q4_K -> blocks(type, (b, at, y, to) -> superBlock(b, at, -1, at + 16, y, to));
            case Q5_K -> blocks(type, (b, at, y, to) -> superBlock(b, at, at + 16, at + 48, y, to));
            case Q6_K -> blocks(type, BlockFormats::sixBits);
        };
    }

    private static BlockFormat blocks(GgufType type, Block block) {
        return (source, count, target) -> {
            int inOne = type.blockNumbers();
            byte[] bytes = new byte[type.blockBytes() * 256];
            long from = 0;
            for (int done = 0; done < count; ) {
                int now = Math.min(256, (count - done) / inOne);
                int length = now * type.blockBytes();
                MemorySegment.copy(source, ValueLayout.JAVA_BYTE, from, bytes, 0, length);
                for (int i = 0; i < now; i++) {
                    block.widen(bytes, i * type.blockBytes(), target, done + i * inOne);
                }
                from += length;
                done += now * inOne;
            }
        };
    }

    private static void f32(MemorySegment source, int count, float[] target) {
        for (int i = 0; i < count; i++) {
            target[i] = Float.intBitsToFloat(source.get(INT, 4L * i));
        }
    }

    private static void f16(MemorySegment source, int count, float[] target) {
        for (int i = 0; i < count; i++) {
            target[i] = Float.float16ToFloat(source.get(SHORT, 2L * i));
        }
    }

    private static void bf16(MemorySegment source, int count, float[] target) {
        for (int i = 0; i < count; i++) {
            target[i] = Float.intBitsToFloat(source.get(SHORT, 2L * i) << 16);
        }
    }

    private static float half(byte[] b, int at) {
        return Float.float16ToFloat((short) ((b[at] & 0xFF) | b[at + 1] << 8));
    }

    /// Q4_0 (`d (q - 8)`) and Q4_1 (`d q + m`): 16 bytes, first halves of all, then second halves.
    private static void fourBits(byte[] b, int at, int quants, int offset, float[] y, int to, float minimum) {
        float d = half(b, at);
        for (int j = 0; j < 16; j++) {
            int q = b[quants + j] & 0xFF;
            y[to + j] = offset > 0 ? d * ((q & 0xF) - offset) : d * (q & 0xF) + minimum;
            y[to + 16 + j] = offset > 0 ? d * ((q >> 4) - offset) : d * (q >> 4) + minimum;
        }
    }

    /// Q5_0 (`d (q - 16)`) and Q5_1 (`d q + m`): the fifth bits of all 32 stand before the others.
    private static void fiveBits(byte[] b, int at, int bits, int offset, float[] y, int to, float minimum) {
        float d = half(b, at);
        int high = (b[bits] & 0xFF) | (b[bits + 1] & 0xFF) << 8 | (b[bits + 2] & 0xFF) << 16 | b[bits + 3] << 24;
        for (int j = 0; j < 16; j++) {
            int q = b[bits + 4 + j] & 0xFF;
            int first = (q & 0xF) | (high >> j & 1) << 4;
            int second = q >> 4 | (high >> (j + 16) & 1) << 4;
            y[to + j] = offset > 0 ? d * (first - offset) : d * first + minimum;
            y[to + 16 + j] = offset > 0 ? d * (second - offset) : d * second + minimum;
        }
    }

    private static void eightBits(byte[] b, int at, float[] y, int to) {
        float d = half(b, at);
        for (int j = 0; j < 32; j++) {
            y[to + j] = d * b[at + 2 + j];
        }
    }

    /// Q4_K and Q5_K: eight groups of 32 numbers `d s q - dmin m`, with scales `s` and minima `m`
    /// of six bits.
    ///
    /// @param high fifth bits, one byte for each place of a group and one bit for each group; -1
    ///     where there are none
    private static void superBlock(byte[] b, int at, int high, int quants, float[] y, int to) {
        float d = half(b, at);
        float dmin = half(b, at + 2);
        for (int group = 0; group < 8; group++) {
            float scale = d * scale(b, at + 4, group);
            float minimum = dmin * minimum(b, at + 4, group);
            int from = quants + 32 * (group / 2);
            int shift = 4 * (group % 2);
            for (int l = 0; l < 32; l++) {
                int q = (b[from + l] & 0xFF) >> shift & 0xF;
                if (high >= 0) {
                    q |= ((b[high + l] & 0xFF) >> group & 1) << 4;
                }
                y[to + 32 * group + l] = scale * q - minimum;
            }
        }
    }

    private static int scale(byte[] b, int scales, int group) {
        return group < 4
                ? b[scales + group] & 63
                : (b[scales + group + 4] & 0xF) | ((b[scales + group - 4] & 0xFF) >> 6) << 4;
    }

    private static int minimum(byte[] b, int scales, int group) {
        return group < 4
                ? b[scales + group + 4] & 63
                : (b[scales + group + 4] & 0xFF) >> 4 | ((b[scales + group] & 0xFF) >> 6) << 4;
    }

    /// Q6_K: sixteen groups of 16 numbers `d s (q - 32)`: 128 bytes of low bits, 64 of high ones,
    /// 16 scales, `d`.
    private static void sixBits(byte[] b, int at, float[] y, int to) {
        float d = half(b, at + 208);
        for (int side = 0; side < 2; side++) {
            int low = at + 64 * side;
            int high = at + 128 + 32 * side;
            int scales = at + 192 + 8 * side;
            for (int l = 0; l < 128; l++) {
                int nibble = ((b[low + l % 64] & 0xFF) >> (4 * (l / 64))) & 0xF;
                int two = ((b[high + l % 32] & 0xFF) >> (2 * (l / 32))) & 3;
                y[to + 128 * side + l] = d * b[scales + l / 16] * ((nibble | two << 4) - 32);
            }
        }
    }
}
