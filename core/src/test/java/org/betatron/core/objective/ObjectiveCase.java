package org.betatron.core.objective;

import java.util.Optional;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.statistics.Moments;
import org.jspecify.annotations.Nullable;

/// An objective together with what was derived on paper about it.
///
/// @param spec   the objective
/// @param swap   loss of a pair minus loss of the same pair with chosen and rejected exchanged
/// @param frozen the loss with its stop-gradients taken at the first batch and everything else at the
///     second, where that differs from the plain loss
record ObjectiveCase(
        ObjectiveSpec spec, @Nullable Swap swap, @Nullable FrozenBatch frozen) {

    /// Loss of a pair minus loss of the exchanged pair.
    interface Swap {
        double difference(PairLogProbs pairs, int pair, double beta);
    }

    /// Loss of a pair whose constants are those of another batch.
    interface Frozen {
        double loss(PairLogProbs constants, PairLogProbs pairs, int pair, double beta);
    }

    /// The same where the betas of all pairs matter.
    interface FrozenBatch {
        double loss(PairLogProbs constants, PairLogProbs pairs, int pair, double[] betas);
    }

    static ObjectiveCase ofBatch(ObjectiveSpec spec, FrozenBatch frozen) {
        return new ObjectiveCase(spec, null, frozen);
    }

    static ObjectiveCase of(ObjectiveSpec spec, Swap swap) {
        return new ObjectiveCase(spec, swap, null);
    }

    static ObjectiveCase of(ObjectiveSpec spec, @Nullable Swap swap, Frozen frozen) {
        return new ObjectiveCase(
                spec, swap, (constants, pairs, pair, betas) -> frozen.loss(constants, pairs, pair, betas[pair]));
    }

    /// @return an objective about whose swap nothing simple can be said
    static ObjectiveCase of(ObjectiveSpec spec) {
        return new ObjectiveCase(spec, null, null);
    }

    /// The moments that all tests of the contract evaluate with.
    static final Moments TRACKED = new Moments(0.3, 1.7, 0.4);

    Optional<Swap> swapDifference() {
        return Optional.ofNullable(swap);
    }

    @Override
    public String toString() {
        return spec.toString();
    }
}
