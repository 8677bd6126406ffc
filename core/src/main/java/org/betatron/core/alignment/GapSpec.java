package org.betatron.core.alignment;

import static org.betatron.core.Numbers.require;

/// What the reward gap `M` of a pair is, and how its running statistics are kept.
///
/// @param source        what is measured as the gap
/// @param momentum      weight of the past in the moving averages of `M_0` and `sigma`, in [0, 1); the
///     paper's 0.9
/// @param biasCorrected whether the averages are corrected for having started at zero; ours: true
/// @param update        whether a batch enters the statistics before or after they are used on it
/// @param scope         which pairs are decided together
public record GapSpec(GapSource source, double momentum, boolean biasCorrected, UpdateOrder update, Scope scope) {

    /// `M` with beta_0 inside, as the method is defined; corrected averages over whole optimizer batches.
    public static final GapSpec DEFAULT = new GapSpec(GapSource.REWARD, 0.9, true, UpdateOrder.BEFORE_USE, Scope.BATCH);

    public GapSpec {
        require("momentum", momentum >= 0 && momentum < 1, "in [0, 1)", momentum);
    }

    /// What is measured as the gap.
    public enum GapSource {

        /// `M = beta_0 * margin`: a difference of rewards, as arXiv 2407.08639 defines it.
        REWARD,

        /// `M = margin`: a difference of scores, as the published code measures it.
        MARGIN,

        /// `M = chosen score - rejected score`: explicit scores that the data bring along.
        SCORE
    }

    /// When a batch enters the statistics.
    public enum UpdateOrder {

        /// The batch is part of the `M_0` and `sigma` that judge it, as in the published code.
        BEFORE_USE,

        /// The batch is judged by earlier batches only; the very first one, having none, by itself.
        AFTER_USE
    }

    /// Which pairs are selected, calibrated and averaged together.
    public enum Scope {

        /// The whole optimizer batch, however it is cut for the machine.
        BATCH,

        /// Each micro-batch by itself, as in the published code: results depend on the micro-batch size.
        MICRO_BATCH
    }
}
