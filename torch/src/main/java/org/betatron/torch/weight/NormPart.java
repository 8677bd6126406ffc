package org.betatron.torch.weight;

import java.util.ArrayList;
import java.util.List;

/// A norm over the last dimension, with a factor for each of its numbers.
///
/// @param name    Hugging Face name without `.weight`
/// @param width   numbers that are normalised together
/// @param kind    which norm
/// @param epsilon added to the variance, or to the mean square
/// @param start   what the factors begin with
public record NormPart(String name, long width, Kind kind, double epsilon, double start) implements Part {

    /// Which norm.
    public enum Kind {
        /// Divides by the root of the mean square (Zhang and Sennrich 2019, arXiv 1910.07467).
        ROOT_MEAN_SQUARE,
        /// The same, with factors that are kept as what they differ from one by.
        ROOT_MEAN_SQUARE_FROM_ONE {
            @Override
            public double start() {
                return 0;
            }
        },
        /// Subtracts the mean, divides by the standard deviation, adds a `.bias`, which begins with zeros (Ba et al.
        /// 2016, arXiv 1607.06450).
        LAYER;

        /// @return what the factors begin with, so that they change nothing
        public double start() {
            return 1;
        }
    }

    public String weight() {
        return name + ".weight";
    }

    public String bias() {
        return name + ".bias";
    }

    @Override
    public List<WeightSpec> weights() {
        List<WeightSpec> weights = new ArrayList<>();
        weights.add(WeightSpec.vector(weight(), width, start));
        if (kind == Kind.LAYER) {
            weights.add(WeightSpec.vector(bias(), width, 0));
        }
        return weights;
    }
}
