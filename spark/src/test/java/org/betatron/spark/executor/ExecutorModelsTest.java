package org.betatron.spark.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is open in an executor, and for how long.
class ExecutorModelsTest {

    private static final List<String> EVENTS = new ArrayList<>();

    private record Named(String name, List<ModelFiles> models) implements RowsOpener {

        Named(String name) {
            this(name, List.of());
        }

        @Override
        public RowsModel open() {
            EVENTS.add("open " + name);
            return new RowsModel() {
                @Override
                public List<Row> rows(RowChunk chunk) {
                    return List.of();
                }

                @Override
                public void close() {
                    EVENTS.add("close " + name);
                }
            };
        }
    }

    @BeforeEach
    void closeOthers() {
        ExecutorModels.borrow(new Named("nothing")).close();
        EVENTS.clear();
    }

    @Test
    void tasksShareWhatIsOpen() {
        ExecutorModels.Lease first = ExecutorModels.borrow(new Named("a"));
        ExecutorModels.Lease second = ExecutorModels.borrow(new Named("a"));
        first.close();
        second.close();
        ExecutorModels.borrow(new Named("a")).close();

        assertThat(EVENTS).containsExactly("close nothing", "open a");
    }

    @Test
    void whatNobodyUsesIsClosedWhereSomethingElseIsAskedFor() {
        ExecutorModels.Lease used = ExecutorModels.borrow(new Named("a"));
        ExecutorModels.Lease unused = ExecutorModels.borrow(new Named("b"));
        unused.close();
        unused.close();
        ExecutorModels.borrow(new Named("c")).close();
        used.close();

        assertThat(EVENTS).containsExactly("close nothing", "open a", "open b", "close b", "open c");
    }

    @Test
    void aModelThatIsNotThereIsNamedWithTheExecutor() {
        ModelFiles missing = new ModelFiles("/nowhere/model", Map.of("config.json", 1L), 0);

        assertThatThrownBy(() -> ExecutorModels.borrow(new Named("a", List.of(missing))))
                .isInstanceOf(ExecutorException.class)
                .hasMessage("driver: there is no model /nowhere/model: executors read it themselves, so it must lie"
                        + " where all hosts see it under the same path");
        assertThat(EVENTS).containsExactly("close nothing");
    }
}
