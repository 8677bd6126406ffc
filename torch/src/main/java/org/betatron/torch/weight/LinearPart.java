package org.betatron.torch.weight;

import java.util.ArrayList;
import java.util.List;

/// An affine map, `y = x W' + b`.
///
/// @param name    Hugging Face name without `.weight`
/// @param out     numbers that come out
/// @param in      numbers that go in
/// @param hasBias whether there is a `.bias`, which begins with zeros
/// @param columns whether files hold the matrix with columns for rows, `[in, out]`
public record LinearPart(String name, long out, long in, boolean hasBias, boolean columns) implements Part {

    public LinearPart(String name, long out, long in, boolean hasBias) {
        this(name, out, in, hasBias, false);
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
        WeightSpec matrix = WeightSpec.matrix(weight(), out, in);
        weights.add(columns ? matrix.inColumns() : matrix);
        if (hasBias) {
            weights.add(WeightSpec.vector(bias(), out, 0));
        }
        return weights;
    }
}
