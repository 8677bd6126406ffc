package org.betatron.data.tokenizer;

import java.nio.file.Path;

/// Tokenizers that tests need.
public final class TestTokenizers {

    private TestTokenizers() {}

    public static HuggingFaceTokenizer bytes(Path directory) {
        ByteTokenizer.writeTo(directory);
        return HuggingFaceTokenizer.load(directory);
    }

    /// @return one token per byte, as [ByteTokenizer] encodes ASCII
    public static int[] ids(String ascii) {
        return ascii.chars().toArray();
    }

    /// @return the bytes and the end token
    public static int[] ended(String ascii) {
        int[] ids = java.util.Arrays.copyOf(ids(ascii), ascii.length() + 1);
        ids[ascii.length()] = 256;
        return ids;
    }
}
