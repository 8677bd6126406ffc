package org.betatron.spark.submit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.io.PrintWriter;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/// Says what became of rows.
final class WrittenRows {

    private static final String DROPPED = "dropped";

    private WrittenRows() {}

    /// @param rows as they were written
    /// @param out  where
    static void tell(Dataset<Row> rows, String out, PrintWriter printer) {
        List<Row> reasons = rows.groupBy(col(DROPPED))
                .agg(count(lit(1)).as("rows"))
                .orderBy(DROPPED)
                .collectAsList();
        long all = reasons.stream().mapToLong(row -> row.getLong(1)).sum();
        printer.println(all + " rows written to " + out);
        reasons.stream()
                .filter(row -> !row.isNullAt(0))
                .forEach(row -> printer.println("  " + row.getLong(1) + " without values: " + row.getString(0)));
        printer.flush();
    }
}
