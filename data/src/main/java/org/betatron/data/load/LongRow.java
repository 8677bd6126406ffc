package org.betatron.data.load;

import java.util.Optional;
import org.betatron.data.row.RowPlace;

/// A row whose texts take a tokenizer seconds: it reads some million characters a second, however few of the tokens
/// are kept.
///
/// @param place      where it was read
/// @param characters of prompt and answers
public record LongRow(RowPlace place, long characters) {

    /// A second, on a processor that does nothing else; ours.
    private static final long LONG = 2_000_000;

    static Optional<LongRow> of(RowPlace place, RenderedRow row) {
        long characters = row.prompt().length()
                + row.responses().stream().mapToLong(String::length).sum();
        return characters < LONG ? Optional.empty() : Optional.of(new LongRow(place, characters));
    }

    /// @return that it is being tokenized, on one line
    public String text() {
        return place + ": " + characters / 1_000_000 + " million characters are being tokenized, which takes a while";
    }
}
