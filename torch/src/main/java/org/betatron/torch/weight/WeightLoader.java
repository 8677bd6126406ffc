package org.betatron.torch.weight;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.FileStamp;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.files.WeightFile;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Makes the weights of a model: from its files, or fresh.
public final class WeightLoader {

    private WeightLoader() {}

    /// Reads all weights as leaves. Weights that the files have in the format that they are kept in
    /// stay where they are, mapped into memory: rows of an embedding that are never used take none.
    /// Others are converted, each straight from the mapped file into its place.
    ///
    /// @param directory where the files are
    /// @param blueprint what must be in them
    /// @param compute   where the weights are to lie, and in which format
    /// @return the weights, owned by the caller
    /// @throws ModelException if a weight is missing, has another shape, or a tensor does not
    ///     belong to the model
    public static Parameters load(ModelDirectory directory, Blueprint blueprint, ComputeSpec compute) {
        return load(directory, blueprint, compute, OptionalLong.empty());
    }

    /// As [#load(ModelDirectory, Blueprint, ComputeSpec)], drawing the score's weight where the
    /// files have none, as a language model has none.
    ///
    /// @param seed seed of that weight
    public static Parameters loadWithFreshScore(
            ModelDirectory directory, Blueprint blueprint, ComputeSpec compute, long seed) {
        return load(directory, blueprint, compute, OptionalLong.of(seed));
    }

    private static Parameters load(
            ModelDirectory directory, Blueprint blueprint, ComputeSpec compute, OptionalLong scoreSeed) {
        Map<String, WeightSpec> specs = new LinkedHashMap<>();
        blueprint.weights().forEach(spec -> specs.put(spec.name(), spec));
        Map<String, Weight> loaded = new LinkedHashMap<>();
        BaseWeights base = new BaseWeights(blueprint, compute);
        Map<String, Path> places = directory.shardsByTensor();
        Set<String> found = new HashSet<>();
        List<FileStamp> mapped = new ArrayList<>();
        try {
            for (Path file : directory.weightFiles()) {
                FileStamp stamp = FileStamp.of(file);
                try (WeightFile tensors = WeightFiles.open(file)) {
                    for (Map.Entry<String, long[]> entry : tensors.shapes().entrySet()) {
                        String name = entry.getKey();
                        if (!found.add(name)) {
                            throw new ModelException(file + ": tensor '" + name + "' is in another shard too");
                        }
                        requirePlace(file, name, places);
                        WeightSpec spec = specs.getOrDefault(name, specs.get(blueprint.beginning() + name));
                        if (spec != null) {
                            requireShape(file, name, spec.shapeInFiles(), entry.getValue());
                            if (loaded.containsKey(spec.name())) {
                                throw new ModelException(
                                        file + ": tensor '" + name + "' is there as '" + spec.name() + "', too");
                            }
                            Optional<Weight> inFile = base.inFile(file, name, spec);
                            loaded.put(
                                    spec.name(),
                                    inFile.isPresent()
                                            ? inFile.get()
                                            : base.kept(
                                                    weight(read(tensors, name, spec, compute), spec, compute), spec));
                        } else if (!blueprint.isIgnorable(name)) {
                            throw new ModelException(file + ": tensor '" + name
                                    + "' does not belong to the model that config.json describes");
                        }
                    }
                    if (tensors.isMapped() || base.reads(file)) {
                        mapped.add(stamp);
                    }
                }
            }
            for (Map.Entry<String, Path> place : places.entrySet()) {
                if (!found.contains(place.getKey())) {
                    throw new ModelException(
                            place.getValue() + " lacks tensor '" + place.getKey() + "', which the index says is there");
                }
            }
            String head = blueprint.headPart().weight();
            if (scoreSeed.isPresent() && !loaded.containsKey(head)) {
                WeightSpec score = Objects.requireNonNull(specs.get(head), head);
                loaded.put(
                        head,
                        weight(fresh(score, blueprint.deviation(), compute, scoreSeed.getAsLong()), score, compute));
            }
            requireAll(directory, specs.keySet(), loaded.keySet());
        } catch (IOException e) {
            loaded.values().forEach(Weight::close);
            base.close();
            throw new UncheckedIOException("cannot read the model in " + directory.path(), e);
        } catch (RuntimeException e) {
            loaded.values().forEach(Weight::close);
            base.close();
            throw e;
        }
        Parameters parameters = new Parameters();
        mapped.forEach(parameters::restOn);
        specs.keySet().forEach(name -> parameters.add(name, Objects.requireNonNull(loaded.get(name), name)));
        parameters.keepOpen(base);
        return parameters;
    }

    /// Makes all weights as their blueprint begins them: drawn in file order, or of one value.
    ///
    /// @param compute where they are to lie, and in which format
    /// @param seed    equal seeds give equal weights, whatever the device
    /// @return the weights, owned by the caller
    public static Parameters initialize(Blueprint blueprint, ComputeSpec compute, long seed) {
        Parameters parameters = new Parameters();
        try {
            Memory.run(() -> {
                GeneratorOptional generator = new GeneratorOptional(torch.make_generator_cpu(seed));
                for (WeightSpec spec : blueprint.weights()) {
                    Owned drawn = leaf(spec.name(), () -> drawn(spec, blueprint.deviation(), compute, generator));
                    parameters.add(spec.name(), weight(drawn, spec, compute));
                }
            });
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
        return parameters;
    }

    private static Weight weight(Owned leaf, WeightSpec spec, ComputeSpec compute) {
        return new DenseWeight(leaf, new Products(spec.inFloat32() ? DataType.FP32 : compute.precision()));
    }

    private static DataType format(WeightSpec spec, ComputeSpec compute) {
        return spec.inFloat32() ? DataType.FP32 : compute.weights();
    }

    private static Owned read(WeightFile tensors, String name, WeightSpec spec, ComputeSpec compute) {
        DataType format = format(spec, compute);
        Optional<Owned> mapped = compute.device().equals(ComputeDevice.DEFAULT) && !spec.columns()
                ? tensors.map(name, format)
                : Optional.empty();
        Owned weight = mapped.orElseGet(() -> Memory.keep(spec.name(), () -> {
            Tensor tensor = Tensors.empty(format.scalarType(), compute.device(), spec.shapeInFiles());
            tensors.copyInto(name, tensor);
            return spec.columns() ? tensor.t().contiguous() : tensor;
        }));
        Memory.run(() -> weight.tensor().requires_grad_(true));
        return weight;
    }

    private static Owned fresh(WeightSpec spec, double deviation, ComputeSpec compute, long seed) {
        return Memory.compute(() -> {
            GeneratorOptional generator = new GeneratorOptional(torch.make_generator_cpu(seed));
            return leaf(spec.name(), () -> drawn(spec, deviation, compute, generator));
        });
    }

    private static Tensor drawn(WeightSpec spec, double deviation, ComputeSpec compute, GeneratorOptional generator) {
        Tensor tensor = HostTensors.empty(ScalarType.Float, spec.shape());
        Tensor numbers = spec.start().isPresent()
                ? tensor.fill_(Tensors.scalar(spec.start().getAsDouble()))
                : tensor.normal_(0, deviation, generator);
        return Tensors.moved(numbers.to(format(spec, compute).scalarType()), compute.device());
    }

    private static Owned leaf(String name, Supplier<Tensor> maker) {
        return Memory.keep(name, () -> maker.get().requires_grad_(true));
    }

    private static void requirePlace(Path file, String name, Map<String, Path> places) {
        Path place = places.getOrDefault(name, file);
        if (!place.equals(file)) {
            throw new ModelException(
                    file + ": tensor '" + name + "' is here, but the index says that it is in " + place.getFileName());
        }
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
