package org.betatron.core.sampling;

import static org.betatron.core.Numbers.require;

import java.io.Serializable;
/// How the next token is chosen from a model's logits. Order and meaning of the steps are those of
/// `generate` of `transformers`: repetition penalty, temperature, top-k, top-p, min-p, then a draw.
///
/// @param temperature       divides the logits, ≥ 0; 0 always takes the most probable token, and
///     the
///     filters have no effect then
/// @param topK              most tokens to draw from, ≥ 0; 0 for all. Tokens as probable as the
///     last stay
/// @param topP              draw from the fewest most probable tokens that together reach this
///     probability, in (0, 1]; 1 for all
/// @param minP              draw from tokens at least this share as probable as the most probable
///     one, in
///     [0, 1]; 0 for all
/// @param repetitionPenalty divides positive and multiplies negative logits of tokens that occurred
///     before, prompt included, > 0; 1 for none

public record SamplingSpec(double temperature, int topK, double topP, double minP, double repetitionPenalty)
        implements Serializable {

    /// Draws from what the model says, unchanged.
    public static final SamplingSpec DEFAULT = new SamplingSpec(1, 0, 1, 0, 1);

    /// Always the most probable token.
    public static final SamplingSpec GREEDY = DEFAULT.withTemperature(0);

    public SamplingSpec {
        require("temperature", temperature >= 0 && temperature < Double.POSITIVE_INFINITY, "≥ 0", temperature);
        require("topK", topK >= 0, "≥ 0", topK);
        require("topP", topP > 0 && topP <= 1, "in (0, 1]", topP);
        require("minP", minP >= 0 && minP <= 1, "in [0, 1]", minP);
        require(
                "repetitionPenalty",
                repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY,
                "> 0",
                repetitionPenalty);
    }

    public SamplingSpec withTemperature(double other) {
        return new SamplingSpec(other, topK, topP, minP, repetitionPenalty);
    }

    public boolean isGreedy() {
        return temperature == 0;
    }

    /// @return whether tokens are drawn from exactly the distribution that the model gives
    public boolean isUnchanged() {
        return equals(DEFAULT);
    }
}
