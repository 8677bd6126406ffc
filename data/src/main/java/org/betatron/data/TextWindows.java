package org.betatron.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Cuts a plain text into windows of tokens that are learned one after the other.
final class TextWindows {

    /// Characters tokenized at once, about.
    private static final int CHUNK_CHARS = 1 << 16;

    /// Chunks tokenized together, so that several threads have work.
    private static final int CHUNKS_AT_ONCE = 16;

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
        this.start = rowTokenizer.start();
        this.window = new int[rowTokenizer.truncation().maxTokens() - start.length];
    }

    static void read(Path file, RowTokenizer rowTokenizer, DataSetCollector<TokenizedText> collector) {
        TextWindows windows = new TextWindows(String.valueOf(file.getFileName()), rowTokenizer, collector);
        try (SourceFile source = SourceFile.open(file)) {
            List<String> chunks = new ArrayList<>();
            StringBuilder chunk = new StringBuilder();
            for (String line = source.nextLineWithEnd(); line != null; line = source.nextLineWithEnd()) {
                // A line break before a line with text is where common tokenizers begin a new piece,
                // so tokenizing the chunks on their own gives the ids of the whole text.
                if (chunk.length() >= CHUNK_CHARS && !Character.isWhitespace(line.charAt(0))) {
                    chunks.add(chunk.toString());
                    chunk.setLength(0);
                }
                if (chunks.size() == CHUNKS_AT_ONCE) {
                    windows.add(chunks);
                    chunks.clear();
                }
                chunk.append(line);
            }
            if (!chunk.isEmpty()) {
                chunks.add(chunk.toString());
            }
            windows.add(chunks);
        }
        windows.finish(file);
    }

    private void add(List<String> chunks) {
        for (int[] ids : rowTokenizer.tokenizer().encodeAll(chunks)) {
            for (int id : ids) {
                add(id);
            }
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
        int eosId = rowTokenizer.tokenizer().eosId();
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
