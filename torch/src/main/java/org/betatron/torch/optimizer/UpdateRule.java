package org.betatron.torch.optimizer;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/// The formula of an optimizer, number by number.
interface UpdateRule {

    /// @return names of the moments that it keeps per weight, each of the weight's shape, in order
    List<String> momentNames();

    /// @return whether numbers whose gradient was always zero stay as they are, and so do their moments
    boolean restsWithoutGradient();

    /// @param piece        changed in place
    /// @param learningRate step size
    /// @param step         number of this update, from 1
    void update(Piece piece, double learningRate, long step);

    /// Some numbers of one weight with what belongs to them, each `[n]`.
    ///
    /// @param weight    float32
    /// @param gradient  float32; may be overwritten
    /// @param moments   as named by [#momentNames]
    /// @param ofMatrix  whether the weight is a matrix, neither bias nor norm
    record Piece(Tensor weight, Tensor gradient, List<Tensor> moments, boolean ofMatrix) {}
}
