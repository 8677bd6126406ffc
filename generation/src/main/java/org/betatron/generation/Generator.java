package org.betatron.generation;

import java.util.Comparator;
import java.util.List;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.tokenizer.TextTokens;
import org.betatron.data.tokenizer.Tokenizer;

/// Writes answers to prompts with a model.
///
/// An answer depends on the model, its prompt's tokens and number, the number of the sample and the
/// settings ([PromptStreams] says what of them its draws are made of), but neither on the other
/// prompts nor on the size of the batch: every answer draws from a
/// random stream of its own, and the decoder computes a sequence alike in any company (with more
/// than two
/// threads, up to rounding).
///
/// @param model     borrowed
/// @param tokenizer of that model, borrowed
/// @param spec      how
public record Generator(LanguageModel model, Tokenizer tokenizer, GenerationSpec spec) {

    /// @param texts of prompts
    /// @return the answers, by prompt and sample
    /// @throws IllegalArgumentException if a prompt leaves no room in the model's positions
    public List<Answer> answers(List<String> texts) {
        return generate(texts.stream().map(new TextTokens(tokenizer)::prompt).toList(), GenerationListener.NONE);
    }

    /// @param prompts  token ids of each, at least one
    /// @param listener hears of answers as they are written
    /// @return the answers, by prompt and sample
    /// @throws IllegalArgumentException if a prompt leaves no room in the model's positions, or has
    ///     a token that
    ///     the model does not know; nothing is generated then
    public List<Answer> generate(List<int[]> prompts, GenerationListener listener) {
        return generate(prompts, PromptStreams.BY_NUMBER, listener);
    }

    /// As [#generate(List, GenerationListener)], with draws of another choice.
    ///
    /// @param streams which random numbers are a prompt's
    public List<Answer> generate(List<int[]> prompts, PromptStreams streams, GenerationListener listener) {
        for (int prompt = 0; prompt < prompts.size(); prompt++) {
            requireAnswerable(prompts.get(prompt), prompts.size() == 1 ? "the prompt" : "prompt " + (prompt + 1));
        }
        try (Decoder decoder = model.startDecoding()) {
            return new DecodingLoop(this, decoder, prompts, streams, listener)
                    .run().stream()
                            .sorted(Comparator.comparingInt(Answer::prompt).thenComparingInt(Answer::sample))
                            .toList();
        }
    }

    /// @return most tokens that an answer to a prompt of that length may have
    int room(int promptLength) {
        return Math.min(spec.maxNewTokens(), model.maxPositions() - promptLength);
    }

    private void requireAnswerable(int[] prompt, String name) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException(name + " must have at least one token");
        }
        if (room(prompt.length) < 1) {
            throw new IllegalArgumentException(
                    name + " has " + prompt.length + " tokens, which leaves no room in the model's "
                            + model.maxPositions() + " positions; shorten it");
        }
        for (int id : prompt) {
            if (id < 0 || id >= model.vocabularySize()) {
                throw new IllegalArgumentException(name + " has token " + id + " (\"" + tokenizer.piece(id)
                        + "\"), which is beyond the model's" + " vocabulary of " + model.vocabularySize()
                        + "; do tokenizer and model belong together?");
            }
        }
    }
}
