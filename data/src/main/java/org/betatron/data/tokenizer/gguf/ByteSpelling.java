package org.betatron.data.tokenizer.gguf;

/// The letters that stand for bytes in vocabularies of bytes, as GPT-2 chose them: printable ones
/// for themselves, the others from U+0100 on, in order.
final class ByteSpelling {

    private static final int[] LETTERS = letters();

    private ByteSpelling() {}

    private static int[] letters() {
        int[] letters = new int[256];
        int next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            letters[b] = printable ? b : next++;
        }
        return letters;
    }

    /// @return whether a token is written in these letters alone
    static boolean isSpelled(String token) {
        return token.codePoints().allMatch(letter -> {
            for (int known : LETTERS) {
                if (known == letter) {
                    return true;
                }
            }
            return false;
        });
    }
}
