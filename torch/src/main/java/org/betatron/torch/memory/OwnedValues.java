package org.betatron.torch.memory;

import java.util.List;
import org.bytedeco.pytorch.IValue;

/// Arguments of an operator that outlive the scope that made them, until their owner closes them. A tensor
/// among them lives as long.
///
/// Not thread-safe.
public final class OwnedValues implements AutoCloseable {

    private final String name;
    private List<IValue> values;

    OwnedValues(String name, List<IValue> values) {
        this.name = name;
        this.values = List.copyOf(values);
    }

    /// @return one of the values, lent
    /// @throws IllegalStateException if they were closed
    public IValue get(int index) {
        if (values.isEmpty()) {
            throw new IllegalStateException("'" + name + "' was used after it was closed");
        }
        return values.get(index);
    }

    @Override
    public void close() {
        values.forEach(IValue::releaseReference);
        values = List.of();
    }
}
