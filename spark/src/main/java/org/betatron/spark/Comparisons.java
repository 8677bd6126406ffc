package org.betatron.spark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.comparison.JudgedAnswer;
import org.betatron.evaluation.judge.Outcome;
import org.betatron.evaluation.judge.Verdict;
import org.betatron.generation.GenerationSpec;

/// Sums up what [BetatronSpark#evaluate] found.
public final class Comparisons {

    private static final String HASH = "promptHash";

    private Comparisons() {}

    /// @param judged rows of an evaluation, best read from where they were written; some numbers of
    ///     each
    ///     come to the driver
    /// @param spec   how answers were drawn
    /// @return win rates with intervals over prompts; the same whatever the order of the rows
    public static ComparisonReport report(Dataset<Row> judged, GenerationSpec spec) {
        List<Row> rows = judged.filter(functions.col(Columns.TOKENS).isNotNull())
                .select(
                        functions.xxhash64(functions.col(Columns.PROMPT)).as(HASH),
                        functions.col(Columns.TOKENS),
                        functions.col(Columns.OPPONENT_TOKENS),
                        functions.col(Columns.OUTCOME),
                        functions.col(Columns.SCORE),
                        functions.col(Columns.OPPONENT_SCORE),
                        functions.col(Columns.SAMPLE))
                .orderBy(HASH, Columns.SAMPLE)
                .collectAsList();
        Map<Long, Integer> prompts = new HashMap<>();
        List<JudgedAnswer> answers = new ArrayList<>(rows.size());
        for (Row row : rows) {
            int prompt = prompts.computeIfAbsent(row.getLong(0), _ -> prompts.size());
            answers.add(new JudgedAnswer(
                    prompt,
                    row.isNullAt(3)
                            ? null
                            : Verdict.scored(
                                    Outcome.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
                                    row.getDouble(4),
                                    row.getDouble(5)),
                    row.getInt(1),
                    row.getInt(2),
                    Double.NaN));
        }
        return ComparisonReport.of(spec.sampling().temperature(), answers, spec.seed());
    }
}
