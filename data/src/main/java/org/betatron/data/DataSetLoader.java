package org.betatron.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads files into token ids: parse, drop what teaches nothing, write prompts with the chat
/// template, tokenize, truncate. Files are streamed; only token ids stay in memory.
///
/// Thread-safe if the tokenizer is.
public final class DataSetLoader {

    /// Rows tokenized together, enough to keep several threads busy.
    private static final int ROWS_AT_ONCE = 512;

    private final RowTokenizer rowTokenizer;
    private final ChatTemplate template;
    private final PromptStyle promptStyle;

    /// @param tokenizer   borrowed; has to stay open while files are loaded
    /// @param template    for prompts that are messages
    /// @param promptStyle for prompts that are text
    /// @param truncation  limits of every row
    /// @throws IllegalArgumentException if a cut prompt would have no room besides the start tokens
    public DataSetLoader(Tokenizer tokenizer, ChatTemplate template, PromptStyle promptStyle, Truncation truncation) {
        this.rowTokenizer = new RowTokenizer(tokenizer, truncation);
        this.template = template;
        this.promptStyle = promptStyle;
    }

    /// Reads preference pairs.
    ///
    /// @param files  one data set, in this order
    /// @param format of all files, or [PreferenceFormat#AUTO] for each its own
    /// @throws DataException if a file or row cannot be used, or no row is left
    public TokenizedDataSet<TokenizedPair> pairs(List<Path> files, PreferenceFormat format) {
        return load(files, format);
    }

    /// Reads unpaired rows: single answers with a label.
    ///
    /// @param files  one data set, in this order
    /// @param format of all files, or [AnswerFormat#AUTO] for each its own
    /// @throws DataException if a file or row cannot be used, or no row is left
    public TokenizedDataSet<TokenizedAnswer> answers(List<Path> files, AnswerFormat format) {
        return load(files, format);
    }

    /// Reads texts to imitate.
    ///
    /// A [TextFormat#PLAIN] file is cut into windows of `maxTokens` tokens. Each begins with the
    /// tokenizer's start tokens, or the end token if there are none, and every token of the text is
    /// learned exactly once.
    ///
    /// @param files  one data set, in this order
    /// @param format of all files, or [TextFormat#AUTO] for each its own
    /// @throws DataException if a file or row cannot be used, or no row is left
    public TokenizedDataSet<TokenizedText> texts(List<Path> files, TextFormat format) {
        DataSetCollector<TokenizedText> collector = new DataSetCollector<>();
        for (Path file : files) {
            TextFormat resolved = format.resolve(file);
            if (resolved == TextFormat.PLAIN) {
                collector.addSource(file.toString(), TextFormat.PLAIN.name());
                TextWindows.read(file, rowTokenizer, collector);
            } else {
                read(file, resolved, collector);
            }
        }
        return collector.finish();
    }

    private <T extends SourceRow<R>, R extends TokenizedRow> TokenizedDataSet<R> load(
            List<Path> files, RowFormat<T> format) {
        DataSetCollector<R> collector = new DataSetCollector<>();
        files.forEach(file -> read(file, format, collector));
        return collector.finish();
    }

    private <T extends SourceRow<R>, R extends TokenizedRow> void read(
            Path file, RowFormat<T> format, DataSetCollector<R> collector) {
        try (RowReader<T> reader = format.open(file)) {
            collector.addSource(file.toString(), reader.format());
            while (reader.hasNext()) {
                add(nextRows(reader), collector);
            }
        }
    }

    private <T extends SourceRow<R>, R extends TokenizedRow> void add(
            List<ReadRow<T>> rows, DataSetCollector<R> collector) {
        List<FittedRow> fitted = rowTokenizer.tokenize(rows.stream()
                .<SourceRow<R>>mapMulti((row, keep) -> {
                    if (row instanceof ReadRow.Kept<T>(RowPlace _, T kept)) {
                        keep.accept(kept);
                    }
                })
                .map(this::render)
                .toList());
        int next = 0;
        for (ReadRow<T> read : rows) {
            switch (read) {
                case ReadRow.Dropped<T>(DroppedRow dropped) -> collector.drop(dropped);
                case ReadRow.Kept<T>(RowPlace place, T row) -> {
                    FittedRow ids = fitted.get(next++);
                    DropReason reason = uselessness(ids);
                    if (reason != null) {
                        collector.drop(new DroppedRow(row.id(), place, reason));
                        continue;
                    }
                    collector.keep(
                            row.tokenized(collector.unique(row.id()), place, ids.prompt(), ids.responses()), ids);
                }
            }
        }
    }

    /// Shows how the first rows of a file are read, dropped ones included.
    ///
    /// @param limit most rows to read
    /// @throws DataException if the file or one of these rows cannot be used
    /// @throws IllegalStateException if the format is [TextFormat#PLAIN]
    public <T extends SourceRow<?>> List<RowInspection> inspect(Path file, RowFormat<T> format, int limit) {
        try (RowReader<T> reader = format.open(file)) {
            List<RowInspection> inspections = new ArrayList<>();
            while (reader.hasNext() && inspections.size() < limit) {
                inspections.add(
                        switch (reader.next()) {
                            case ReadRow.Dropped<T>(DroppedRow row) -> RowInspection.ofDropped(row);
                            case ReadRow.Kept<T>(RowPlace place, T row) -> {
                                FittedRow ids = rowTokenizer
                                        .tokenize(List.of(render(row)))
                                        .getFirst();
                                yield RowInspection.of(row, place, uselessness(ids), ids, rowTokenizer);
                            }
                        });
            }
            return inspections;
        }
    }

    private RenderedRow render(SourceRow<?> row) {
        return RenderedRow.of(row.prompt(), row.answers(), template, promptStyle);
    }

    private @Nullable DropReason uselessness(FittedRow ids) {
        if (ids.responses().stream().anyMatch(this::isOnlyEnd)) {
            return DropReason.EMPTY_ANSWER;
        }
        return ids.responses().size() > 1
                        && Arrays.equals(
                                ids.responses().getFirst(), ids.responses().getLast())
                ? DropReason.IDENTICAL_TOKENS
                : null;
    }

    /// The text was nothing but end tokens.
    private boolean isOnlyEnd(int[] response) {
        return response.length == 1 && response[0] == rowTokenizer.tokenizer().eosId();
    }

    private static <T> List<ReadRow<T>> nextRows(RowReader<T> reader) {
        List<ReadRow<T>> rows = new ArrayList<>();
        while (reader.hasNext() && rows.size() < ROWS_AT_ONCE) {
            rows.add(reader.next());
        }
        return rows;
    }
}
