package org.betatron.core.selection;

import static org.betatron.core.Numbers.require;

/// Which selection a run uses, with its parameters.
public sealed interface SelectionSpec {

    /// @return the selection that this describes
    default Selection create() {
        return switch (this) {
            case None _ -> new EverySelection();
            case Gaussian gaussian -> new GaussianSelection(gaussian.keep());
        };
    }

    /// Keeps every pair.
    record None() implements SelectionSpec {
        public static final None DEFAULT = new None();
    }

    /// The beta-guided filter of beta-DPO (arXiv 2407.08639): keeps pairs whose gap is ordinary.
    ///
    /// @param keep fraction of each batch that is kept, in (0, 1]; the paper's 0.8 by default (`rho`;
    ///     the published code's `mode_weight` is the fraction dropped)
    record Gaussian(double keep) implements SelectionSpec {
        public static final Gaussian DEFAULT = new Gaussian(0.8);

        public Gaussian {
            require("keep", keep > 0 && keep <= 1, "in (0, 1]", keep);
        }
    }
}
