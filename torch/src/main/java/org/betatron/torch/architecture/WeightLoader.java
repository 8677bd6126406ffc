package org.betatron.torch.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.files.SafetensorsFile;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Makes the weights of a model: from its files, or fresh.
public final class WeightLoader {

    private WeightLoader() {}

    /// Reads all weights as leaves. Weights that the files have in the format that they are kept in stay where they
    /// are, mapped into memory: rows of an embedding that are never used take none. Others are converted, each
    /// straight from the mapped file into its place.
    ///
    /// @param directory where the files are
    /// @param spec      what must be in them
    /// @param compute   where the weights are to lie, and in which format
    /// @return the weights, owned by the caller
    /// @throws ModelException if a weight is missing, has another shape, or a tensor does not belong to
    ///     the model
    public static Parameters load(ModelDirectory directory, ArchitectureSpec spec, ComputeSpec compute) {
        return load(directory, spec, compute, OptionalLong.empty());
    }

    /// As [#load(ModelDirectory, ArchitectureSpec, ComputeSpec)], drawing the score's weight where the files have
    /// none, as a language model has none.
    ///
    /// @param seed seed of that weight
    public static Parameters loadWithFreshScore(
            ModelDirectory directory, ArchitectureSpec spec, ComputeSpec compute, long seed) {
        return load(directory, spec, compute, OptionalLong.of(seed));
    }

    private static Parameters load(
            ModelDirectory directory, ArchitectureSpec spec, ComputeSpec compute, OptionalLong scoreSeed) {
        Map<String, long[]> shapes = spec.weightShapes();
        Map<String, Owned> loaded = new LinkedHashMap<>();
        try {
            for (Path file : directory.weightFiles()) {
                try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
                    for (Map.Entry<String, SafetensorsFile.Entry> entry :
                            tensors.entries().entrySet()) {
                        String name = entry.getKey();
                        if (shapes.containsKey(name)) {
                            if (loaded.containsKey(name)) {
                                throw new ModelException(file + ": tensor '" + name + "' is in another shard too");
                            }
                            requireShape(file, name, shapes.get(name), SafetensorsFile.dims(entry.getValue()));
                            loaded.put(name, read(tensors, name, shapes.get(name), compute));
                        } else if (!spec.isIgnorable(name)) {
                            throw new ModelException(file + ": tensor '" + name
                                    + "' does not belong to the model that config.json describes");
                        }
                    }
                }
            }
            if (scoreSeed.isPresent() && !loaded.containsKey(HeadKind.SCORE_WEIGHT)) {
                loaded.put(HeadKind.SCORE_WEIGHT, fresh(HeadKind.SCORE_WEIGHT, spec, compute, scoreSeed.getAsLong()));
            }
            requireAll(directory, shapes.keySet(), loaded.keySet());
        } catch (IOException e) {
            loaded.values().forEach(Owned::close);
            throw new UncheckedIOException("cannot read the model in " + directory.path(), e);
        } catch (RuntimeException e) {
            loaded.values().forEach(Owned::close);
            throw e;
        }
        Parameters parameters = new Parameters();
        shapes.keySet().forEach(name -> parameters.add(name, Objects.requireNonNull(loaded.get(name))));
        return parameters;
    }

    /// Draws all weights: matrices normal with the model's standard deviation, biases zero, norm
    /// weights one, as `transformers` initialises these architectures.
    ///
    /// @param compute where they are to lie, and in which format
    /// @param seed    equal seeds give equal weights, whatever the device
    /// @return the weights, owned by the caller
    public static Parameters initialize(ArchitectureSpec spec, ComputeSpec compute, long seed) {
        Parameters parameters = new Parameters();
        try {
            Memory.run(() -> {
                GeneratorOptional generator = new GeneratorOptional(torch.make_generator_cpu(seed));
                spec.weightShapes()
                        .keySet()
                        .forEach(name -> parameters.add(name, leaf(name, () -> drawn(name, spec, compute, generator))));
            });
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
        return parameters;
    }

    /// @return number format that a weight is kept in: vectors are few, and a score is computed in float32
    private static DataType format(String name, long[] shape, ComputeSpec compute) {
        return shape.length > 1 && !name.equals(HeadKind.SCORE_WEIGHT) ? compute.weights() : DataType.FP32;
    }

    private static Owned read(SafetensorsFile tensors, String name, long[] shape, ComputeSpec compute) {
        DataType format = format(name, shape, compute);
        Optional<Owned> mapped =
                compute.device().equals(ComputeDevice.DEFAULT) ? tensors.map(name, format) : Optional.empty();
        Owned weight = mapped.orElseGet(() -> Memory.keep(name, () -> {
            Tensor tensor = Tensors.empty(format.scalarType(), compute.device(), shape);
            tensors.copyInto(name, tensor);
            return tensor;
        }));
        Memory.run(() -> weight.tensor().requires_grad_(true));
        return weight;
    }

    private static Owned fresh(String name, ArchitectureSpec spec, ComputeSpec compute, long seed) {
        return Memory.compute(() -> {
            GeneratorOptional generator = new GeneratorOptional(torch.make_generator_cpu(seed));
            return leaf(name, () -> drawn(name, spec, compute, generator));
        });
    }

    private static Tensor drawn(String name, ArchitectureSpec spec, ComputeSpec compute, GeneratorOptional generator) {
        long[] shape = Objects.requireNonNull(spec.weightShapes().get(name), name);
        Tensor tensor = HostTensors.empty(ScalarType.Float, shape);
        Tensor numbers = shape.length > 1
                ? tensor.normal_(0, spec.initializerRange(), generator)
                : tensor.fill_(Tensors.scalar(name.endsWith(".bias") ? 0 : 1));
        return Tensors.moved(numbers.to(format(name, shape, compute).scalarType()), compute.device());
    }

    private static Owned leaf(String name, Supplier<Tensor> maker) {
        return Memory.keep(name, () -> maker.get().requires_grad_(true));
    }

    private static void requireShape(Path file, String name, long[] expected, long[] actual) {
        if (!Arrays.equals(expected, actual)) {
            throw new ModelException(file + ": tensor '" + name + "' must have the shape " + Arrays.toString(expected)
                    + " that config.json asks for but has " + Arrays.toString(actual));
        }
    }

    private static void requireAll(ModelDirectory directory, Set<String> expected, Set<String> loaded) {
        Set<String> missing = new HashSet<>(expected);
        missing.removeAll(loaded);
        if (!missing.isEmpty()) {
            String first = missing.stream().sorted().findFirst().orElseThrow();
            throw new ModelException("model directory " + directory.path() + " lacks tensor '" + first + "'"
                    + (missing.size() == 1 ? "" : " and " + (missing.size() - 1) + " more"));
        }
    }
}
