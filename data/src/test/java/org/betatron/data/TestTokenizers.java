package org.betatron.data;

import java.nio.file.Path;

/// Tokenizers that tests need.
final class TestTokenizers {

    private TestTokenizers() {}

    static HuggingFaceTokenizer bytes(Path directory) {
        ByteTokenizer.writeTo(directory);
        return HuggingFaceTokenizer.load(directory);
    }

    /// @return one token per byte, as [ByteTokenizer] encodes ASCII
    static int[] ids(String ascii) {
        return ascii.chars().toArray();
    }

    /// @return the bytes and the end token
    static int[] ended(String ascii) {
        int[] ids = java.util.Arrays.copyOf(ids(ascii), ascii.length() + 1);
        ids[ascii.length()] = 256;
        return ids;
    }
}
