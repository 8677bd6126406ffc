package org.betatron.generation;

import org.betatron.core.RandomStreams;

/// Which random numbers the answers to a prompt are drawn with.
@FunctionalInterface
public interface PromptStreams {

    /// Those of the prompt's number among others: equal prompts get answers of their own.
    PromptStreams BY_NUMBER = (number, _) -> number;

    /// Those of the prompt's tokens: its answers are the same whatever else is asked, and in
    /// whatever
    /// order; equal prompts get equal answers.
    PromptStreams BY_TOKENS = (_, prompt) -> {
        long mixed = prompt.length;
        for (int id : prompt) {
            mixed = RandomStreams.mix(mixed ^ id);
        }
        return mixed;
    };

    /// @param number of the prompt among those that are answered, from 0
    /// @param prompt its token ids
    /// @return what its random streams are made of, beside seed and sample
    long of(int number, int[] prompt);
}
