package org.betatron.torch.weight;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/// The trainable weights of a model by their Hugging Face names, in a fixed order; owns them.
public final class Parameters implements AutoCloseable {

    private final Map<String, Owned> tensors = new LinkedHashMap<>();

    /// Adds a weight.
    ///
    /// @param name  Hugging Face name
    /// @param owned leaf tensor, float32 or bf16; consumed
    public void add(String name, Owned owned) {
        tensors.put(name, owned);
    }

    /// @return the weight, lent
    /// @throws ModelException if there is none of that name
    public Tensor get(String name) {
        Owned owned = tensors.get(name);
        if (owned == null) {
            throw new ModelException("the model has no weight '" + name + "'");
        }
        return owned.tensor();
    }

    /// @param prefix beginning of a Hugging Face name
    /// @return the weights whose names begin so, lent, in order
    public List<Tensor> startingWith(String prefix) {
        return tensors.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .map(entry -> entry.getValue().tensor())
                .toList();
    }

    /// @return the weights by name, lent
    public Map<String, Tensor> asMap() {
        Map<String, Tensor> map = new LinkedHashMap<>();
        tensors.forEach((name, owned) -> map.put(name, owned.tensor()));
        return map;
    }

    /// @return the shape of every weight by name
    public Map<String, List<Long>> shapes() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        asMap().forEach((name, tensor) ->
                shapes.put(name, LongStream.of(Tensors.shape(tensor)).boxed().toList()));
        return shapes;
    }

    public List<String> names() {
        return new ArrayList<>(tensors.keySet());
    }

    /// @return whether they lie in the processor's memory
    public boolean areOnHost() {
        return tensors.values().stream().allMatch(owned -> owned.tensor().is_cpu());
    }

    /// @return number of trainable numbers
    public long count() {
        return tensors.values().stream()
                .mapToLong(owned -> owned.tensor().numel())
                .sum();
    }

    /// Moves every weight: `weight += share * (other - weight)`. These are float32: a bf16 weight would round
    /// small steps away.
    ///
    /// @param other weights of the same names and shapes, in any number format
    /// @param share in (0, 1]
    /// @throws IllegalArgumentException if names or shapes differ
    public void moveTowards(Parameters other, double share) {
        if (!other.shapes().equals(shapes())) {
            throw new IllegalArgumentException("other must be a model with the same weights");
        }
        Memory.runWithoutGradient(() -> other.asMap()
                .forEach((name, target) ->
                        Memory.run(() -> get(name).lerp_(Tensors.toFloat(target), Tensors.scalar(share)))));
    }

    /// @return a number that grows with every change of a weight
    public long version() {
        return tensors.values().stream()
                .mapToLong(owned -> owned.tensor()._version())
                .sum();
    }

    /// @throws IllegalStateException if the weights were closed
    public void requireOpen() {
        tensors.values().forEach(Owned::tensor);
    }

    /// Forgets the accumulated gradient and frees it.
    public void clearGradients() {
        Memory.run(() ->
                tensors.values().forEach(owned -> owned.tensor().mutable_grad().reset()));
    }

    @Override
    public void close() {
        // The closed ones stay, so that use after close names the tensor.
        tensors.values().forEach(Owned::close);
    }
}
