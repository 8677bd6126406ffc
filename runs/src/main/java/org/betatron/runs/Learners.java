package org.betatron.runs;

import java.util.ArrayList;
import java.util.List;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.torch.TorchModel;
import org.betatron.torch.optimizer.TorchOptimizer;
import org.betatron.torch.rank.TensorRanks;
import org.betatron.training.run.Learner;

/// The models that a run moves, each with an optimizer, which are closed together.
final class Learners implements AutoCloseable {

    private final OptimizerSpec spec;
    private final TensorRanks ranks;
    private final List<Learner> all = new ArrayList<>();
    private final List<TorchOptimizer> owned = new ArrayList<>();

    /// @param spec  of every optimizer
    /// @param ranks who move the models together
    Learners(OptimizerSpec spec, TensorRanks ranks) {
        this.spec = spec;
        this.ranks = ranks;
    }

    /// @param model borrowed
    /// @param rate  factor on the run's learning rate
    void add(String name, TorchModel model, double rate) {
        TorchOptimizer optimizer = model.optimizer(spec, ranks);
        owned.add(optimizer);
        all.add(new Learner(name, model, optimizer, rate));
    }

    List<Learner> all() {
        return all;
    }

    @Override
    public void close() {
        owned.forEach(TorchOptimizer::close);
    }
}
