package org.betatron.data.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.betatron.data.DataException;
import org.betatron.data.layout.AnswerFormat;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.layout.ReadRow;
import org.betatron.data.layout.RowFormat;
import org.betatron.data.layout.RowReader;
import org.betatron.data.layout.RowRules;
import org.betatron.data.layout.TextFormat;
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
import org.betatron.data.source.RawRow;
import org.betatron.data.source.RowSource;
import org.betatron.data.store.RowForms;
import org.betatron.data.store.StoredList;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.TextTokens;
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
    private final RowRules rules;
    private final RowLimits limits;
    private final Consumer<LongRow> longRows;

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

    private DataSetLoader(DataSetLoader other, RowRules rules, RowLimits limits, Consumer<LongRow> longRows) {
        this.rowTokenizer = other.rowTokenizer;
        this.template = other.template;
        this.promptStyle = other.promptStyle;
        this.work = other.work;
        this.rules = rules;
        this.limits = limits;
        this.longRows = longRows;
    }

    /// @return a loader that reads rows by other rules
    public DataSetLoader by(RowRules newRules) {
        return new DataSetLoader(this, newRules, limits, longRows);
    }

    /// @return a loader of rows for a model with these limits
    public DataSetLoader within(RowLimits newLimits) {
        return new DataSetLoader(this, rules, newLimits, longRows);
    }

    /// @param listener hears of rows that take seconds, before they are tokenized; called by
    ///     several threads
    /// @return a loader that tells of them
    public DataSetLoader telling(Consumer<LongRow> listener) {
        return new DataSetLoader(this, rules, limits, listener);
    }

    DataSetLoader(
            Tokenizer tokenizer,
            ChatTemplate template,
            PromptStyle promptStyle,
            Truncation truncation,
            OrderedWork work) {
        this.rowTokenizer = new RowTokenizer(new TextTokens(tokenizer), truncation);
        this.template = template;
        this.promptStyle = promptStyle;
        this.work = work;
        this.rules = RowRules.DEFAULT;
        this.limits = RowLimits.NONE;
        this.longRows = _ -> {};
    }

    /// Reads preference pairs.
    ///
    /// @param files  one data set, in this order
    /// @param format of all files, or [PreferenceFormat#AUTO] for each its own
    /// @throws org.betatron.data.DataException if a file or row cannot be used, or no row is left
    public TokenizedDataSet<TokenizedPair> pairs(List<Path> files, PreferenceFormat format) {
        return load(sources(files), format, new RowForms(), RowForms::pairs);
    }

    /// Reads preference pairs that need not lie in files.
    ///
    /// @param rows   one data set
    /// @param format of all rows, or [PreferenceFormat#AUTO]
    /// @throws org.betatron.data.DataException if a row cannot be used, or no row is left
    public TokenizedDataSet<TokenizedPair> pairs(RowSource rows, PreferenceFormat format) {
        return load(List.of(rows), format, new RowForms(), RowForms::pairs);
    }

    private static List<RowSource> sources(List<Path> files) {
        return files.stream().map(RowSource::of).toList();
    }

    /// Reads unpaired rows: single answers with a label.
    ///
    /// @param files  one data set, in this order
    /// @param format of all files, or [AnswerFormat#AUTO] for each its own
    /// @throws org.betatron.data.DataException if a file or row cannot be used, or no row is left
    public TokenizedDataSet<TokenizedAnswer> answers(List<Path> files, AnswerFormat format) {
        return load(sources(files), format, new RowForms(), RowForms::answers);
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
        try (DataSetCollector<TokenizedText> collector =
                new DataSetCollector<>(forms.texts(), forms.dropped(), new BadRows(rules.onBadRow()))) {
            for (Path file : files) {
                TextFormat resolved = format.resolve(file);
                if (resolved == TextFormat.PLAIN) {
                    if (rowTokenizer.truncation().maxTokens() > limits.maxPositions()) {
                        throw new DataException(file + ": data.truncation.maxTokens must be at most the model's "
                                + limits.maxPositions() + " positions, but was "
                                + rowTokenizer.truncation().maxTokens());
                    }
                    collector.addSource(file.toString(), TextFormat.PLAIN.name());
                    TextWindows.read(file, rowTokenizer, work, collector);
                } else {
                    read(RowSource.of(file), resolved, collector);
                }
            }
            return collector.finish();
        }
    }

    private <T extends SourceRow<R>, R extends TokenizedRow> TokenizedDataSet<R> load(
            List<RowSource> sources, RowFormat<T> format, RowForms forms, Function<RowForms, StoredList.Form<R>> form) {
        try (DataSetCollector<R> collector =
                new DataSetCollector<>(form.apply(forms), forms.dropped(), new BadRows(rules.onBadRow()))) {
            sources.forEach(source -> read(source, format, collector));
            return collector.finish();
        }
    }

    private <T extends SourceRow<R>, R extends TokenizedRow> void read(
            RowSource source, RowFormat<T> format, DataSetCollector<R> collector) {
        try (RowReader<T> reader = RowReader.open(source, format, rules)) {
            collector.addSource(source.name(), reader.format());
            work.run(
                    reader::nextChunk,
                    chunk -> tokenize(reader.parse(chunk), collector.bad().isRefused()),
                    results -> results.forEach(result -> add(result, collector)));
        } catch (DataException e) {
            // Rows before what ends the reading of a file are named first.
            collector.bad().check();
            throw e;
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

        /// @param row which row and why
        record Bad<T>(ReadRow.Bad<T> row) implements Result<T> {}
    }

    /// @param refused whether nothing is kept any more
    private <T extends SourceRow<?>> List<Result<T>> tokenize(List<ReadRow<T>> read, boolean refused) {
        List<ReadRow<T>> rows = new ArrayList<>(read.size());
        List<RenderedRow> rendered = new ArrayList<>(read.size());
        for (ReadRow<T> row : read) {
            if (row instanceof ReadRow.Kept<T> kept) {
                try {
                    RenderedRow texts = render(kept);
                    LongRow.of(kept.place(), texts).filter(_ -> !refused).ifPresent(longRows);
                    rendered.add(texts);
                } catch (DataException e) {
                    rows.add(new ReadRow.Bad<>(kept.place(), kept.row().id(), String.valueOf(e.getMessage())));
                    continue;
                }
            }
            rows.add(row);
        }
        Iterator<RenderedRow> texts = rendered.iterator();
        Iterator<FittedRow> fitted = refused
                ? Collections.emptyIterator()
                : rowTokenizer.tokenize(rendered).iterator();
        List<Result<T>> results = new ArrayList<>(rows.size());
        for (ReadRow<T> row : rows) {
            switch (row) {
                case ReadRow.Bad<T> bad -> results.add(new Result.Bad<>(bad));
                case ReadRow.Dropped<T>(DroppedRow dropped) -> results.add(new Result.Dropped<>(dropped));
                case ReadRow.Kept<T> kept when !refused -> results.add(result(kept, texts.next(), fitted.next()));
                case ReadRow.Kept<T> _ -> {}
            }
        }
        return results;
    }

    private <T extends SourceRow<?>> Result<T> result(ReadRow.Kept<T> kept, RenderedRow text, FittedRow ids) {
        Optional<String> problem = limits.problem(ids, rowTokenizer.tokens().tokenizer());
        if (problem.isPresent()) {
            return new Result.Bad<>(new ReadRow.Bad<>(kept.place(), kept.row().id(), problem.get()));
        }
        DropReason reason = uselessness(ids);
        return reason == null
                ? new Result.Kept<>(kept.row(), kept.place(), ids, text.oddities(), text.unread())
                : new Result.Dropped<>(new DroppedRow(kept.row().id(), kept.place(), reason));
    }

    private static <T extends SourceRow<R>, R extends TokenizedRow> void add(
            Result<T> result, DataSetCollector<R> collector) {
        switch (result) {
            case Result.Dropped<T>(DroppedRow row) -> collector.drop(row);
            case Result.Bad<T>(ReadRow.Bad<T> row) ->
                collector.drop(collector.bad().add(row.place(), row.id(), row.why()));
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
        try (RowReader<T> reader = RowReader.open(file, format, rules)) {
            List<RowInspection> inspections = new ArrayList<>();
            while (inspections.size() < limit) {
                List<RawRow> chunk = reader.nextChunk();
                if (chunk == null) {
                    break;
                }
                for (ReadRow<T> row : reader.parse(chunk)) {
                    if (inspections.size() < limit) {
                        inspections.add(inspection(row));
                    }
                }
            }
            return inspections;
        }
    }

    private <T extends SourceRow<?>> RowInspection inspection(ReadRow<T> read) {
        return switch (read) {
            case ReadRow.Dropped<T>(DroppedRow row) -> RowInspection.ofDropped(row);
            case ReadRow.Bad<T>(RowPlace place, String id, String why) ->
                RowInspection.ofDropped(new DroppedRow(id, place, DropReason.UNREADABLE, why));
            case ReadRow.Kept<T> kept -> {
                RenderedRow text;
                try {
                    text = render(kept);
                } catch (DataException e) {
                    String why = String.valueOf(e.getMessage());
                    yield RowInspection.ofDropped(
                            new DroppedRow(kept.row().id(), kept.place(), DropReason.UNREADABLE, why));
                }
                FittedRow ids = rowTokenizer.tokenize(List.of(text)).getFirst();
                String problem = limits.problem(ids, rowTokenizer.tokens().tokenizer())
                        .map(why -> DropReason.UNREADABLE.text() + ": " + why)
                        .orElse("");
                DropReason reason = uselessness(ids);
                yield RowInspection.of(
                        kept.row(),
                        kept.place(),
                        problem.isEmpty() ? reason == null ? null : reason.text() : problem,
                        ids,
                        rowTokenizer);
            }
        };
    }

    private RenderedRow render(ReadRow.Kept<? extends SourceRow<?>> kept) {
        SourceRow<?> row = kept.row();
        return RenderedRow.of(row.prompt(), row.answers(), kept.left(), template, promptStyle);
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
        return response.length == 1 && response[0] == rowTokenizer.tokens().eosId();
    }
}
