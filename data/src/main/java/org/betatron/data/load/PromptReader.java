package org.betatron.data.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.layout.ExpectedAnswer;
import org.betatron.data.layout.Leftover;
import org.betatron.data.layout.Prompts;
import org.betatron.data.layout.ReadRow;
import org.betatron.data.layout.RowFormat;
import org.betatron.data.layout.RowReader;
import org.betatron.data.layout.RowRules;
import org.betatron.data.row.AskedRow;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.RowPlace;
import org.betatron.data.source.RawRow;
import org.betatron.data.source.RowSource;
import org.betatron.data.template.ChatTemplate;
import org.jspecify.annotations.Nullable;

/// Reads the prompts of files, as rows to learn from are read, and writes them as one model or
/// several read them. A row that one of the models cannot be asked is asked of none.
///
/// @param templates of the models, for prompts that are messages
/// @param style     of prompts that are text
/// @param rules     how rows are read beside their layout
/// @param expected  whether rows must have an answer that is known to be right
public record PromptReader(
        List<ChatTemplate> templates, PromptStyle style, RowRules rules, ExpectedAnswer.Reading expected) {

    public PromptReader {
        templates = List.copyOf(templates);
    }

    /// Reads no right answers.
    public PromptReader(List<ChatTemplate> templates, PromptStyle style, RowRules rules) {
        this(templates, style, rules, ExpectedAnswer.Reading.NOT_READ);
    }

    private RowFormat<AskedRow> format() {
        return switch (expected) {
            case NOT_READ -> Prompts::parser;
            case REQUIRED -> Prompts::parserWithExpected;
        };
    }

    /// @param files in order; of the layouts that [Prompts] reads
    /// @throws DataException if a file cannot be read or has no rows, rows that may not be left out
    ///     cannot be read, or no row is left
    public PromptSet read(List<Path> files) {
        Reading reading = new Reading();
        files.stream().map(RowSource::of).forEach(reading::add);
        return reading.finish();
    }

    /// As [#read(List)], of rows that need not lie in a file.
    public PromptSet read(RowSource rows) {
        Reading reading = new Reading();
        reading.add(rows);
        return reading.finish();
    }

    private final class Reading {

        private final List<RowPlace> places = new ArrayList<>();
        private final List<DroppedRow> dropped = new ArrayList<>();
        private final RowCounts counts = new RowCounts(new BadRows(rules.onBadRow()));
        private final List<List<PromptRow>> prompts =
                templates.stream().<List<PromptRow>>map(_ -> new ArrayList<>()).toList();

        void add(RowSource source) {
            try (RowReader<AskedRow> reader = RowReader.open(source, format(), rules)) {
                counts.addSource(source.name(), reader.format());
                for (List<RawRow> chunk = reader.nextChunk(); chunk != null; chunk = reader.nextChunk()) {
                    reader.parse(chunk).forEach(this::add);
                }
            } catch (DataException e) {
                // Rows before what ends the reading of a file are named first.
                counts.bad().check();
                throw e;
            }
        }

        private void add(ReadRow<AskedRow> read) {
            switch (read) {
                case ReadRow.Dropped<AskedRow>(DroppedRow row) -> drop(row);
                case ReadRow.Bad<AskedRow>(RowPlace place, String id, String why) -> leaveOut(place, id, why);
                case ReadRow.Kept<AskedRow>(RowPlace place, AskedRow row, Leftover left) -> {
                    try {
                        add(place, row, left);
                    } catch (DataException e) {
                        leaveOut(place, row.id(), String.valueOf(e.getMessage()));
                    }
                }
            }
        }

        private void leaveOut(RowPlace place, String id, String why) {
            drop(counts.bad().add(place, id, why));
        }

        private void drop(DroppedRow row) {
            dropped.add(row);
            counts.drop(row.reason());
        }

        private void add(RowPlace place, AskedRow row, Leftover left) {
            Set<Oddity> oddities = EnumSet.noneOf(Oddity.class);
            Set<String> unread = new LinkedHashSet<>();
            List<PromptRow> written = new ArrayList<>();
            for (ChatTemplate template : templates) {
                RenderedRow asked = RenderedRow.of(row.prompt(), List.of(), left, template, style);
                oddities.addAll(asked.oddities());
                unread.addAll(asked.unread());
                written.add(
                        new PromptRow(row.id(), asked.prompt(), chosen(row, left, template, oddities), row.expected()));
            }
            for (int i = 0; i < written.size(); i++) {
                prompts.get(i).add(written.get(i));
            }
            places.add(place);
            counts.keep();
            counts.note(oddities, unread);
        }

        private @Nullable String chosen(AskedRow row, Leftover left, ChatTemplate template, Set<Oddity> oddities) {
            if (row.chosen() == null) {
                return null;
            }
            RenderedRow answered = RenderedRow.of(row.prompt(), List.of(row.chosen()), left, template, style);
            answered.oddities().stream()
                    // The prompt that is asked is the whole one.
                    .filter(oddity -> oddity != Oddity.PROMPT_SHORTENED)
                    .forEach(oddities::add);
            String response = answered.responses().getFirst();
            return row.prompt() instanceof Prompt.Dialogue ? withoutEnd(response, row.chosen()) : response;
        }

        /// What a template writes behind an answer that is text is no part of what is compared.
        private static String withoutEnd(String response, Message chosen) {
            String content = chosen.content().strip();
            int at = response.lastIndexOf(content);
            boolean isText =
                    !content.isEmpty() && chosen.isEmpty(Message.TOOL_CALLS) && chosen.isEmpty(Message.FUNCTION_CALL);
            return isText && at >= 0 ? response.substring(0, at + content.length()) : response;
        }

        PromptSet finish() {
            return new PromptSet(
                    prompts, places, dropped, counts.finish(prompts.getFirst().size()));
        }
    }
}
