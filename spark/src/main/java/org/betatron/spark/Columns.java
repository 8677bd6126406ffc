package org.betatron.spark;

import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/// Columns that rows get behind their own. All are null where a row has none of the values, and the
/// last
/// one says why.
final class Columns {

    /// Beta_0 times the margin, or the difference of scores: negative where a pair is suspicious.
    static final String GAP = "gap";

    /// Why a row has no values.
    static final String DROPPED = "dropped";

    static final String RANK = "rank";
    static final String PROMPT = "modelPrompt";
    static final String OUTCOME = "outcome";
    static final String SCORE = "score";
    static final String OPPONENT_SCORE = "opponentScore";
    static final String TOKENS = "tokens";
    static final String OPPONENT_TOKENS = "opponentTokens";
    static final String SAMPLE = "sample";

    /// As `betatron score` names them.
    static final List<StructField> PAIR = List.of(
            number("policyChosen"),
            number("policyRejected"),
            number("referenceChosen"),
            number("referenceRejected"),
            number(GAP),
            number("loss"),
            text(DROPPED));

    /// As recipes read scores.
    static final List<StructField> REWARD =
            List.of(number("chosen_score"), number("rejected_score"), number(GAP), text(DROPPED));

    /// Sums, lengths, and the log-prob of every token.
    static final List<StructField> REFERENCE = List.of(
            number("referenceChosen"),
            number("referenceRejected"),
            count("chosenTokens"),
            count("rejectedTokens"),
            list("referenceChosenTokens"),
            list("referenceRejectedTokens"),
            text(DROPPED));

    /// As `betatron generate` names them; the prompt is the text that the model read.
    static final List<StructField> ANSWER =
            List.of(text(PROMPT), count(SAMPLE), text("completion"), count(TOKENS), text("end"), text(DROPPED));

    /// As `betatron evaluate` names them.
    static final List<StructField> CONTEST = List.of(
            text(PROMPT),
            count(SAMPLE),
            text("answer"),
            count(TOKENS),
            text("opponent"),
            count(OPPONENT_TOKENS),
            text(OUTCOME),
            number(SCORE),
            number(OPPONENT_SCORE),
            text("why"));

    private Columns() {}

    private static StructField number(String name) {
        return field(name, DataTypes.DoubleType);
    }

    private static StructField count(String name) {
        return field(name, DataTypes.IntegerType);
    }

    private static StructField text(String name) {
        return field(name, DataTypes.StringType);
    }

    private static StructField list(String name) {
        return field(name, DataTypes.createArrayType(DataTypes.FloatType, false));
    }

    private static StructField field(String name, DataType type) {
        return DataTypes.createStructField(name, type, true);
    }
}
