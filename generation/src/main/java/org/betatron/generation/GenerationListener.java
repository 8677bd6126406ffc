package org.betatron.generation;

/// Hears of answers while they are written, on the thread that generates.
public interface GenerationListener {

    /// Hears nothing.
    GenerationListener NONE = new GenerationListener() {};

    /// An answer has new text: what follows the text heard before. What may still change or turn out to
    /// begin a stop text is held back.
    ///
    /// @param prompt  number of the prompt
    /// @param sample  number of the answer to it
    /// @param newText not empty
    default void wrote(int prompt, int sample, String newText) {}

    /// @return whether [#wrote] is to be called, which decodes every answer at every token
    default boolean wantsText() {
        return false;
    }

    /// An answer is complete. Answers end in no particular order.
    default void finished(Answer answer) {}
}
