package org.betatron.training.online;

import java.util.List;
import org.betatron.core.policy.WrittenNumbers;
import org.betatron.data.row.MadeRow;

/// An answer of the policy with all that a policy gradient has to know of it. Arrays are lent, not
/// to be written; `[tokens]` each, or empty.
///
/// @param id            prompt's row and number of the answer to it
/// @param prompt        token ids, at least one
/// @param answer        token ids, at least one
/// @param counts        whether it may teach anything
/// @param advantages    how much better than expected each token was
/// @param drawn         log-probs as the decoder had them, nats
/// @param before        log-probs as a training pass had them when the answer was written, nats;
///     empty where the first pass of the only update is the same
/// @param reference     log-probs of the reference, nats; empty where there is none
/// @param values        of the critic when it was written; empty where there is none
/// @param returns       what the critic should have said
/// @param klCoefficient cost of a nat from the reference when it was written
@SuppressWarnings("ArrayRecordComponent") // lent, never compared
public record WrittenRow(
        String id,
        int[] prompt,
        int[] answer,
        boolean counts,
        float[] advantages,
        float[] drawn,
        float[] before,
        float[] reference,
        float[] values,
        float[] returns,
        double klCoefficient)
        implements MadeRow {

    public WrittenRow {
        if (prompt.length == 0 || answer.length == 0 || advantages.length != answer.length) {
            throw new IllegalArgumentException(
                    "answer '" + id + "' must have a prompt, and tokens with an advantage each," + " but had "
                            + prompt.length + ", " + answer.length + " and " + advantages.length);
        }
    }

    @Override
    public List<int[]> responses() {
        return List.of(answer);
    }

    /// @return tokens that may teach anything
    int countedTokens() {
        return counts ? answer.length : 0;
    }

    WrittenNumbers numbers() {
        return new WrittenNumbers(
                Floats.widened(advantages),
                Floats.widened(before),
                Floats.widened(reference),
                Floats.widened(values),
                Floats.widened(returns));
    }
}
