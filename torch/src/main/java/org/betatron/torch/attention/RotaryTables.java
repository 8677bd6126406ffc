package org.betatron.torch.attention;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.betatron.torch.attention.RotaryTable.Rotation;
import org.bytedeco.pytorch.Tensor;

/// The rotations of a model's layers, which may have different ones; owns their tables.
public final class RotaryTables implements AutoCloseable {

    private final Map<RotarySpec, RotaryTable> tables = new LinkedHashMap<>();

    /// @param specs  of all layers; equal ones share a table
    /// @param beside a tensor of the device that they lie on, lent
    public RotaryTables(Collection<RotarySpec> specs, Tensor beside) {
        specs.forEach(spec -> tables.computeIfAbsent(spec, distinct -> new RotaryTable(distinct, beside)));
    }

    /// @param positions position of each row in its sequence, `[T]`
    /// @return the rotations of these rows, in the current scope
    public Map<RotarySpec, Rotation> at(int[] positions) {
        Map<RotarySpec, Rotation> rotations = new HashMap<>();
        tables.forEach((spec, table) -> rotations.put(spec, table.rotation(positions)));
        return rotations;
    }

    @Override
    public void close() {
        tables.values().forEach(RotaryTable::close);
    }
}
