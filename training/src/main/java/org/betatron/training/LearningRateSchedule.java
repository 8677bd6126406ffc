package org.betatron.training;

/// The learning rate as a pure function of the step.
///
/// ```text
/// s <= W:  peak * s / (W + 1)                                 warm-up, never zero
/// s > W:   peak * (f + (1 - f) * d(p)),   p = (s - W - 1) / max(1, S - W - 1)  in [0, 1]
///          constant: d = 1, f ignored;   linear: d = 1 - p;   cosine: d = (1 + cos(pi p)) / 2
/// ```
///
/// The warm-up is that of the published code of DPO: step `W + 1` is the first at the peak.
///
/// @param peak        highest learning rate
/// @param warmupSteps `W`
/// @param decay       what follows the warm-up
/// @param finalRatio  `f`, reached at the last step
/// @param totalSteps  `S`
public record LearningRateSchedule(double peak, int warmupSteps, Decay decay, double finalRatio, long totalSteps) {

    /// What the learning rate does after the warm-up.
    public enum Decay {
        CONSTANT,
        LINEAR,
        COSINE
    }

    /// @param step number of the step, from 1 on
    /// @return learning rate of that step
    public double at(long step) {
        if (step <= warmupSteps) {
            return peak * step / (warmupSteps + 1);
        }
        double progress = (double) (step - warmupSteps - 1) / Math.max(1, totalSteps - warmupSteps - 1);
        return switch (decay) {
            case CONSTANT -> peak;
            case LINEAR -> peak * (finalRatio + (1 - finalRatio) * (1 - progress));
            case COSINE -> peak * (finalRatio + (1 - finalRatio) * (1 + Math.cos(Math.PI * progress)) / 2);
        };
    }
}
