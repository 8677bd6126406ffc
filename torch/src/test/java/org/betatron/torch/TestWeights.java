package org.betatron.torch;

import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.weight.DenseWeight;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.Weight;

/// Weights that are multiplied in float32.
public final class TestWeights {

    private TestWeights() {}

    public static void add(Parameters parameters, String name, Owned owned) {
        parameters.add(name, dense(owned));
    }

    public static Weight dense(Owned owned) {
        return new DenseWeight(owned, new Products(DataType.FP32));
    }
}
