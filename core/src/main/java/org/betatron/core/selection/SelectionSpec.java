package org.betatron.core.selection;

import static org.betatron.core.Numbers.require;

import org.betatron.core.Source;

/// Which selection a run uses, with its parameters.
public sealed interface SelectionSpec {

    /// @return the selection that this describes
    default Selection create() {
        return switch (this) {
            case None _ -> new EverySelection();
            case Gaussian gaussian -> new GaussianSelection(gaussian.keep());
            case Cut cut -> new CutSelection(cut.by(), cut.drop(), cut.keep());
            case Random random -> new RandomSelection(random.keep());
        };
    }

    /// Keeps every pair.
    @Source("ours")
    record None() implements SelectionSpec {
        public static final None DEFAULT = new None();
    }

    /// The beta-guided filter of beta-DPO (arXiv 2407.08639): keeps pairs whose gap is ordinary.
    ///
    /// @param keep fraction of each batch that is kept, in (0, 1]; the paper's 0.8 by default (`rho`;
    ///     the published code's `mode_weight` is the fraction dropped)
    @Source("Wu et al. 2024, arXiv 2407.08639")
    record Gaussian(double keep) implements SelectionSpec {
        public static final Gaussian DEFAULT = new Gaussian(0.8);

        public Gaussian {
            require("keep", keep > 0 && keep <= 1, "in (0, 1]", keep);
        }
    }

    /// Cuts off one end, or both ends, of a ranking: the filters that beta-DPO is compared with.
    ///
    /// @param by   what pairs are ranked by
    /// @param drop which end is cut off
    /// @param keep fraction of each batch that is kept, in (0, 1]; 0.8 as in the published comparison
    @Source("Wu et al. 2024, arXiv 2407.08639, filter strategies")
    record Cut(SelectionCriterion by, CutSelection.End drop, double keep) implements SelectionSpec {
        public static final Cut DEFAULT = new Cut(SelectionCriterion.GAP, CutSelection.End.LARGEST, 0.8);

        public Cut {
            require("keep", keep > 0 && keep <= 1, "in (0, 1]", keep);
        }
    }

    /// Keeps a random part: the control for every filter.
    ///
    /// @param keep fraction of each batch that is kept, in (0, 1]
    @Source("ours")
    record Random(double keep) implements SelectionSpec {
        public static final Random DEFAULT = new Random(0.8);

        public Random {
            require("keep", keep > 0 && keep <= 1, "in (0, 1]", keep);
        }
    }
}
