package org.betatron.torch.weight;

import java.util.ArrayList;
import java.util.List;

/// Writes down the parts of one layer, or of what is around the layers, in the order of the calls.
public final class Parts {

    private final String prefix;
    private final List<Part> parts = new ArrayList<>();

    /// @param prefix beginning of all names
    public Parts(String prefix) {
        this.prefix = prefix;
    }

    /// @param name behind the prefix
    public LinearPart linear(String name, long out, long in, boolean hasBias) {
        return add(new LinearPart(prefix + name, out, in, hasBias));
    }

    /// A map with a bias whose matrix files hold with columns for rows, `[in, out]`.
    ///
    /// @param name behind the prefix
    public LinearPart columns(String name, long out, long in) {
        return add(new LinearPart(prefix + name, out, in, true, true));
    }

    /// @param name behind the prefix
    public NormPart norm(String name, long width, NormPart.Kind kind, double epsilon, double start) {
        return add(new NormPart(prefix + name, width, kind, epsilon, start));
    }

    private <P extends Part> P add(P part) {
        parts.add(part);
        return part;
    }

    /// @return what was written down, in file order
    public List<Part> list() {
        return List.copyOf(parts);
    }
}
