package org.betatron.gguf;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// A number format of tensors that can be read. Numbers lie in blocks along a row; a block shares
/// its scales.
///
/// Source of codes and sizes: `ggml.h` and `ggml-common.h` of llama.cpp, and `gguf/constants.py`.
public enum GgufType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    BF16(30, 1, 2);

    private final int code;
    private final int blockNumbers;
    private final int blockBytes;

    GgufType(int code, int blockNumbers, int blockBytes) {
        this.code = code;
        this.blockNumbers = blockNumbers;
        this.blockBytes = blockBytes;
    }

    /// @return what stands for it in a file
    public int code() {
        return code;
    }

    /// @return how many numbers a block holds
    public int blockNumbers() {
        return blockNumbers;
    }

    /// @return how many bytes a block takes
    public int blockBytes() {
        return blockBytes;
    }

    /// @return bytes that so many numbers take, which fill whole blocks
    public long bytes(long numbers) {
        return Math.multiplyExact(numbers / blockNumbers, (long) blockBytes);
    }

    static Optional<GgufType> of(long code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    static String known() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }
}
