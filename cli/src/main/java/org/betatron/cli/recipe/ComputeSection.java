package org.betatron.cli.recipe;

import org.betatron.torch.weights.DataType;

/// How the machine is used.
///
/// @param precision number format of matrix products; weights, log-probs and losses stay fp32
/// @param threads   threads of one operation; 0 for one per core
/// @param saveAs    number format of the final model's files
public record ComputeSection(DataType precision, int threads, DataType saveAs) {

    public static final ComputeSection DEFAULT = new ComputeSection(DataType.FP32, 0, DataType.FP32);

    public ComputeSection {
        if (precision == DataType.FP16) {
            throw new IllegalArgumentException(
                    "precision must be fp32 or bf16 but was fp16, whose range is too small without loss scaling");
        }
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be at least 0 but was " + threads);
        }
    }
}
