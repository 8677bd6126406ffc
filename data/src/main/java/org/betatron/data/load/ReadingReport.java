package org.betatron.data.load;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.betatron.data.row.DropReason;

/// What became of rows when their files were read, whatever they were read for.
///
/// @param sources      each file with the format it was read in
/// @param numRead      rows in the files
/// @param dropped      how many rows were left out, by reason; reasons without rows are absent
/// @param numKept      rows that are left, `numRead` less all dropped
/// @param oddities     how many kept rows are odd in which way
/// @param unusedFields how many kept rows have a field that nothing was read of, by name
/// @param unreadable   how many rows cannot be read for which reason
public record ReadingReport(
        List<DatasetReport.Source> sources,
        int numRead,
        Map<DropReason, Integer> dropped,
        int numKept,
        Map<Oddity, Integer> oddities,
        Map<String, Integer> unusedFields,
        Map<String, Integer> unreadable) {

    private static final int MOST_FIELDS = 50;
    private static final int MOST_CHARACTERS = 80;

    public ReadingReport {
        sources = List.copyOf(sources);
        EnumMap<DropReason, Integer> copy = new EnumMap<>(DropReason.class);
        copy.putAll(dropped);
        dropped = Collections.unmodifiableMap(copy);
        oddities = Collections.unmodifiableMap(new TreeMap<>(oddities));
        unusedFields = Collections.unmodifiableMap(new TreeMap<>(unusedFields));
        unreadable = Collections.unmodifiableMap(new TreeMap<>(unreadable));
    }

    /// @return number of rows that were left out for any reason
    public int numDropped() {
        return dropped.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// @return everything for a terminal, several lines
    public String text() {
        return counts() + notes();
    }

    /// @return files, rows kept and dropped for a terminal, several lines
    String counts() {
        StringBuilder text = new StringBuilder();
        sources.forEach(source -> line(text, source.text()));
        line(text, "rows: " + numRead + " read, " + numKept + " kept, " + numDropped() + " dropped");
        dropped.forEach((reason, count) -> {
            line(text, "  dropped " + count + ": " + reason.text());
            if (reason == DropReason.UNREADABLE) {
                unreadable.forEach((why, rows) -> line(text, "    " + rows + ": " + why));
            }
        });
        return text.toString();
    }

    /// @return what is worth knowing of kept rows for a terminal, several lines or none
    String notes() {
        StringBuilder text = new StringBuilder();
        oddities.forEach((oddity, count) -> line(text, "note: " + count + " " + oddity.text()));
        if (!unusedFields.isEmpty()) {
            line(text, "fields not used: " + unusedText());
        }
        return text.toString();
    }

    /// @return `id2 (5), source (12)`: names of fields with the number of rows
    private String unusedText() {
        String named = unusedFields.entrySet().stream()
                .limit(MOST_FIELDS)
                .map(field -> shown(field.getKey()) + " (" + field.getValue() + ")")
                .collect(Collectors.joining(", "));
        int more = unusedFields.size() - MOST_FIELDS;
        return more > 0 ? named + " and " + more + " more" : named;
    }

    private static String shown(String field) {
        String text = field.length() > MOST_CHARACTERS ? field.substring(0, MOST_CHARACTERS) + "…" : field;
        return text.replaceAll("\\p{Cntrl}", "\ufffd");
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
