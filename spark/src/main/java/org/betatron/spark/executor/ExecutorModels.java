package org.betatron.spark.executor;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.betatron.data.DataException;
import org.betatron.torch.error.ModelException;
import org.betatron.training.run.ProcessMemory;

/// The models that are open in this executor. Tasks that need the same share them, one after the
/// other: a model has all threads while it computes. They stay open for tasks to come until others
/// are asked for.
final class ExecutorModels {

    /// One of each in the process: it has one memory, and tasks have nothing else in common.
    private static final Map<RowsOpener, Held> HELD = new HashMap<>();

    /// An open model with the number of tasks that use it.
    private static final class Held {

        private final RowsModel model;
        private int borrowers;

        Held(RowsModel model) {
            this.model = model;
        }
    }

    /// A model that is lent to a task.
    static final class Lease implements AutoCloseable {

        private final Held held;
        private boolean ended;

        private Lease(Held held) {
            this.held = held;
        }

        /// @return what the rows become; waits for other tasks
        List<Row> rows(RowChunk chunk) {
            synchronized (held) {
                return held.model.rows(chunk);
            }
        }

        @Override
        public void close() {
            if (!ended) {
                ended = true;
                giveBack(held);
            }
        }
    }

    private ExecutorModels() {}

    /// @return the models of an opener, which are opened if they are not
    static synchronized Lease borrow(RowsOpener opener) {
        Held held = HELD.get(opener);
        if (held == null) {
            closeUnused();
            held = new Held(open(opener));
            HELD.put(opener, held);
        }
        held.borrowers++;
        return new Lease(held);
    }

    private static synchronized void giveBack(Held held) {
        held.borrowers--;
    }

    private static void closeUnused() {
        for (Iterator<Held> all = HELD.values().iterator(); all.hasNext(); ) {
            Held held = all.next();
            if (held.borrowers == 0) {
                all.remove();
                held.model.close();
            }
        }
    }

    private static RowsModel open(RowsOpener opener) {
        opener.models().forEach(ModelFiles::require);
        requireMemory(opener.models());
        try {
            return opener.open();
        } catch (ModelException | DataException e) {
            throw new ExecutorException(String.valueOf(e.getMessage()), e);
        } catch (LinkageError e) {
            throw new ExecutorException(
                    "a library of Betatron is missing (" + e.getMessage()
                            + "): give spark-submit all jars of spark/target/jars.txt with --jars",
                    e);
        }
    }

    /// Weights lie outside the Java heap; an executor that is too small for them would be ended by
    /// the
    /// system without a word.
    private static void requireMemory(List<ModelFiles> models) {
        long needed = models.stream().distinct().mapToLong(ModelFiles::bytes).sum();
        long free = ProcessMemory.ofMachine() - Runtime.getRuntime().maxMemory();
        if (needed > free) {
            throw new ExecutorException(
                    String.format(
                            Locale.ROOT,
                            "its models have %.1f GB, and beside the Java heap it has %.1f GB: raise"
                                    + " spark.executor.memoryOverhead, or lower spark.executor.memory",
                            needed / 1e9,
                            Math.max(0, free) / 1e9),
                    null);
        }
    }
}
