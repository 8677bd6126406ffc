package org.betatron.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Writes float32 numbers in a format of a file, with the rounding of PyPI's `gguf`.
@FunctionalInterface
interface Narrowing {

    /// @param count numbers from the front of the array, whole blocks
    /// @return them in the file's format
    byte[] narrow(float[] numbers, int count);

    static Narrowing of(GgufType type) {
        return switch (type) {
            case F32 -> Narrowing::f32;
            case F16 -> Narrowing::f16;
            case BF16 -> Narrowing::bf16;
            case Q8_0 -> Narrowing::eightBits;
            case Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K ->
                throw new IllegalArgumentException(type + " is read, but not written; F32, F16, BF16 and Q8_0 are");
        };
    }

    private static ByteBuffer over(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] f32(float[] numbers, int count) {
        byte[] bytes = new byte[4 * count];
        ByteBuffer out = over(bytes);
        for (int i = 0; i < count; i++) {
            out.putFloat(numbers[i]);
        }
        return bytes;
    }

    private static byte[] f16(float[] numbers, int count) {
        byte[] bytes = new byte[2 * count];
        ByteBuffer out = over(bytes);
        for (int i = 0; i < count; i++) {
            out.putShort(Float.floatToFloat16(numbers[i]));
        }
        return bytes;
    }

    /// To the nearest, ties to even; what is no number stays none.
    private static byte[] bf16(float[] numbers, int count) {
        byte[] bytes = new byte[2 * count];
        ByteBuffer out = over(bytes);
        for (int i = 0; i < count; i++) {
            int bits = Float.floatToRawIntBits(numbers[i]);
            boolean number = !Float.isNaN(numbers[i]);
            out.putShort((short) ((number ? bits + 0x7FFF + (bits >>> 16 & 1) : bits | 0x40_0000) >>> 16));
        }
        return bytes;
    }

    /// `d = max |x| / 127` and `q = round(x / d)`, halves away from zero.
    private static byte[] eightBits(float[] numbers, int count) {
        byte[] bytes = new byte[count / 32 * 34];
        ByteBuffer out = over(bytes);
        for (int block = 0; block < count; block += 32) {
            float largest = 0;
            for (int i = 0; i < 32; i++) {
                largest = Math.max(largest, Math.abs(numbers[block + i]));
            }
            float d = largest / 127;
            float inverse = d == 0 ? 0 : 1 / d;
            out.putShort(Float.floatToFloat16(d));
            for (int i = 0; i < 32; i++) {
                float scaled = numbers[block + i] * inverse;
                out.put((byte) (Math.signum(scaled) * Math.floor(Math.abs(scaled) + 0.5)));
            }
        }
        return bytes;
    }
}
