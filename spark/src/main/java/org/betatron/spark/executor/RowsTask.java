package org.betatron.spark.executor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/// What becomes of the rows of a partition: some at a time go through models that the executor has
/// open.
public final class RowsTask implements MapPartitionsFunction<Row, Row> {

    private static final long serialVersionUID = 1L;

    /// As many as `betatron score` has in memory together.
    private static final int CHUNK_ROWS = 1024;

    private final RowsOpener opener;
    private final String example;

    /// @param opener  opens the models
    /// @param example a row of the DataFrame that can be read, as JSON
    public RowsTask(RowsOpener opener, String example) {
        this.opener = opener;
        this.example = example;
    }

    /// @param rows of two columns: the row as a structure, and as JSON
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return Collections.emptyIterator();
        }
        TaskContext task = TaskContext.get();
        ExecutorModels.Lease models = ExecutorModels.borrow(opener);
        task.addTaskCompletionListener((TaskCompletionListener) _ -> models.close());
        return new Chunks(rows, task.partitionId(), models);
    }

    /// Rows that are made when they are asked for.
    private final class Chunks implements Iterator<Row> {

        private final Iterator<Row> rows;
        private final int partition;
        private final ExecutorModels.Lease models;
        private Iterator<Row> made = Collections.emptyIterator();
        private int numRead;

        Chunks(Iterator<Row> rows, int partition, ExecutorModels.Lease models) {
            this.rows = rows;
            this.partition = partition;
            this.models = models;
        }

        @Override
        public boolean hasNext() {
            while (!made.hasNext() && rows.hasNext()) {
                made = models.rows(nextChunk()).iterator();
            }
            return made.hasNext();
        }

        private RowChunk nextChunk() {
            List<Row> whole = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            int from = numRead;
            while (whole.size() < CHUNK_ROWS && rows.hasNext()) {
                Row both = rows.next();
                whole.add(both.getStruct(0));
                lines.add(both.getString(1));
                numRead++;
            }
            return new RowChunk(partition, from, example, whole, lines);
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return made.next();
        }
    }
}
