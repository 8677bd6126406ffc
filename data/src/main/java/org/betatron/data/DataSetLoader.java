package org.betatron.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads files into token ids: parse, drop what teaches nothing, write prompts with the chat template,
/// tokenize, truncate. Files are streamed; only token ids stay in memory.
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
        DataSetCollector<TokenizedPair> collector = new DataSetCollector<>();
        for (Path file : files) {
            try (RowReader<PreferencePair> reader = format.open(file)) {
                collector.addSource(file.toString(), reader.format());
                while (reader.hasNext()) {
                    addPairs(nextRows(reader), collector);
                }
            }
        }
        return collector.finish();
    }

    private void addPairs(List<ReadRow<PreferencePair>> rows, DataSetCollector<TokenizedPair> collector) {
        List<FittedRow> fitted = rowTokenizer.tokenize(rows.stream()
                .<PreferencePair>mapMulti((row, keep) -> {
                    if (row instanceof ReadRow.Kept<PreferencePair>(String _, PreferencePair pair)) {
                        keep.accept(pair);
                    }
                })
                .map(this::render)
                .toList());
        int next = 0;
        for (ReadRow<PreferencePair> row : rows) {
            switch (row) {
                case ReadRow.Dropped<PreferencePair>(DroppedRow dropped) -> collector.drop(dropped);
                case ReadRow.Kept<PreferencePair>(String where, PreferencePair pair) -> {
                    FittedRow ids = fitted.get(next++);
                    DropReason reason = uselessPair(ids);
                    if (reason != null) {
                        collector.drop(new DroppedRow(pair.id(), where, reason));
                        continue;
                    }
                    String id = collector.unique(pair.id());
                    if (pair.isScored()) {
                        collector.countScored();
                    }
                    collector.keep(
                            new TokenizedPair(
                                    id,
                                    ids.prompt(),
                                    ids.responses().getFirst(),
                                    ids.responses().getLast()),
                            ids);
                }
            }
        }
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
                continue;
            }
            try (RowReader<TrainingText> reader = resolved.open(file)) {
                collector.addSource(file.toString(), reader.format());
                while (reader.hasNext()) {
                    addTexts(nextRows(reader), collector);
                }
            }
        }
        return collector.finish();
    }

    private void addTexts(List<ReadRow<TrainingText>> rows, DataSetCollector<TokenizedText> collector) {
        List<FittedRow> fitted = rowTokenizer.tokenize(rows.stream()
                .<TrainingText>mapMulti((row, keep) -> {
                    if (row instanceof ReadRow.Kept<TrainingText>(String _, TrainingText text)) {
                        keep.accept(text);
                    }
                })
                .map(this::render)
                .toList());
        int next = 0;
        for (ReadRow<TrainingText> row : rows) {
            switch (row) {
                case ReadRow.Dropped<TrainingText>(DroppedRow dropped) -> collector.drop(dropped);
                case ReadRow.Kept<TrainingText>(String where, TrainingText text) -> {
                    FittedRow ids = fitted.get(next++);
                    if (isOnlyEnd(ids.responses().getFirst())) {
                        collector.drop(new DroppedRow(text.id(), where, DropReason.EMPTY_ANSWER));
                        continue;
                    }
                    String id = collector.unique(text.id());
                    collector.keep(
                            new TokenizedText(id, ids.prompt(), ids.responses().getFirst()), ids);
                }
            }
        }
    }

    /// Shows how the first rows of a preference file are read, dropped ones included.
    ///
    /// @param limit most rows to read
    /// @throws DataException if the file or one of these rows cannot be used
    public List<RowInspection> inspectPairs(Path file, PreferenceFormat format, int limit) {
        try (RowReader<PreferencePair> reader = format.open(file)) {
            List<RowInspection> inspections = new ArrayList<>();
            while (reader.hasNext() && inspections.size() < limit) {
                inspections.add(
                        switch (reader.next()) {
                            case ReadRow.Dropped<PreferencePair>(DroppedRow row) -> RowInspection.ofDropped(row);
                            case ReadRow.Kept<PreferencePair>(String where, PreferencePair pair) -> {
                                FittedRow ids = rowTokenizer
                                        .tokenize(List.of(render(pair)))
                                        .getFirst();
                                yield inspection(
                                        pair.id(), where, uselessPair(ids), ids, List.of("chosen", "rejected"));
                            }
                        });
            }
            return inspections;
        }
    }

    /// Shows how the first rows of a JSON file of texts are read, dropped ones included.
    ///
    /// @param limit most rows to read
    /// @throws DataException if the file or one of these rows cannot be used
    /// @throws IllegalStateException if the format is [TextFormat#PLAIN]
    public List<RowInspection> inspectTexts(Path file, TextFormat format, int limit) {
        try (RowReader<TrainingText> reader = format.open(file)) {
            List<RowInspection> inspections = new ArrayList<>();
            while (reader.hasNext() && inspections.size() < limit) {
                inspections.add(
                        switch (reader.next()) {
                            case ReadRow.Dropped<TrainingText>(DroppedRow row) -> RowInspection.ofDropped(row);
                            case ReadRow.Kept<TrainingText>(String where, TrainingText text) -> {
                                FittedRow ids = rowTokenizer
                                        .tokenize(List.of(render(text)))
                                        .getFirst();
                                yield inspection(text.id(), where, null, ids, List.of("response"));
                            }
                        });
            }
            return inspections;
        }
    }

    private RowInspection inspection(
            String id, String where, @Nullable DropReason reason, FittedRow ids, List<String> names) {
        return RowInspection.of(id, where, reason, ids, names, rowTokenizer);
    }

    private RenderedRow render(PreferencePair pair) {
        return RenderedRow.of(pair.prompt(), List.of(pair.chosen(), pair.rejected()), template, promptStyle);
    }

    private RenderedRow render(TrainingText text) {
        return RenderedRow.of(text.prompt(), List.of(text.response()), template, promptStyle);
    }

    private @Nullable DropReason uselessPair(FittedRow ids) {
        if (ids.responses().stream().anyMatch(this::isOnlyEnd)) {
            return DropReason.EMPTY_ANSWER;
        }
        return Arrays.equals(ids.responses().getFirst(), ids.responses().getLast())
                ? DropReason.IDENTICAL_TOKENS
                : null;
    }

    /// The text was nothing but end tokens.
    private boolean isOnlyEnd(int[] response) {
        return response.length == 1 && response[0] == rowTokenizer.tokenizer().eosId();
    }

    private static <R> List<ReadRow<R>> nextRows(RowReader<R> reader) {
        List<ReadRow<R>> rows = new ArrayList<>();
        while (reader.hasNext() && rows.size() < ROWS_AT_ONCE) {
            rows.add(reader.next());
        }
        return rows;
    }
}
