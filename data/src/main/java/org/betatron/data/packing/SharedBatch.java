package org.betatron.data.packing;

import java.util.ArrayList;
import java.util.List;
import org.betatron.core.model.ResponseModel;
import org.betatron.core.rank.Ranks;

/// A batch of which each rank computes a share, and knows all numbers.
///
/// By itself a process has the whole batch, and this adds nothing.
public final class SharedBatch {

    private final Ranks ranks;
    private final RowShares shares;

    private SharedBatch(Ranks ranks, RowShares shares) {
        this.ranks = ranks;
        this.shares = shares;
    }

    /// @param batch the same on every rank
    public static SharedBatch of(RowBatch batch, Ranks ranks) {
        return new SharedBatch(ranks, RowShares.of(batch, ranks.size()));
    }

    /// @return the rows of this rank
    public RowBatch own() {
        return shares.of(ranks.rank());
    }

    /// @param index of a row among those of this rank
    /// @return its index in the whole batch
    public int index(int index) {
        return shares.index(ranks.rank(), index);
    }

    /// @param own parts of this rank's share, which together hold every row of it once
    /// @return numbers of the whole batch, the same on every rank
    public BatchNumbers gather(List<ScoredRows> own) {
        List<List<ScoredRows>> all = new ArrayList<>();
        if (ranks.areSeveral()) {
            List<byte[]> written = ranks.gather(NumbersFormat.write(own));
            for (int rank = 0; rank < ranks.size(); rank++) {
                all.add(NumbersFormat.read(written.get(rank), shares.of(rank)));
            }
        } else {
            all.add(own);
        }
        return shares.join(all);
    }

    /// @return numbers of the whole batch, of which this rank has computed its share, with nothing
    ///     kept for a backward pass
    public BatchNumbers score(ResponseModel model) {
        return score(model, (_, _) -> {});
    }

    /// As [#score(ResponseModel)].
    ///
    /// @param listener hears of every part of this rank
    public BatchNumbers score(ResponseModel model, ScoringListener listener) {
        List<ScoredRows> scored = new ArrayList<>();
        own().score(model, listener, scored::add);
        return gather(scored);
    }
}
