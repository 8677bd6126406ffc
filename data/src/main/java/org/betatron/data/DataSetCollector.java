package org.betatron.data;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Gathers rows and counts while files are read. Not thread-safe.
final class DataSetCollector<R extends TokenizedRow> {

    private final List<DatasetReport.Source> sources = new ArrayList<>();
    private final List<R> rows = new ArrayList<>();
    private final List<DroppedRow> dropped = new ArrayList<>();
    private final List<Integer> promptLengths = new ArrayList<>();
    private final List<Integer> responseLengths = new ArrayList<>();
    private final List<Double> gaps = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private int numRead;
    private int numDesirable;
    private int numUndesirable;
    private @Nullable RowPlace firstWithoutScores;
    private int numRenamed;
    private int numPromptsCut;
    private int numResponsesCut;
    private long numTokensCut;

    void addSource(String file, String format) {
        sources.add(new DatasetReport.Source(file, format));
    }

    void drop(DroppedRow row) {
        numRead++;
        dropped.add(row);
    }

    void keep(R row, FittedRow fitted) {
        numRead++;
        rows.add(row);
        count(row);
        promptLengths.add(fitted.prompt().length);
        fitted.responses().forEach(response -> responseLengths.add(response.length));
        numPromptsCut += fitted.promptTokensCut() > 0 ? 1 : 0;
        numTokensCut += fitted.promptTokensCut();
        for (int cut : fitted.responseTokensCut()) {
            numResponsesCut += cut > 0 ? 1 : 0;
            numTokensCut += cut;
        }
    }

    private void count(TokenizedRow row) {
        switch (row) {
            case TokenizedPair pair -> {
                if (pair.scoreGap().isPresent()) {
                    gaps.add(pair.scoreGap().getAsDouble());
                } else if (firstWithoutScores == null) {
                    firstWithoutScores = pair.place();
                }
            }
            case TokenizedAnswer answer -> {
                numDesirable += answer.desirable() ? 1 : 0;
                numUndesirable += answer.desirable() ? 0 : 1;
            }
            case TokenizedText _ -> {}
        }
    }

    /// @return the id, with a suffix if it occurred before: files repeat ids, for example one per
    ///     prompt
    String unique(String id) {
        String unique = id;
        for (int i = 2; !ids.add(unique); i++) {
            unique = id + "#" + i;
        }
        numRenamed += unique.equals(id) ? 0 : 1;
        return unique;
    }

    /// @throws DataException if no row is left
    TokenizedDataSet<R> finish() {
        Map<DropReason, Integer> counts = new EnumMap<>(DropReason.class);
        dropped.forEach(row -> counts.merge(row.reason(), 1, Integer::sum));
        if (rows.isEmpty()) {
            StringBuilder reasons = new StringBuilder();
            counts.forEach((reason, count) -> reasons.append(reasons.isEmpty() ? ": " : ", ")
                    .append(count)
                    .append(" × ")
                    .append(reason.text()));
            throw new DataException(
                    sources.stream().map(DatasetReport.Source::file).toList() + ": none of the " + numRead
                            + " rows can be used" + reasons);
        }
        DatasetReport report = new DatasetReport(
                sources,
                numRead,
                counts,
                rows.size(),
                new ScoreReport(
                        gaps.size(),
                        firstWithoutScores,
                        GapDistribution.of(
                                gaps.stream().mapToDouble(Double::doubleValue).toArray())),
                numDesirable,
                numUndesirable,
                numRenamed,
                numPromptsCut,
                numResponsesCut,
                numTokensCut,
                statistics(promptLengths, Integer::intValue),
                statistics(responseLengths, Integer::intValue),
                statistics(rows, TokenizedRow::numTokens));
        return new TokenizedDataSet<>(rows, dropped, report);
    }

    private static <T> LengthStatistics statistics(List<T> items, ToIntFunction<? super T> length) {
        return LengthStatistics.of(items.stream().mapToInt(length).toArray());
    }
}
