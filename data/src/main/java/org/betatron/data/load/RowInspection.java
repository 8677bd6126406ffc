package org.betatron.data.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.betatron.core.VisibleText;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.SourceRow;
import org.betatron.data.row.Truncation;
import org.betatron.data.tokenizer.TextTokens;
import org.betatron.data.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;

/// How one row is read: its tokens, which of them are trained, and where truncation cut.
///
/// @param id       see [org.betatron.data.row.TokenizedRow#id]
/// @param place    where it stands in its file
/// @param dropped  why the row is left out, in words; null if it is kept
/// @param segments prompt first, then the responses; none if the row was dropped before tokenizing
public record RowInspection(
        String id, RowPlace place, @Nullable String dropped, List<Segment> segments) {

    private static final int LINE_WIDTH = 100;

    /// A prompt or a response.
    ///
    /// @param name    `prompt`, or one of [SourceRow#answerNames]
    /// @param trained whether the model learns to write it
    /// @param pieces  its tokens
    /// @param numCut  tokens that truncation removed
    /// @param cutAt   number of the piece before which they were removed
    public record Segment(String name, boolean trained, List<Piece> pieces, int numCut, int cutAt) {
        public Segment {
            pieces = List.copyOf(pieces);
        }
    }

    /// One token.
    ///
    /// @param id   in the vocabulary
    /// @param text see [Tokenizer#piece]
    public record Piece(int id, String text) {}

    public RowInspection {
        segments = List.copyOf(segments);
    }

    static RowInspection ofDropped(DroppedRow row) {
        return new RowInspection(row.id(), row.place(), row.why(), List.of());
    }

    static RowInspection of(
            SourceRow<?> row, RowPlace place, @Nullable String dropped, FittedRow ids, RowTokenizer rowTokenizer) {
        TextTokens tokens = rowTokenizer.tokens();
        Tokenizer tokenizer = tokens.tokenizer();
        List<Segment> segments = new ArrayList<>();
        int promptCutAt =
                rowTokenizer.truncation().keep() == Truncation.Keep.END ? tokens.numStartTokens() : ids.prompt().length;
        segments.add(new Segment("prompt", false, pieces(ids.prompt(), tokenizer), ids.promptTokensCut(), promptCutAt));
        for (int i = 0; i < row.answers().size(); i++) {
            int[] response = ids.responses().get(i);
            boolean ends = response[response.length - 1] == tokens.eosId();
            segments.add(new Segment(
                    row.answerNames().get(i),
                    true,
                    pieces(response, tokenizer),
                    ids.responseTokensCut().get(i),
                    ends ? response.length - 1 : response.length));
        }
        return new RowInspection(row.id(), place, dropped, segments);
    }

    private static List<Piece> pieces(int[] ids, Tokenizer tokenizer) {
        return Arrays.stream(ids)
                .mapToObj(id -> new Piece(id, tokenizer.piece(id)))
                .toList();
    }

    /// @return the row for a terminal: under every piece its id, `✂` where tokens were cut
    public String text() {
        StringBuilder text = new StringBuilder("row " + id + (id.equals(place.toString()) ? "" : " (" + place + ")"));
        if (dropped != null) {
            text.append(", dropped: ").append(dropped);
        }
        text.append('\n');
        for (Segment segment : segments) {
            text.append(segment.name())
                    .append(": ")
                    .append(segment.pieces().size())
                    .append(segment.trained() ? " tokens, trained" : " tokens, given")
                    .append(segment.numCut() > 0 ? ", " + segment.numCut() + " cut" : "")
                    .append('\n');
            appendPieces(segment, text);
        }
        return text.toString();
    }

    private static void appendPieces(Segment segment, StringBuilder text) {
        StringBuilder pieces = new StringBuilder();
        StringBuilder ids = new StringBuilder();
        for (int i = 0; i <= segment.pieces().size(); i++) {
            if (segment.numCut() > 0 && i == segment.cutAt()) {
                column("✂", "-" + segment.numCut(), pieces, ids, text);
            }
            if (i < segment.pieces().size()) {
                Piece piece = segment.pieces().get(i);
                column(visible(piece.text()), String.valueOf(piece.id()), pieces, ids, text);
            }
        }
        flush(pieces, ids, text);
    }

    private static void column(String piece, String id, StringBuilder pieces, StringBuilder ids, StringBuilder text) {
        int width = Math.max(piece.length(), id.length());
        if (pieces.length() + width + 1 > LINE_WIDTH && !pieces.isEmpty()) {
            flush(pieces, ids, text);
        }
        pieces.append(' ').append(piece).repeat(" ", width - piece.length());
        ids.append(' ').append(id).repeat(" ", width - id.length());
    }

    private static void flush(StringBuilder pieces, StringBuilder ids, StringBuilder text) {
        if (!pieces.isEmpty()) {
            text.append("  ").append(pieces.toString().stripTrailing()).append('\n');
            text.append("  ").append(ids.toString().stripTrailing()).append('\n');
        }
        pieces.setLength(0);
        ids.setLength(0);
    }

    /// White space and control characters as something that a terminal shows.
    private static String visible(String piece) {
        StringBuilder visible = new StringBuilder();
        piece.codePoints().forEach(c -> {
            switch (c) {
                case ' ' -> visible.append('·');
                case '\n' -> visible.append("\\n");
                case '\r' -> visible.append("\\r");
                case '\t' -> visible.append("\\t");
                default -> visible.appendCodePoint(c);
            }
        });
        return VisibleText.of(visible.toString());
    }
}
