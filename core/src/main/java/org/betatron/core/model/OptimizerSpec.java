package org.betatron.core.model;

import static org.betatron.core.Numbers.require;

/// Which optimizer a run uses, with its parameters; the learning rate comes with each step.
public sealed interface OptimizerSpec {

    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv 1711.05101).
    ///
    /// @param beta1       decay of the gradient's average, in [0, 1)
    /// @param beta2       decay of the squared gradient's average, in [0, 1)
    /// @param epsilon     added to the root of the squared average, > 0
    /// @param weightDecay share of a weight removed per unit of learning rate, ≥ 0; 0 by default, as
    ///     preference training is short
    record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements OptimizerSpec {
        public static final AdamW DEFAULT = new AdamW(0.9, 0.999, 1e-8, 0);

        public AdamW {
            require("beta1", beta1 >= 0 && beta1 < 1, "in [0, 1)", beta1);
            require("beta2", beta2 >= 0 && beta2 < 1, "in [0, 1)", beta2);
            require("epsilon", epsilon > 0 && epsilon < Double.POSITIVE_INFINITY, "> 0", epsilon);
            require("weightDecay", weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY, "≥ 0", weightDecay);
        }
    }

    /// RMSprop as in PyTorch: epsilon outside the root, no momentum; the published code's choice.
    ///
    /// @param smoothing decay of the squared gradient's average (PyTorch's `alpha`), in [0, 1)
    /// @param epsilon   added to the root of the squared average, > 0
    record RmsProp(double smoothing, double epsilon) implements OptimizerSpec {
        public static final RmsProp DEFAULT = new RmsProp(0.99, 1e-8);

        public RmsProp {
            require("smoothing", smoothing >= 0 && smoothing < 1, "in [0, 1)", smoothing);
            require("epsilon", epsilon > 0 && epsilon < Double.POSITIVE_INFINITY, "> 0", epsilon);
        }
    }
}
