package org.betatron.data.tokenizer;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Token ids of texts as a model reads them, in training, scoring and writing alike: start tokens
/// once before a
/// prompt, one end token after an answer. Thread-safe.
public final class TextTokens {

    private final Tokenizer tokenizer;
    private final int[] bosPrefix;
    private final int eosId;
    private final Map<Integer, Boolean> blank = new ConcurrentHashMap<>();

    /// @param tokenizer of the model, borrowed
    public TextTokens(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.bosPrefix = tokenizer.bosPrefix();
        this.eosId = tokenizer.eosId();
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /// @return number of tokens that the model expects before every text
    public int numStartTokens() {
        return bosPrefix.length;
    }

    /// @return the id that ends an answer
    public int eosId() {
        return eosId;
    }

    /// @return what stands before a text without a prompt: the start tokens, else the end token,
    ///     because a model
    ///     needs something to continue
    public int[] start() {
        return bosPrefix.length > 0 ? bosPrefix.clone() : new int[] {eosId};
    }

    /// @param text of a prompt, rendered
    /// @return its tokens with what the model expects before every text, [#start] for an empty one;
    ///     never empty
    public int[] prompt(String text) {
        int[] ids = tokenizer.encode(text);
        if (ids.length == 0) {
            return start();
        }
        // Chat templates often write the start token themselves; it is not doubled.
        if (ids.length >= bosPrefix.length && Arrays.equals(ids, 0, bosPrefix.length, bosPrefix, 0, bosPrefix.length)) {
            return ids;
        }
        int[] whole = Arrays.copyOf(bosPrefix, bosPrefix.length + ids.length);
        System.arraycopy(ids, 0, whole, bosPrefix.length, ids.length);
        return whole;
    }

    /// @param text of an answer
    /// @return its tokens without the end: without end tokens that the text itself ends with, and
    ///     white space after
    ///     them, which chat templates write
    public int[] answer(String text) {
        int[] ids = tokenizer.encode(text);
        int length = ids.length;
        for (int i = length - 1; i >= 0; i--) {
            if (ids[i] == eosId) {
                length = i;
            } else if (!isBlank(ids[i])) {
                break;
            }
        }
        return length == ids.length ? ids : Arrays.copyOf(ids, length);
    }

    /// @param text of an answer
    /// @return the text without what ends it: stop tokens that are written out, and white space
    ///     behind them
    public String withoutEnd(String text) {
        String shown = text.stripTrailing();
        for (int id : tokenizer.stopIds()) {
            String end = tokenizer.decode(new int[] {id});
            if (!end.isBlank() && shown.endsWith(end)) {
                return withoutEnd(shown.substring(0, shown.length() - end.length()));
            }
        }
        return text;
    }

    /// @param text of an answer
    /// @return its tokens with the one that ends it, once
    public int[] ended(String text) {
        int[] ids = answer(text);
        int[] ended = Arrays.copyOf(ids, ids.length + 1);
        ended[ids.length] = eosId;
        return ended;
    }

    /// Asked for the last token of every answer, and only the native library knows.
    private boolean isBlank(int id) {
        return blank.computeIfAbsent(
                id, token -> tokenizer.decode(new int[] {token}).isBlank());
    }
}
