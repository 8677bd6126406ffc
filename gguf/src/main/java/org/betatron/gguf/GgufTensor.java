package org.betatron.gguf;

import java.util.List;

/// Where and what a tensor of a file is.
///
/// @param name  as llama.cpp calls it, `blk.0.attn_q.weight`
/// @param shape rows first, one to four dimensions; the last is the one along which blocks lie
/// @param type  number format
/// @param start first byte, counted from the beginning of the file
public record GgufTensor(String name, List<Long> shape, GgufType type, long start) {

    public GgufTensor {
        shape = List.copyOf(shape);
    }

    /// @return how many numbers it has
    public long count() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /// @return numbers of a row
    public long width() {
        return shape.getLast();
    }

    /// @return how many bytes it takes
    public long bytes() {
        return type.bytes(count());
    }
}
