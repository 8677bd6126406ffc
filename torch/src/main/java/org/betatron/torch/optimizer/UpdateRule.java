package org.betatron.torch.optimizer;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/// The formula of an optimizer for one weight.
interface UpdateRule {

    /// @return names of the moments that it keeps per weight, each of the weight's shape, in order
    List<String> momentNames();

    /// @param weight       changed in place
    /// @param gradient     of the same shape; may be overwritten
    /// @param moments      changed in place
    /// @param learningRate step size
    /// @param step         number of this update, from 1
    void update(Tensor weight, Tensor gradient, List<Tensor> moments, double learningRate, long step);
}
