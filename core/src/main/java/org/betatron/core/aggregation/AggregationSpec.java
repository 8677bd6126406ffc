package org.betatron.core.aggregation;

import static org.betatron.core.Numbers.require;

/// Which aggregation a run uses, with its parameters.
public sealed interface AggregationSpec {

    /// @return the aggregation that this describes
    default Aggregation create() {
        return switch (this) {
            case Mean _ -> new MeanAggregation();
            case DrDpo drDpo -> new DrDpoAggregation(drDpo.temperature());
        };
    }

    /// The mean over kept pairs.
    record Mean() implements AggregationSpec {
        public static final Mean DEFAULT = new Mean();
    }

    /// Distributionally robust DPO (Wu et al. 2024, arXiv 2407.07880).
    ///
    /// @param temperature the paper's beta', > 0; 1.0 as in the published code
    record DrDpo(double temperature) implements AggregationSpec {
        public static final DrDpo DEFAULT = new DrDpo(1.0);

        public DrDpo {
            require("temperature", temperature > 0 && temperature < Double.POSITIVE_INFINITY, "> 0", temperature);
        }
    }
}
