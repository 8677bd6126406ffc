package org.betatron.data.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.betatron.data.DataException;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.SourceRow;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.TokenizedText;
import org.betatron.data.row.Truncation;
import org.betatron.data.source.AnswerFormat;
import org.betatron.data.source.Leftover;
import org.betatron.data.source.PreferenceFormat;
import org.betatron.data.source.ReadRow;
import org.betatron.data.source.RowFormat;
import org.betatron.data.source.RowReader;
import org.betatron.data.source.TextFormat;
import org.betatron.data.store.RowForms;
import org.betatron.data.store.StoredList;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;

/// Reads files into token ids: parse, drop what teaches nothing, write prompts with the chat
/// template, tokenize, truncate. Files are streamed through several threads that parse and
/// tokenize; order, ids and drops do not depend on their number. Rows are kept in temporary files
/// ([StoredList]), so memory does not grow with the data.
///
/// Thread-safe if the tokenizer is.
public final class DataSetLoader {

    private final RowTokenizer rowTokenizer;
    private final ChatTemplate template;
    private final PromptStyle promptStyle;
    private final OrderedWork work;

    /// Uses every processor.
    ///
    /// @param tokenizer   borrowed; has to stay open while files are loaded
    /// @param template    for prompts that are messages
    /// @param promptStyle for prompts that are text
    /// @param truncation  limits of every row
    /// @throws IllegalArgumentException if a cut prompt would have no room besides the start tokens
    public DataSetLoader(Tokenizer tokenizer, ChatTemplate template, PromptStyle promptStyle, Truncation truncation) {
        this(
                tokenizer,
                template,
                promptStyle,
                truncation,
                new OrderedWork(Runtime.getRuntime().availableProcessors()));
    }

    DataSetLoader(
            Tokenizer tokenizer,
            ChatTemplate template,
            PromptStyle promptStyle,
            Truncation truncation,
            OrderedWork work) {
        this.rowTokenizer = new RowTokenizer(tokenizer, truncation);
        this.template = template;
        this.promptStyle = promptStyle;
        this.work = work;
    }

    /// Reads preference pairs.
    ///
    /// @param files  one data set, in this order
    /// @param format of all files, or [PreferenceFormat#AUTO] for each its own
    /// @throws org.betatron.data.DataException if a file or row cannot be used, or no row is left
    public TokenizedDataSet<TokenizedPair> pairs(List<Path> files, PreferenceFormat format) {
        return load(files, format, new RowForms(), RowForms::pairs);
    }

    /// Reads unpaired rows: single answers with a label.
    ///
    /// @param files  one data set, in this order
    /// @param format of all files, or [AnswerFormat#AUTO] for each its own
    /// @throws org.betatron.data.DataException if a file or row cannot be used, or no row is left
    public TokenizedDataSet<TokenizedAnswer> answers(List<Path> files, AnswerFormat format) {
        return load(files, format, new RowForms(), RowForms::answers);
    }

    /// Reads texts to imitate.
    ///
    /// A [TextFormat#PLAIN] file is cut into windows of `maxTokens` tokens. Each begins with the
    /// tokenizer's start tokens, or the end token if there are none, and every token of the text is
    /// learned exactly once.
    ///
    /// @param files  one data set, in this order
    /// @param format of all files, or [TextFormat#AUTO] for each its own
    /// @throws org.betatron.data.DataException if a file or row cannot be used, or no row is left
    public TokenizedDataSet<TokenizedText> texts(List<Path> files, TextFormat format) {
        RowForms forms = new RowForms();
        try (DataSetCollector<TokenizedText> collector = new DataSetCollector<>(forms.texts(), forms.dropped())) {
            for (Path file : files) {
                TextFormat resolved = format.resolve(file);
                if (resolved == TextFormat.PLAIN) {
                    collector.addSource(file.toString(), TextFormat.PLAIN.name());
                    TextWindows.read(file, rowTokenizer, work, collector);
                } else {
                    read(file, resolved, collector);
                }
            }
            return collector.finish();
        }
    }

    private <T extends SourceRow<R>, R extends TokenizedRow> TokenizedDataSet<R> load(
            List<Path> files, RowFormat<T> format, RowForms forms, Function<RowForms, StoredList.Form<R>> form) {
        try (DataSetCollector<R> collector = new DataSetCollector<>(form.apply(forms), forms.dropped())) {
            files.forEach(file -> read(file, format, collector));
            return collector.finish();
        }
    }

    private <T extends SourceRow<R>, R extends TokenizedRow> void read(
            Path file, RowFormat<T> format, DataSetCollector<R> collector) {
        try (RowReader<T> reader = format.open(file)) {
            collector.addSource(file.toString(), reader.format());
            work.run(
                    reader::nextChunk,
                    chunk -> tokenize(reader.parse(chunk)),
                    results -> results.forEach(result -> add(result, collector)));
        }
    }

    /// What became of a row; its texts are behind it.
    ///
    /// @param <T> the kind of row as text
    private sealed interface Result<T> {

        /// @param row      as text
        /// @param place    where it was read
        /// @param ids      its tokens
        /// @param oddities what is worth knowing of it
        /// @param unread   fields that nothing was read of
        record Kept<T>(T row, RowPlace place, FittedRow ids, Set<Oddity> oddities, Set<String> unread)
                implements Result<T> {}

        /// @param row which row and why
        record Dropped<T>(DroppedRow row) implements Result<T> {}
    }

    private <T extends SourceRow<?>> List<Result<T>> tokenize(List<ReadRow<T>> rows) {
        List<RenderedRow> rendered = new ArrayList<>(rows.size());
        for (ReadRow<T> read : rows) {
            if (read instanceof ReadRow.Kept<T> kept) {
                rendered.add(render(kept));
            }
        }
        Iterator<FittedRow> fitted = rowTokenizer.tokenize(rendered).iterator();
        Iterator<RenderedRow> texts = rendered.iterator();
        List<Result<T>> results = new ArrayList<>(rows.size());
        for (ReadRow<T> read : rows) {
            results.add(
                    switch (read) {
                        case ReadRow.Dropped<T>(DroppedRow dropped) -> new Result.Dropped<>(dropped);
                        case ReadRow.Kept<T>(RowPlace place, T row, Leftover _) -> {
                            FittedRow ids = fitted.next();
                            RenderedRow text = texts.next();
                            DropReason reason = uselessness(ids);
                            yield reason == null
                                    ? new Result.Kept<>(row, place, ids, text.oddities(), text.unread())
                                    : new Result.Dropped<>(new DroppedRow(row.id(), place, reason));
                        }
                    });
        }
        return results;
    }

    private static <T extends SourceRow<R>, R extends TokenizedRow> void add(
            Result<T> result, DataSetCollector<R> collector) {
        switch (result) {
            case Result.Dropped<T>(DroppedRow row) -> collector.drop(row);
            case Result.Kept<T>(T row, RowPlace place, FittedRow ids, Set<Oddity> oddities, Set<String> unread) -> {
                collector.keep(row.tokenized(collector.unique(row.id()), place, ids.prompt(), ids.responses()), ids);
                collector.note(oddities, unread);
            }
        }
    }

    /// Shows how the first rows of a file are read, dropped ones included.
    ///
    /// @param limit most rows to read
    /// @throws org.betatron.data.DataException if the file or one of these rows cannot be used
    /// @throws IllegalStateException if the format is [TextFormat#PLAIN]
    public <T extends SourceRow<?>> List<RowInspection> inspect(Path file, RowFormat<T> format, int limit) {
        try (RowReader<T> reader = format.open(file)) {
            List<RowInspection> inspections = new ArrayList<>();
            while (reader.hasNext() && inspections.size() < limit) {
                inspections.add(
                        switch (reader.next()) {
                            case ReadRow.Dropped<T>(DroppedRow row) -> RowInspection.ofDropped(row);
                            case ReadRow.Kept<T> kept -> {
                                T row = kept.row();
                                RowPlace place = kept.place();
                                FittedRow ids = rowTokenizer
                                        .tokenize(List.of(render(kept)))
                                        .getFirst();
                                yield RowInspection.of(row, place, uselessness(ids), ids, rowTokenizer);
                            }
                        });
            }
            return inspections;
        }
    }

    private RenderedRow render(ReadRow.Kept<? extends SourceRow<?>> kept) {
        SourceRow<?> row = kept.row();
        try {
            return RenderedRow.of(row.prompt(), row.answers(), kept.left(), template, promptStyle);
        } catch (DataException e) {
            throw new DataException(kept.place() + ": " + e.getMessage(), e);
        }
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
}
