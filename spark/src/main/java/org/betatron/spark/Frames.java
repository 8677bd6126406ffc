package org.betatron.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.betatron.data.source.RowSource;
import org.betatron.spark.executor.RowsOpener;
import org.betatron.spark.executor.RowsTask;

/// DataFrames whose rows go through models of executors.
///
/// @param rows    what goes in
/// @param columns outermost columns that are read; empty for all
record Frames(Dataset<Row> rows, Set<String> columns) {

    private static final String ROW = "row";
    private static final String JSON = "json";

    /// @param opener  opens the models
    /// @param reading reads rows on the driver and throws if none can be used
    /// @param added   columns that rows get behind their own
    /// @return the rows with these columns; nothing is computed yet but the first rows
    /// @throws IllegalArgumentException if there is such a column already
    Dataset<Row> through(RowsOpener opener, Consumer<RowSource> reading, List<StructField> added) {
        requireNew(added);
        StructType schema = rows.schema();
        for (StructField field : added) {
            schema = schema.add(field);
        }
        Dataset<Row> both = rows.select(struct(col("*")).as(ROW), json().as(JSON));
        List<String> first =
                both.select(JSON).limit(ExampleRow.ROWS).as(Encoders.STRING()).collectAsList();
        return both.mapPartitions(new RowsTask(opener, ExampleRow.find(first, reading)), Encoders.row(schema));
    }

    /// A column that is null stands in the row as null, as in a file.
    private Column json() {
        Column[] read = Arrays.stream(rows.columns())
                .filter(name -> columns.isEmpty() || columns.contains(name))
                .map(name -> rows.col("`" + name.replace("`", "``") + "`"))
                .toArray(Column[]::new);
        // What is missing is told by whoever reads the rows.
        return to_json(struct(read.length == 0 ? new Column[] {col("*")} : read), Map.of("ignoreNullFields", "false"));
    }

    private void requireNew(List<StructField> added) {
        Set<String> there = new HashSet<>();
        for (String name : rows.columns()) {
            if (!there.add(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        "the DataFrame has two columns \"" + name + "\": rename or drop one");
            }
        }
        for (StructField field : added) {
            if (there.contains(field.name().toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("the DataFrame has a column \"" + field.name()
                        + "\" already, which would be written: rename or drop it; it has "
                        + List.of(rows.columns()));
            }
        }
    }
}
