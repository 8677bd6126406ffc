package org.betatron.torch.adapter;

import java.util.Collection;
import java.util.List;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.DecomposedWeight;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.LowRankWeight;

/// How tensors of an adapter are called in its file: PEFT's prefix, the map's name, and which matrix it is.
///
/// @param left how many characters at the beginning of names the file leaves out, as a base has that was opened
///     without its head
record AdapterNames(int left) {

    private static final String PREFIX = "base_model.model.";
    private static final String MATRIX = ".weight";

    /// Names of a file that is written.
    static final AdapterNames WRITTEN = new AdapterNames(0);

    /// @param found names in a file
    static AdapterNames of(Collection<String> found, Blueprint blueprint) {
        String first = blueprint.adapterTargets().getFirst().name();
        String beginning = first.substring(0, first.indexOf('.') + 1);
        boolean whole = found.stream().anyMatch(name -> name.startsWith(PREFIX + beginning));
        return whole ? WRITTEN : new AdapterNames(beginning.length());
    }

    String down(LinearPart part) {
        return of(part) + "." + LowRankWeight.DOWN + MATRIX;
    }

    String up(LinearPart part) {
        return of(part) + "." + LowRankWeight.UP + MATRIX;
    }

    String magnitude(LinearPart part) {
        return of(part) + "." + DecomposedWeight.MAGNITUDE;
    }

    /// PEFT may save embedding and head of the base along, unchanged or not.
    ///
    /// @param module name without `.weight`
    /// @return what its matrix may be called
    List<String> copies(String module) {
        return List.of(PREFIX + module + MATRIX, PREFIX + module + ".base_layer" + MATRIX);
    }

    /// @return name of a matrix that is saved as a whole, which is none of a layer
    String whole(LinearPart part) {
        return PREFIX + part.weight();
    }

    private String of(LinearPart part) {
        return PREFIX + part.name().substring(left);
    }
}
