package org.betatron.core.model;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Several models that see the same batches, as one that computes what each of them does: a policy
/// and its critic. A derivative goes back to the model whose quantity it is of.
///
/// @param models borrowed, at least one; no two compute the same quantity. Closing this closes
///     nothing
public record JointModel(List<DifferentiableModel> models) implements DifferentiableModel {

    public JointModel {
        models = List.copyOf(models);
        if (models.isEmpty()) {
            throw new IllegalArgumentException("models must be at least one but there was none");
        }
    }

    @Override
    public TokenNumbers score(PackedBatch batch) {
        return join(batch, models.stream().map(model -> model.score(batch)).toList());
    }

    @Override
    public ForwardPass forward(PackedBatch batch) {
        List<ForwardPass> passes = new ArrayList<>();
        try {
            models.forEach(model -> passes.add(model.forward(batch)));
            return new Pass(
                    passes,
                    join(batch, passes.stream().map(ForwardPass::numbers).toList()));
        } catch (RuntimeException e) {
            passes.forEach(ForwardPass::close);
            throw e;
        }
    }

    /// @throws IllegalArgumentException if two of them hold the same quantity
    private static TokenNumbers join(PackedBatch batch, List<TokenNumbers> ofModels) {
        Map<TokenQuantity, float[]> all = new EnumMap<>(TokenQuantity.class);
        ofModels.forEach(numbers -> numbers.all().forEach((quantity, values) -> {
            if (all.put(quantity, values) != null) {
                throw new IllegalArgumentException(
                        "models that go together must compute different quantities but two" + " compute " + quantity);
            }
        }));
        return new TokenNumbers(batch, all);
    }

    @Override
    public DifferentiableModel dropping(long seed) {
        return new JointModel(models.stream().map(model -> model.dropping(seed)).toList());
    }

    @Override
    public long graphBytes(long numTokens) {
        return models.stream().mapToLong(model -> model.graphBytes(numTokens)).sum();
    }

    @Override
    public int tokensAtOnce() {
        return models.stream().mapToInt(DifferentiableModel::tokensAtOnce).min().orElseThrow();
    }

    @Override
    public int vocabularySize() {
        return models.stream().mapToInt(ResponseModel::vocabularySize).min().orElseThrow();
    }

    @Override
    public int maxPositions() {
        return models.stream().mapToInt(ResponseModel::maxPositions).min().orElseThrow();
    }

    @Override
    public void close() {}

    /// One batch, run forward through every model.
    private record Pass(List<ForwardPass> passes, TokenNumbers numbers) implements ForwardPass {

        @Override
        public void backward(Map<TokenQuantity, float[]> derivatives) {
            Map<TokenQuantity, float[]> teaching = ForwardPass.teaching(numbers, derivatives);
            for (ForwardPass pass : passes) {
                Map<TokenQuantity, float[]> own = new EnumMap<>(TokenQuantity.class);
                teaching.forEach((quantity, values) -> {
                    if (pass.numbers().all().containsKey(quantity)) {
                        own.put(quantity, values);
                    }
                });
                pass.backward(own);
            }
        }

        @Override
        public void close() {
            passes.forEach(ForwardPass::close);
        }
    }
}
