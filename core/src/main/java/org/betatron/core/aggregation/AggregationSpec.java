package org.betatron.core.aggregation;

import static org.betatron.core.Numbers.require;

import org.betatron.core.Source;

/// Which aggregation a run uses, with its parameters.
public sealed interface AggregationSpec {

    /// @return the aggregation that this describes
    default Aggregation create() {
        return switch (this) {
            case Mean _ -> new MeanAggregation();
            case TokenMean _ -> new TokenMeanAggregation();
            case DrDpo drDpo -> new DrDpoAggregation(drDpo.temperature());
        };
    }

    /// The mean over kept pairs.
    @Source("Rafailov et al. 2023, arXiv 2305.18290, equation 7")
    record Mean() implements AggregationSpec {
        public static final Mean DEFAULT = new Mean();
    }

    /// The mean over kept pairs, weighted by their scored tokens.
    @Source("ours")
    record TokenMean() implements AggregationSpec {
        public static final TokenMean DEFAULT = new TokenMean();
    }

    /// Distributionally robust DPO.
    ///
    /// @param temperature the paper's beta', > 0; 1.0 as in the published code
    @Source("Wu et al. 2024, arXiv 2407.07880")
    record DrDpo(double temperature) implements AggregationSpec {
        public static final DrDpo DEFAULT = new DrDpo(1.0);

        public DrDpo {
            require("temperature", temperature > 0 && temperature < Double.POSITIVE_INFINITY, "> 0", temperature);
        }
    }
}
