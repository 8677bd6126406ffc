package org.betatron.data.load;

import java.nio.file.Path;
import java.util.Arrays;
import org.betatron.data.DataException;
import org.betatron.data.row.TokenizedText;
import org.betatron.data.source.SourceFile;
import org.jspecify.annotations.Nullable;

/// Cuts a plain text into windows of tokens that are learned one after the other.
final class TextWindows {

    /// Characters tokenized at once, about.
    private static final int CHUNK_CHARS = 1 << 16;

    private final String name;
    private final RowTokenizer rowTokenizer;
    private final DataSetCollector<TokenizedText> collector;
    private final int[] start;
    private final int[] window;
    private int filled;
    private int numWindows;

    private TextWindows(String name, RowTokenizer rowTokenizer, DataSetCollector<TokenizedText> collector) {
        this.name = name;
        this.rowTokenizer = rowTokenizer;
        this.collector = collector;
        this.start = rowTokenizer.tokens().start();
        this.window = new int[rowTokenizer.truncation().maxTokens() - start.length];
    }

    static void read(
            Path file, RowTokenizer rowTokenizer, OrderedWork work, DataSetCollector<TokenizedText> collector) {
        TextWindows windows = new TextWindows(String.valueOf(file.getFileName()), rowTokenizer, collector);
        try (Chunks chunks = new Chunks(SourceFile.open(file))) {
            work.run(chunks::next, rowTokenizer.tokens().tokenizer()::encode, windows::add);
        }
        windows.finish(file);
    }

    /// The text in parts that are tokenized on their own.
    private static final class Chunks implements AutoCloseable {

        private final SourceFile source;
        private final StringBuilder chunk = new StringBuilder();

        Chunks(SourceFile source) {
            this.source = source;
        }

        @Nullable
        String next() {
            for (String line = source.nextLineWithEnd(); line != null; line = source.nextLineWithEnd()) {
                // A line break before a line with text is where common tokenizers begin a new
                // piece, so tokenizing the chunks on their own gives the ids of the whole text.
                boolean ends = chunk.length() >= CHUNK_CHARS && !Character.isWhitespace(line.charAt(0));
                String whole = ends ? take() : null;
                chunk.append(line);
                if (whole != null) {
                    return whole;
                }
            }
            return chunk.isEmpty() ? null : take();
        }

        private String take() {
            String text = chunk.toString();
            chunk.setLength(0);
            return text;
        }

        @Override
        public void close() {
            source.close();
        }
    }

    private void add(int[] ids) {
        for (int id : ids) {
            add(id);
        }
    }

    private void add(int id) {
        window[filled++] = id;
        if (filled == window.length) {
            emit();
        }
    }

    private void finish(Path file) {
        if (numWindows == 0 && filled == 0) {
            throw new DataException(file + ": has no text");
        }
        int eosId = rowTokenizer.tokens().eosId();
        if (filled == 0 || window[filled - 1] != eosId) {
            add(eosId);
        }
        if (filled > 0) {
            emit();
        }
    }

    private void emit() {
        int[] response = Arrays.copyOf(window, filled);
        filled = 0;
        String id = collector.unique(name + "[" + numWindows++ + "]");
        collector.keep(new TokenizedText(id, start, response), FittedRow.uncut(start, response));
    }
}
