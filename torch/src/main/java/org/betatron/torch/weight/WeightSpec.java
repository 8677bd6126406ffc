package org.betatron.torch.weight;

import java.util.OptionalDouble;
import java.util.stream.LongStream;

/// One weight of a model as its architecture declares it.
///
/// @param name      Hugging Face name
/// @param shape     rows first
/// @param start     what all its numbers begin with; empty where they are drawn, normal with the model's standard
///     deviation
/// @param columns   whether files hold the matrix with columns for rows
/// @param inFloat32 whether it is kept and multiplied in float32 whatever is chosen for the model's matrices
@SuppressWarnings("ArrayRecordComponent") // never compared
public record WeightSpec(String name, long[] shape, OptionalDouble start, boolean columns, boolean inFloat32) {

    /// @return a matrix whose numbers are drawn
    static WeightSpec matrix(String name, long rows, long columns) {
        return new WeightSpec(name, new long[] {rows, columns}, OptionalDouble.empty(), false, false);
    }

    /// @return a vector, which is computed with in float32
    static WeightSpec vector(String name, long width, double start) {
        return new WeightSpec(name, new long[] {width}, OptionalDouble.of(start), false, true);
    }

    /// @return the same in float32
    WeightSpec float32() {
        return new WeightSpec(name, shape, start, columns, true);
    }

    /// @return the same matrix, which files hold with columns for rows
    WeightSpec inColumns() {
        return new WeightSpec(name, shape, start, true, inFloat32);
    }

    /// @return shape in files
    public long[] shapeInFiles() {
        return columns ? new long[] {shape[1], shape[0]} : shape;
    }

    /// @return how many numbers it has
    public long count() {
        return LongStream.of(shape).reduce(1, Math::multiplyExact);
    }
}
