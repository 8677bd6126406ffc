package org.betatron.data.load;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.betatron.data.row.DropReason;
import org.jspecify.annotations.Nullable;

/// What became of the rows of a data set: read, dropped, cut, and how long they are.
///
/// @param sources         each file with the format it was read in
/// @param numRead         rows in the files
/// @param dropped         how many rows were left out, by reason; reasons without rows are absent
/// @param numKept         rows that are left, `numRead` less all dropped
/// @param scores          which kept pairs have scores, and how far these lie apart
/// @param numDesirable    kept unpaired rows that are examples to follow; 0 for other rows
/// @param numUndesirable  kept unpaired rows that are examples to avoid; 0 for other rows
/// @param numRenamed      kept rows whose id occurred before and got a suffix
/// @param numPromptsCut   kept rows whose prompt was cut
/// @param numResponsesCut responses of kept rows that were cut
/// @param numTokensCut    tokens that these cuts removed
/// @param promptLengths   of kept rows, start tokens included
/// @param responseLengths of every response of kept rows, end token included
/// @param rowLengths      of kept rows, the prompt once and each response
/// @param oddities        how many kept rows have something that is worth knowing; absent where
///     none has. Empty in reports of runs from before it was counted, as the next is
/// @param unreadable      how many rows could not be read, by reason
/// @param unusedFields    how many kept rows have a field that nothing was read of, by its name
public record DatasetReport(
        List<Source> sources,
        int numRead,
        Map<DropReason, Integer> dropped,
        int numKept,
        ScoreReport scores,
        int numDesirable,
        int numUndesirable,
        int numRenamed,
        int numPromptsCut,
        int numResponsesCut,
        long numTokensCut,
        LengthStatistics promptLengths,
        LengthStatistics responseLengths,
        LengthStatistics rowLengths,
        Map<Oddity, Integer> oddities,
        Map<String, Integer> unusedFields,
        Map<String, Integer> unreadable) {

    /// A file.
    ///
    /// @param format  it was read in
    /// @param numKept rows of it that are left; null in reports of runs from before it was counted
    public record Source(
            String file, String format, @Nullable Integer numKept) {

        /// @return the file for a terminal
        String text() {
            return file + " (" + format + ")" + (Objects.equals(numKept, 0) ? ": none of its rows can be used" : "");
        }
    }

    public DatasetReport {
        // Read from JSON, which may lack any.
        Objects.requireNonNull(promptLengths, "promptLengths");
        Objects.requireNonNull(responseLengths, "responseLengths");
        Objects.requireNonNull(rowLengths, "rowLengths");
        sources = List.copyOf(sources);
        EnumMap<DropReason, Integer> copy = new EnumMap<>(DropReason.class);
        copy.putAll(dropped);
        dropped = Collections.unmodifiableMap(copy);
        oddities = oddities == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(oddities));
        unreadable = unreadable == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(unreadable));
        unusedFields = unusedFields == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(unusedFields));
    }

    /// @return number of rows that were left out for any reason
    public int numDropped() {
        return dropped.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// @return how many rows were left out for a reason
    public int numDropped(DropReason reason) {
        return dropped.getOrDefault(reason, 0);
    }

    /// @return the report for a terminal, several lines, with the distributions of lengths
    public String text() {
        StringBuilder text = new StringBuilder(summary());
        lengths(text, "prompt", promptLengths);
        lengths(text, "response", responseLengths);
        lengths(text, "row", rowLengths);
        return text.toString();
    }

    /// @return the counts for a terminal, several lines: files, rows kept and dropped, what was cut
    public String summary() {
        ReadingReport read = new ReadingReport(sources, numRead, dropped, numKept, oddities, unusedFields, unreadable);
        StringBuilder text = new StringBuilder(read.counts());
        if (scores.numScored() > 0) {
            line(text, "scores: " + scores.numScored() + " of " + numKept + " pairs");
            line(text, "  gap of scores: " + scores.gaps().summary());
        }
        if (numDesirable + numUndesirable > 0) {
            line(text, "labels: " + numDesirable + " desirable, " + numUndesirable + " undesirable");
        }
        if (numRenamed > 0) {
            line(text, "ids: " + numRenamed + " occurred before and got a suffix");
        }
        text.append(read.notes());
        line(
                text,
                "cut: " + numPromptsCut + " prompts, " + numResponsesCut + " responses, " + numTokensCut + " tokens");
        return text.toString();
    }

    private static void lengths(StringBuilder text, String what, LengthStatistics lengths) {
        line(text, what + " tokens: " + lengths.summary());
        text.append(lengths.histogramText());
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
