package org.betatron.spark;

import java.util.List;
import java.util.function.Consumer;
import org.betatron.data.DataException;
import org.betatron.data.source.RowSource;

/// The first row of a DataFrame that can be read: it shows executors how all are laid out, and the
/// user
/// what is wrong before one of them starts.
final class ExampleRow {

    /// Rows that are looked at; as many as of a file.
    static final int ROWS = 100;

    private static final String NAME = "row of the DataFrame";

    private ExampleRow() {}

    /// @param first   rows as JSON
    /// @param reading reads rows and throws if none can be used
    /// @return the first that can be used
    /// @throws DataException if none can, saying what is wrong with the first
    static String find(List<String> first, Consumer<RowSource> reading) {
        DataException problem = null;
        for (int i = 0; i < first.size(); i++) {
            try {
                reading.accept(RowSource.of(NAME, i + 1, List.of(first.get(i))));
                return first.get(i);
            } catch (DataException e) {
                problem = problem == null ? e : problem;
            }
        }
        throw problem == null ? new DataException("the DataFrame has no rows") : problem;
    }
}
