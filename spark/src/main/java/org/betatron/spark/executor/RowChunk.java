package org.betatron.spark.executor;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.betatron.data.row.RowPlace;
import org.betatron.data.source.RowSource;
import org.jspecify.annotations.Nullable;

/// Some rows of a partition.
///
/// How rows are laid out is found in the first one of what is read, so an example stands before
/// those
/// of every chunk, the same everywhere.
///
/// @param partition number of the partition
/// @param from      rows of the partition before these
/// @param example   a row of the DataFrame as JSON
/// @param rows      as they are
/// @param lines     the same as JSON
record RowChunk(int partition, int from, String example, List<Row> rows, List<String> lines) {

    /// @return example and rows, to be read
    RowSource source() {
        List<String> all = new ArrayList<>(lines.size() + 1);
        all.add(example);
        all.addAll(lines);
        return RowSource.of("partition " + partition, from, all);
    }

    /// @return number of the row that stands there, from 0; negative for the example
    int number(RowPlace place) {
        return place.line() - from - 1;
    }

    /// @return one of the rows with values behind its own
    Row with(int number, @Nullable Object... values) {
        Row row = rows.get(number);
        @Nullable Object[] all = new @Nullable Object[row.size() + values.length];
        for (int i = 0; i < row.size(); i++) {
            all[i] = row.get(i);
        }
        System.arraycopy(values, 0, all, row.size(), values.length);
        return RowFactory.create(all);
    }

    /// @param size number of added values
    /// @param why  the row has none, the last of them
    /// @return one of the rows with nothing but the reason behind its own
    Row without(int number, int size, String why) {
        @Nullable Object[] values = new @Nullable Object[size];
        values[size - 1] = why;
        return with(number, values);
    }
}
