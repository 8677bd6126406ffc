package org.betatron.data.packing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.betatron.core.model.ResponseModel;
import org.betatron.data.row.TokenizedRow;

/// Rows of a data set that are looked at together, packed for a model.
///
/// A row is named by its index in the batch. Holds the token ids of all its rows. Immutable.
public final class RowBatch {

    private final List<? extends TokenizedRow> data;
    private final int[] rows;
    private final Packing packing;
    private final List<PackedRows> parts;
    private final long numTokensApart;

    private RowBatch(List<? extends TokenizedRow> data, int[] rows, Packing packing) {
        this.data = data;
        this.rows = rows;
        this.packing = packing;
        List<? extends TokenizedRow> content =
                IntStream.of(rows).mapToObj(data::get).toList();
        parts = packing.pack(content);
        numTokensApart = content.stream().mapToLong(TokenizedRow::numTokens).sum();
    }

    /// @param data    the data set
    /// @param rows    numbers of rows in it; kept, not copied
    /// @param packing how they go through a model
    public static RowBatch of(List<? extends TokenizedRow> data, int[] rows, Packing packing) {
        return new RowBatch(data, rows, packing);
    }

    /// @return all rows of a data set, in its order
    public static RowBatch of(List<? extends TokenizedRow> data, Packing packing) {
        return of(data, IntStream.range(0, data.size()).toArray(), packing);
    }

    /// @return all rows of a data set in its order, as many at a time as are in memory together;
    ///     each batch is made when it is asked for
    public static Iterable<RowBatch> windows(List<? extends TokenizedRow> data, Packing packing) {
        return () -> IntStream.iterate(0, from -> from < data.size(), from -> from + Packing.WINDOW_ROWS)
                .mapToObj(from -> of(
                        data,
                        IntStream.range(from, Math.min(data.size(), from + Packing.WINDOW_ROWS))
                                .toArray(),
                        packing))
                .iterator();
    }

    /// @param indices rows of this batch
    /// @return a batch of these alone, packed anew
    public RowBatch only(int[] indices) {
        return of(data, IntStream.of(indices).map(index -> rows[index]).toArray(), packing);
    }

    /// @return number of rows
    public int size() {
        return rows.length;
    }

    /// @return number of the row in the data set
    public int row(int index) {
        return rows[index];
    }

    TokenizedRow content(int index) {
        return data.get(rows[index]);
    }

    boolean sharesPrompts() {
        return packing.sharing();
    }

    /// @return what goes through a model, one after the other: parts that together hold every row
    ///     once
    public List<PackedRows> parts() {
        return parts;
    }

    /// @return tokens that a model computes for the rows, once
    public long numTokens() {
        return parts.stream().mapToLong(part -> part.batch().numTokens()).sum();
    }

    /// @return tokens that it would compute if rows had nothing in common
    public long numTokensApart() {
        return numTokensApart;
    }

    /// @param parts of this batch, which together hold every row once
    /// @return their numbers in the order of the batch
    public BatchNumbers join(List<ScoredRows> parts) {
        return BatchNumbers.of(rows, parts);
    }

    /// @param part of this batch
    /// @return its numbers as those of a batch of its own
    public BatchNumbers alone(ScoredRows part) {
        return BatchNumbers.ofPart(rows, part);
    }

    /// @return numbers of the rows, with nothing kept for a backward pass
    public BatchNumbers score(ResponseModel model) {
        return score(model, (_, _) -> {});
    }

    /// As [#score(ResponseModel)].
    ///
    /// @param listener hears of every part
    public BatchNumbers score(ResponseModel model, ScoringListener listener) {
        List<ScoredRows> scored = new ArrayList<>();
        score(model, listener, scored::add);
        return join(scored);
    }

    /// As [#score(ResponseModel, ScoringListener)], where parts are put together elsewhere.
    ///
    /// @param parts gets every part, in order
    public void score(ResponseModel model, ScoringListener listener, Consumer<ScoredRows> parts) {
        int done = 0;
        for (PackedRows part : this.parts) {
            ScoredRows numbers = new ScoredRows(part, model.score(part.batch()));
            parts.accept(numbers);
            done += part.size();
            listener.scored(alone(numbers), done);
        }
    }
}
