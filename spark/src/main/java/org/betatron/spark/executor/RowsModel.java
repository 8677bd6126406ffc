package org.betatron.spark.executor;

import java.util.List;
import org.apache.spark.sql.Row;

/// What makes rows of rows with models that are open. One thread at a time.
public interface RowsModel extends AutoCloseable {

    /// @return the rows that some become
    List<Row> rows(RowChunk chunk);

    @Override
    void close();
}
