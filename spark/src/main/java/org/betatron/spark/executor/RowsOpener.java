package org.betatron.spark.executor;

import java.io.Serializable;
import java.util.List;

/// Opens models in an executor. Goes there with every task: a record whose equals says whether two
/// tasks can share what is open.
public interface RowsOpener extends Serializable {

    /// @return the models that it opens
    List<ModelFiles> models();

    /// @return the models, to be closed by the caller
    RowsModel open();
}
