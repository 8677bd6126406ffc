package org.betatron.torch.gguf;

/// How llama.cpp lays out a weight that Hugging Face files lay out otherwise.
enum Layout {
    /// The same.
    SAME,

    /// The numbers that turn together lie side by side instead of half a head apart; heads of
    /// queries.
    PAIRED_QUERY,

    /// Likewise, heads of keys.
    PAIRED_KEY,

    /// All queries, all keys, all values; in GPT-NeoX's own files each head has its three together.
    QUERY_KEY_VALUE,

    /// Outputs first; GPT-2's own files have inputs first.
    TRANSPOSED,

    /// One more than in Gemma's own files, which keep what is added to one.
    PLUS_ONE;

    /// @param row   a row of the Hugging Face weight
    /// @param rows  how many there are
    /// @param heads of the model
    /// @return the same row in the GGUF file
    long inGguf(long row, long rows, Heads heads) {
        return switch (this) {
            case SAME, TRANSPOSED, PLUS_ONE -> row;
            case PAIRED_QUERY -> paired(row, rows / heads.query());
            case PAIRED_KEY -> paired(row, rows / heads.keyValue());
            case QUERY_KEY_VALUE -> {
                long width = rows / 3 / heads.query();
                long head = row / (3 * width);
                long part = row / width % 3;
                yield (part * heads.query() + head) * width + row % width;
            }
        };
    }

    /// @param row  a row of the GGUF file
    /// @param rows how many there are
    /// @return the same row in the Hugging Face weight
    long inModel(long row, long rows, Heads heads) {
        return switch (this) {
            case SAME, TRANSPOSED, PLUS_ONE -> row;
            case PAIRED_QUERY -> halved(row, rows / heads.query());
            case PAIRED_KEY -> halved(row, rows / heads.keyValue());
            case QUERY_KEY_VALUE -> {
                long width = rows / 3 / heads.query();
                long part = row / (heads.query() * width);
                long head = row / width % heads.query();
                yield (head * 3 + part) * width + row % width;
            }
        };
    }

    private static long paired(long row, long width) {
        long half = width / 2;
        long within = row % width;
        return row - within + 2 * (within % half) + within / half;
    }

    private static long halved(long row, long width) {
        long within = row % width;
        return row - within + within / 2 + within % 2 * (width / 2);
    }

    /// How many heads a model has.
    ///
    /// @param query    of queries
    /// @param keyValue of keys and values
    record Heads(int query, int keyValue) {}
}
