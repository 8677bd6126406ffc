package org.betatron.torch.tensor;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.betatron.torch.error.ModelException;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// A number format that weights are stored or computed in.
public enum DataType {
    FP32("F32", "float32", ScalarType.Float, 4),
    FP16("F16", "float16", ScalarType.Half, 2),
    BF16("BF16", "bfloat16", ScalarType.BFloat16, 2);

    private final String safetensorsName;
    private final String configName;
    private final ScalarType scalarType;
    private final int bytes;

    DataType(String safetensorsName, String configName, ScalarType scalarType, int bytes) {
        this.safetensorsName = safetensorsName;
        this.configName = configName;
        this.scalarType = scalarType;
        this.bytes = bytes;
    }

    /// @return name in a safetensors header
    public String safetensorsName() {
        return safetensorsName;
    }

    /// @return name in `config.json`
    public String configName() {
        return configName;
    }

    public ScalarType scalarType() {
        return scalarType;
    }

    /// @return bytes per number
    public int bytes() {
        return bytes;
    }

    /// @param name name in a safetensors header
    public static Optional<DataType> tryOfSafetensors(String name) {
        return Arrays.stream(values())
                .filter(type -> type.safetensorsName.equals(name))
                .findFirst();
    }

    /// @param name  name in a safetensors header
    /// @param where file and tensor, for the message
    public static DataType ofSafetensors(String name, String where) {
        return tryOfSafetensors(name)
                .orElseThrow(() -> new ModelException(where + " must have one of the types "
                        + Arrays.stream(values()).map(DataType::safetensorsName).collect(Collectors.joining(", "))
                        + " but has " + name));
    }
}
