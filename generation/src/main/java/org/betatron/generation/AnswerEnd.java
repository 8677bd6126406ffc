package org.betatron.generation;

/// Why an answer ended.
public enum AnswerEnd {
    /// The model wrote a token that ends an answer.
    END_TOKEN,
    /// One of the stop texts occurred.
    STOP_TEXT,
    /// It reached the most tokens allowed, or the model's last position.
    LENGTH
}
