package org.betatron.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import tools.jackson.databind.JsonNode;

/// The batches of `objectives.json`, with every quantity that was recorded of them.
public final class RecordedBatches {

    private RecordedBatches() {}

    /// @param rows `pairs` or `answers`
    public static List<PairLogProbs> read(JsonNode file, String rows) {
        List<PairLogProbs> batches = new ArrayList<>();
        for (JsonNode batch : file.required(rows)) {
            PairLogProbs pairs = new PairLogProbs(side(batch.required("chosen")), side(batch.required("rejected")));
            if (batch.required("chosen").has("score")) {
                pairs = pairs.withScoreGaps(scoreGaps(batch));
            }
            batches.add(batch.has("mismatched") ? pairs.withMismatched(side(batch.required("mismatched"))) : pairs);
        }
        return batches;
    }

    private static double[] scoreGaps(JsonNode batch) {
        double[] gaps = Recorded.doubles(batch.required("chosen"), "score");
        double[] rejected = Recorded.doubles(batch.required("rejected"), "score");
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] -= rejected[i];
        }
        return gaps;
    }

    /// @return how a quantity is spelled in the file
    public static String spelling(ResponseQuantity quantity) {
        return quantity.name().toLowerCase(Locale.ROOT);
    }

    private static ResponseLogProbs side(JsonNode columns) {
        ResponseLogProbs.Builder builder =
                ResponseLogProbs.builder(Recorded.ints(columns, "tokens"), Recorded.doubles(columns, "policy"));
        for (ResponseQuantity quantity : ResponseQuantity.values()) {
            if (columns.has(spelling(quantity))) {
                builder.with(quantity, Recorded.doubles(columns, spelling(quantity)));
            }
        }
        return builder.build();
    }
}
