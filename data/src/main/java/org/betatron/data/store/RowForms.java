package org.betatron.data.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedText;

/// How the rows of one data set are written to a [StoredList]. Names of files are kept once.
public final class RowForms {

    private final List<String> files = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    public StoredList.Form<TokenizedPair> pairs() {
        return new Pairs();
    }

    public StoredList.Form<TokenizedAnswer> answers() {
        return new Answers();
    }

    public StoredList.Form<TokenizedText> texts() {
        return new Texts();
    }

    public StoredList.Form<DroppedRow> dropped() {
        return new Dropped();
    }

    private void put(RowPlace place, ScratchFile out) {
        out.putInt(numbers.computeIfAbsent(place.file(), file -> {
            files.add(file);
            return files.size() - 1;
        }));
        out.putInt(place.line());
    }

    private RowPlace place(ScratchReader in) {
        return new RowPlace(files.get(in.nextInt()), in.nextInt());
    }

    private final class Pairs implements StoredList.Form<TokenizedPair> {

        @Override
        public void write(TokenizedPair pair, ScratchFile out) {
            out.putText(pair.id());
            put(pair.place(), out);
            out.putInts(pair.prompt());
            out.putInts(pair.chosen());
            out.putInts(pair.rejected());
            PairScores scores = pair.scores();
            out.putByte(scores == null ? 0 : 1);
            if (scores != null) {
                out.putDouble(scores.chosen());
                out.putDouble(scores.rejected());
            }
        }

        @Override
        public TokenizedPair read(ScratchReader in) {
            return new TokenizedPair(
                    in.nextText(),
                    place(in),
                    in.nextInts(),
                    in.nextInts(),
                    in.nextInts(),
                    in.nextByte() == 0 ? null : new PairScores(in.nextDouble(), in.nextDouble()));
        }
    }

    /// Rows as they are read, so without another row's answer.
    private final class Answers implements StoredList.Form<TokenizedAnswer> {

        @Override
        public void write(TokenizedAnswer answer, ScratchFile out) {
            if (answer.mismatched() != null) {
                throw new IllegalArgumentException("answer '" + answer.id() + "' already has another row's answer");
            }
            out.putText(answer.id());
            put(answer.place(), out);
            out.putInts(answer.prompt());
            out.putInts(answer.response());
            out.putByte(answer.desirable() ? 1 : 0);
        }

        @Override
        public TokenizedAnswer read(ScratchReader in) {
            return new TokenizedAnswer(in.nextText(), place(in), in.nextInts(), in.nextInts(), in.nextByte() == 1);
        }
    }

    private static final class Texts implements StoredList.Form<TokenizedText> {

        @Override
        public void write(TokenizedText text, ScratchFile out) {
            out.putText(text.id());
            out.putInts(text.prompt());
            out.putInts(text.response());
        }

        @Override
        public TokenizedText read(ScratchReader in) {
            return new TokenizedText(in.nextText(), in.nextInts(), in.nextInts());
        }
    }

    private final class Dropped implements StoredList.Form<DroppedRow> {

        @Override
        public void write(DroppedRow row, ScratchFile out) {
            out.putText(row.id());
            put(row.place(), out);
            out.putText(row.reason().name());
            out.putText(row.detail());
        }

        @Override
        public DroppedRow read(ScratchReader in) {
            return new DroppedRow(in.nextText(), place(in), DropReason.valueOf(in.nextText()), in.nextText());
        }
    }
}
