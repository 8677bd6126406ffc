package org.betatron.evaluation.judge.endpoint;

import java.util.Locale;

/// What tokens cost.
///
/// @param inputPerMillion  price of a million tokens that are sent, ≥ 0, in any currency
/// @param outputPerMillion price of a million tokens that are answered, ≥ 0, in the same
public record Price(double inputPerMillion, double outputPerMillion) {

    /// A judge of one's own.
    public static final Price FREE = new Price(0, 0);

    public Price {
        if (!(inputPerMillion >= 0 && outputPerMillion >= 0) || Double.isInfinite(inputPerMillion + outputPerMillion)) {
            throw new IllegalArgumentException("prices per million tokens must be finite and ≥ 0 but were "
                    + inputPerMillion + " and " + outputPerMillion);
        }
    }

    /// @return `", cost 1.23"`, or nothing where nothing costs
    String text(long inputTokens, long outputTokens) {
        return equals(FREE)
                ? ""
                : String.format(
                        Locale.ROOT,
                        ", cost %.4g",
                        (inputTokens * inputPerMillion + outputTokens * outputPerMillion) / 1e6);
    }
}
