package org.betatron.torch.weight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.FileContents;
import org.betatron.torch.files.FileStamp;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/// All weights of a model by their Hugging Face names, in file order; owns them. Those that train
/// are a view.
public final class Parameters implements AutoCloseable {

    private final Map<String, Weight> weights = new LinkedHashMap<>();
    private final List<FileStamp> mapped = new ArrayList<>();
    private final List<FileContents> noted = new ArrayList<>();
    private final List<BaseWeights> open = new ArrayList<>();

    /// Adds a weight, or puts it in the place of the one of that name, which is not closed.
    ///
    /// @param name   Hugging Face name
    /// @param weight consumed
    public void add(String name, Weight weight) {
        weights.put(name, weight);
    }

    /// Says that weights lie in a file, which must stay as it is as long as they are used.
    public void restOn(FileStamp file) {
        mapped.add(file);
    }

    /// @param files that weights lie in; consumed
    void keepOpen(BaseWeights files) {
        open.add(files);
    }

    /// @return the weight, lent
    /// @throws ModelException if there is none of that name
    public Weight get(String name) {
        Weight weight = weights.get(name);
        if (weight == null) {
            throw new ModelException("the model has no weight '" + name + "'");
        }
        return weight;
    }

    public List<String> names() {
        return new ArrayList<>(weights.keySet());
    }

    /// Keeps weights as they are from now on: no gradient, nothing for an optimizer. To be called
    /// before either is made.
    ///
    /// @param patterns of names, see [NamePatterns]
    /// @throws ModelException if one matches nothing, or nothing is left to train
    public void freeze(List<String> patterns) {
        for (String name : NamePatterns.matching(patterns, weights.keySet())) {
            Weight weight = get(name);
            if (weight.trains()) {
                weights.put(name, new FrozenWeight(weight));
            }
        }
        if (trainable().isEmpty()) {
            throw new ModelException(String.join(", ", patterns) + " freezes every weight, so that nothing is learned");
        }
    }

    /// @return what an optimizer changes, lent, by name
    public Map<String, Tensor> trainable() {
        return trainable(weights.keySet());
    }

    /// @param names of weights
    /// @return of these what an optimizer changes, lent, by name
    public Map<String, Tensor> trainable(Iterable<String> names) {
        Map<String, Tensor> trainable = new LinkedHashMap<>();
        for (String name : names) {
            get(name)
                    .leaves()
                    .forEach((ending, leaf) -> trainable.put(ending.isEmpty() ? name : name + "." + ending, leaf));
        }
        return trainable;
    }

    /// @return the values of all weights by name, as files hold them
    public Map<String, Tensor> values() {
        Map<String, Tensor> values = new LinkedHashMap<>();
        weights.forEach((name, weight) -> values.put(name, weight.values()));
        return values;
    }

    /// @return how many numbers all weights have
    public long count() {
        return weights.values().stream()
                .mapToLong(weight -> LongStream.of(weight.shape()).reduce(1, Math::multiplyExact))
                .sum();
    }

    /// @return memory that they take, bytes; those that lie in a file and are widened from there
    ///     take none
    public long bytes() {
        return tensors()
                .mapToLong(tensor -> tensor.numel() * tensor.element_size())
                .sum();
    }

    /// @return how many numbers are trained
    public long countTrainable() {
        return trainable().values().stream().mapToLong(Tensor::numel).sum();
    }

    /// Moves every weight: `weight += share * (other - weight)`. These are float32: a bf16 weight
    /// would round small steps away.
    ///
    /// @param other weights of the same names and shapes, in any form and number format
    /// @param share in (0, 1]
    /// @throws IllegalArgumentException if names or shapes differ
    public void moveTowards(Parameters other, double share) {
        if (!other.names().equals(names()) || !names().stream().allMatch(name -> sameShape(other, name))) {
            throw new IllegalArgumentException("other must be a model with the same weights");
        }
        Memory.runWithoutGradient(() -> names().forEach(name -> Memory.run(
                () -> get(name).values().lerp_(Tensors.toFloat(other.get(name).values()), Tensors.scalar(share)))));
    }

    private boolean sameShape(Parameters other, String name) {
        return Arrays.equals(get(name).shape(), other.get(name).shape());
    }

    /// @return a number that grows with every change of a weight
    public long version() {
        return tensors().mapToLong(Tensor::_version).sum();
    }

    /// @return whether they lie in the processor's memory
    public boolean areOnHost() {
        return tensors().allMatch(Tensor::is_cpu);
    }

    /// @throws IllegalStateException if the weights were closed
    /// @throws ModelException        if a file that they lie in was overwritten
    public void requireUsable() {
        weights.values().forEach(Weight::tensors);
        mapped.forEach(FileStamp::requireUnchanged);
    }

    /// Remembers what the files hold that weights lie in.
    public void noteFiles() {
        if (noted.isEmpty()) {
            mapped.forEach(file -> noted.add(FileContents.of(file.path())));
        }
        // Of what was mapped: nothing was written since.
        requireUsable();
    }

    /// @return checksums of the files that were noted, in order
    public List<String> notedChecksums() {
        return noted.stream().map(FileContents::checksum).toList();
    }

    /// @throws IllegalStateException if the weights were closed
    /// @throws ModelException        if a file that they lie in was overwritten, or holds other
    ///     bytes than when it was noted
    public void requireFilesAsNoted() {
        requireUsable();
        noted.forEach(FileContents::requireUnchanged);
    }

    private Stream<Tensor> tensors() {
        return weights.values().stream().flatMap(weight -> weight.tensors().stream());
    }

    /// Forgets the accumulated gradient and frees it.
    public void clearGradients() {
        Memory.run(
                () -> trainable().values().forEach(leaf -> leaf.mutable_grad().reset()));
    }

    @Override
    public void close() {
        // The closed ones stay, so that use after close names the tensor.
        weights.values().forEach(Weight::close);
        noted.forEach(FileContents::close);
        open.forEach(BaseWeights::close);
    }
}
