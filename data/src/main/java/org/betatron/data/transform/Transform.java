package org.betatron.data.transform;

import java.util.List;

/// A change to the training rows. Immutable; the same rows give the same result.
interface Transform {

    /// @param path how messages call the transform, for example `data.transforms[0]`; also names
    ///     its stream of random numbers
    static Transform create(TransformSpec spec, String path) {
        return switch (spec) {
            case TransformSpec.Flip flip -> new FlipTransform(flip, path);
            case TransformSpec.Split split -> new SplitTransform(split, path);
            case TransformSpec.Mixture mixture -> new MixtureTransform(mixture, path);
        };
    }

    /// @param rows in the order of the data set
    /// @throws org.betatron.data.DataException if they cannot be changed that way, or none is left
    Applied apply(List<TransformedRow> rows);

    /// What became of the rows.
    ///
    /// @param rows    those that are left, in the same order
    /// @param summary what was done, with counts, on one line
    record Applied(List<TransformedRow> rows, String summary) {}
}
