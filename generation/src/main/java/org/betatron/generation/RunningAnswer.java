package org.betatron.generation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.sampling.TokenSampler;
import org.betatron.data.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;

/// An answer being written. One thread at a time.
final class RunningAnswer {

    /// Tokens before the longest stop text that are decoded with it: what the first token of a
    /// piece looks
    /// like may depend on the one before.
    private static final int CONTEXT_TOKENS = 8;

    private final int prompt;
    private final int sample;
    private final int sequence;
    private final Tokenizer tokenizer;
    private final int[] stopIds;
    private final List<String> stop;
    private final int longestStop;
    private final RandomGenerator random;
    private final BitSet seen = new BitSet();
    private final int[] ids;
    private final float[] logProbs;
    private int numIds;
    private int numHeard;
    private @Nullable AnswerEnd end;

    RunningAnswer(Generator generator, int[] promptIds, int prompt, int sample, int sequence, RandomGenerator random) {
        this.prompt = prompt;
        this.sample = sample;
        this.sequence = sequence;
        this.random = random;
        tokenizer = generator.tokenizer();
        stopIds = tokenizer.stopIds();
        stop = generator.spec().stop();
        longestStop = stop.stream().mapToInt(String::length).max().orElse(0);
        ids = new int[generator.room(promptIds.length)];
        logProbs = new float[ids.length];
        Arrays.stream(promptIds).forEach(seen::set);
    }

    int sequence() {
        return sequence;
    }

    int lastToken() {
        return ids[numIds - 1];
    }

    boolean hasEnded() {
        return end != null;
    }

    /// Chooses the next token.
    ///
    /// @param logits used up
    void choose(TokenSampler sampler, float[] logits) {
        TokenSampler.Drawn drawn = sampler.draw(logits, seen, random);
        int token = drawn.token();
        logProbs[numIds] = (float) drawn.logProb();
        ids[numIds++] = token;
        seen.set(token);
        if (Arrays.stream(stopIds).anyMatch(id -> id == token)) {
            end = AnswerEnd.END_TOKEN;
        } else if (hasStopText()) {
            end = AnswerEnd.STOP_TEXT;
        } else if (numIds == ids.length) {
            end = AnswerEnd.LENGTH;
        }
    }

    private boolean hasStopText() {
        if (stop.isEmpty()) {
            return false;
        }
        // A character has at most four tokens, its bytes, so the newest stop text lies within these.
        int from = Math.max(0, numIds - 4 * longestStop - CONTEXT_TOKENS);
        String tail = tokenizer.decode(Arrays.copyOfRange(ids, from, numIds));
        return stop.stream().anyMatch(tail::contains) && stopStart(decoded()) >= 0;
    }

    /// @return where the first stop text begins, or -1
    private int stopStart(String text) {
        return stop.stream()
                .mapToInt(text::indexOf)
                .filter(index -> index >= 0)
                .min()
                .orElse(-1);
    }

    private String decoded() {
        int count = end == AnswerEnd.END_TOKEN ? numIds - 1 : numIds;
        return count == 0 ? "" : tokenizer.decode(Arrays.copyOf(ids, count));
    }

    private String text() {
        String text = decoded();
        return end == AnswerEnd.STOP_TEXT ? text.substring(0, stopStart(text)) : text;
    }

    /// Tells a listener the text that is new and will stay.
    void report(GenerationListener listener) {
        if (!listener.wantsText()) {
            return;
        }
        String text = text();
        int sure = hasEnded() ? text.length() : text.length() - unsure(text);
        if (sure > numHeard) {
            listener.wrote(prompt, sample, text.substring(numHeard, sure));
            numHeard = sure;
        }
    }

    /// @return characters at the end that are half a character, or may begin a stop text
    private int unsure(String text) {
        int half = 0;
        while (half < text.length() && text.charAt(text.length() - 1 - half) == '\ufffd') {
            half++;
        }
        for (int length = Math.min(longestStop - 1, text.length()); length > half; length--) {
            String last = text.substring(text.length() - length);
            if (stop.stream().anyMatch(it -> it.startsWith(last))) {
                return length;
            }
        }
        return half;
    }

    Answer toAnswer() {
        AnswerEnd reason = end;
        if (reason == null) {
            throw new IllegalStateException("the answer has not ended");
        }
        return new Answer(prompt, sample, Arrays.copyOf(ids, numIds), Arrays.copyOf(logProbs, numIds), text(), reason);
    }
}
