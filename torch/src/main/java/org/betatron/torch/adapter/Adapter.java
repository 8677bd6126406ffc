package org.betatron.torch.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.betatron.core.model.AdapterSpec.Lora;
import org.betatron.gguf.GgufType;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.gguf.GgufAdapterExport;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.DecomposedWeight;
import org.betatron.torch.weight.FrozenWeight;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.LowRankWeight;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.Weight;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.node.ObjectNode;

/// A low-rank adapter on the weights of a model, which stay as they are: what of them is trained, and how that is
/// written. A score, which no base has, is trained and written as a whole.
public final class Adapter {

    private AdapterConfig config;
    private double dropout; // nothing until it is chosen, whatever files say
    private final Blueprint blueprint;
    private final List<LinearPart> maps;
    private final String fingerprint; // of the base that the weights are of
    private final List<String> remarks = new ArrayList<>();
    private String otherBase = ""; // what was found where the base is not the one it was trained on

    private Adapter(AdapterConfig config, Blueprint blueprint, List<LinearPart> maps, Parameters base) {
        this.config = config;
        this.blueprint = blueprint;
        this.maps = maps;
        fingerprint = BaseFingerprint.of(maps, base);
    }

    /// Puts a fresh adapter on a model. It changes nothing yet.
    ///
    /// @param base      what its files shall call the base: a path, or a name
    /// @param blueprint of the model
    /// @param weights   of the model, changed
    /// @param seed      of the numbers that it begins with
    /// @throws ModelException if a target does not exist
    public static Adapter begin(Lora spec, String base, Blueprint blueprint, Parameters weights, long seed) {
        List<LinearPart> maps = AdapterTargets.chosen(spec.targets(), blueprint);
        Adapter adapter = new Adapter(AdapterConfig.of(spec, maps, blueprint, base), blueprint, maps, weights);
        adapter.dropOut(spec.dropout());
        Memory.run(() -> Memory.runWithoutGradient(() -> {
            GeneratorOptional generator = new GeneratorOptional(torch.make_generator_cpu(seed));
            for (LinearPart part : maps) {
                double bound = 1 / Math.sqrt((double) part.in());
                adapter.put(
                        weights,
                        part,
                        () -> HostTensors.empty(ScalarType.Float, spec.rank(), part.in())
                                .uniform_(-bound, bound, generator),
                        () -> HostTensors.empty(ScalarType.Float, part.out(), spec.rank())
                                .zero_());
                if (spec.dora()) {
                    weights.add(part.weight(), DecomposedWeight.of((LowRankWeight) weights.get(part.weight())));
                }
            }
        }));
        adapter.freezeOthers(weights);
        return adapter;
    }

    /// @return the maps that an adapter would sit on, in file order
    /// @throws ModelException if a target does not exist in such a model, or cannot be trained so
    public static List<LinearPart> targets(Lora spec, Blueprint blueprint) {
        List<LinearPart> maps = AdapterTargets.chosen(spec.targets(), blueprint);
        requireNoHead(spec.dropout(), maps, blueprint);
        return maps;
    }

    /// Puts an adapter from its files on a model.
    ///
    /// @param directory PEFT's
    /// @param blueprint of the model
    /// @param weights   of the model, changed once the files were found to be whole
    /// @throws ModelException if it is not an adapter of such a model
    public static Adapter load(Path directory, Blueprint blueprint, Parameters weights) {
        AdapterFiles files = new AdapterFiles(directory);
        AdapterConfig config = files.readConfig();
        requireHead(config, blueprint);
        try (AdapterFiles.Found found = files.find(config, blueprint)) {
            Adapter adapter = new Adapter(config, blueprint, found.maps(), weights);
            adapter.compareBase(found);
            Memory.run(() -> Memory.runWithoutGradient(() -> adapter.read(found, weights)));
            adapter.freezeOthers(weights);
            return adapter;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the adapter in " + directory, e);
        }
    }

    private static void requireHead(AdapterConfig config, Blueprint blueprint) {
        List<String> allowed = blueprint.kind() == HeadKind.SCORE
                ? List.of(blueprint.headPart().name(), "classifier") // PEFT names both for every family
                : List.of();
        for (String module : config.wholeModules()) {
            if (!allowed.contains(module)) {
                throw new ModelException(config.where() + ": modules_to_save names " + module
                        + ", and modules that are trained as a whole beside an adapter are not read");
            }
        }
        if (config.scores() != (blueprint.kind() == HeadKind.SCORE)) {
            throw new ModelException(config.where() + " is of "
                    + (config.scores() ? "a reward model, which scores answers" : "a model that writes")
                    + ", and the model here is one that "
                    + (config.scores() ? "writes" : "scores answers"));
        }
    }

    private void compareBase(AdapterFiles.Found found) {
        if (!found.fingerprint().isEmpty() && !found.fingerprint().equals(fingerprint)) {
            otherBase = found.path() + " was trained on a base with other numbers than " + config.base()
                    + " has: a quantised copy, or another model of the same shape";
            remarks.add(otherBase);
        }
    }

    private void read(AdapterFiles.Found found, Parameters weights) {
        found.copies().forEach((name, weight) -> requireSame(found, name, weight, weights));
        boolean changes = false;
        for (LinearPart part : maps) {
            Tensor up = found.read(found.names().up(part));
            changes |= config.dora() || up.count_nonzero().item_long() > 0;
            put(weights, part, () -> found.read(found.names().down(part)), () -> up);
            if (config.dora()) {
                LowRankWeight direction = (LowRankWeight) weights.get(part.weight());
                DecomposedWeight decomposed = DecomposedWeight.of(direction);
                decomposed
                        .magnitude()
                        .tensor()
                        .detach()
                        .copy_(found.read(found.names().magnitude(part)));
                weights.add(part.weight(), decomposed);
            }
        }
        if (blueprint.kind() == HeadKind.SCORE) {
            LinearPart score = blueprint.headPart();
            weights.get(score.weight())
                    .values()
                    .detach()
                    .copy_(found.read(found.names().whole(score)));
        } else if (!changes) {
            remarks.add(found.path() + " changes nothing: all its matrices " + LowRankWeight.UP + " are zeros");
        }
    }

    private static void requireSame(AdapterFiles.Found found, String name, String weight, Parameters weights) {
        Tensor own = Tensors.toFloat(weights.get(weight).values().detach());
        if (!Tensors.moved(found.read(name), own).equal(own)) {
            throw new ModelException(found.path() + ": tensor '" + name + "' is not the base's '" + weight
                    + "': it was trained beside the adapter, which is not read");
        }
    }

    private void put(Parameters weights, LinearPart part, Supplier<Tensor> down, Supplier<Tensor> up) {
        Weight base = weights.get(part.weight());
        Tensor beside = base.tensors().getFirst();
        Owned ofDown = leaf(LowRankWeight.DOWN, down, beside);
        Owned ofUp = leaf(LowRankWeight.UP, up, beside);
        Lora spec = config.spec();
        double scale = spec.scale(config.rank(part.name()), config.alpha(part.name()));
        weights.add(part.weight(), new LowRankWeight(frozen(base), ofUp, ofDown, scale));
    }

    private static Owned leaf(String name, Supplier<Tensor> values, Tensor beside) {
        Owned leaf = Memory.keep(name, () -> Tensors.moved(values.get(), beside));
        leaf.tensor().requires_grad_(true);
        return leaf;
    }

    private static Weight frozen(Weight weight) {
        return weight.trains() ? new FrozenWeight(weight) : weight;
    }

    private void freezeOthers(Parameters weights) {
        List<String> trained =
                new ArrayList<>(maps.stream().map(LinearPart::weight).toList());
        if (blueprint.kind() == HeadKind.SCORE) {
            trained.add(blueprint.headPart().weight());
        }
        weights.names().stream()
                .filter(name -> !trained.contains(name))
                .forEach(name -> weights.add(name, frozen(weights.get(name))));
    }

    /// The adapter as it is now on the same base, which is lent: what a policy is compared with.
    ///
    /// @param policy weights that this adapter is on, which stay open longer
    /// @param target empty; gets all weights
    public void copy(Parameters policy, Parameters target) {
        for (String name : policy.names()) {
            target.add(
                    name,
                    switch (policy.get(name)) {
                        case LowRankWeight weight -> weight.copy();
                        case DecomposedWeight weight -> weight.copy();
                        case Weight weight -> FrozenWeight.lent(weight);
                    });
        }
    }

    /// Puts the weights of a policy without their adapter into the place of those of another model.
    ///
    /// @param policy weights that this adapter is on, which stay open longer
    /// @param target empty; gets all weights
    public static void base(Parameters policy, Parameters target) {
        for (String name : policy.names()) {
            target.add(
                    name,
                    FrozenWeight.lent(
                            switch (policy.get(name)) {
                                case LowRankWeight weight -> weight.base();
                                case DecomposedWeight weight ->
                                    weight.direction().base();
                                case Weight weight -> weight;
                            }));
        }
    }

    /// Moves the weights of a reference towards those of a policy on the same base.
    ///
    /// @param weights of the reference, which this adapter is on
    /// @param policy  with the same maps
    /// @param share   in (0, 1]
    public void follow(Parameters weights, Parameters policy, double share) {
        for (LinearPart part : maps) {
            LowRankWeight before = (LowRankWeight) weights.get(part.weight());
            weights.add(part.weight(), before.towards((LowRankWeight) policy.get(part.weight()), share));
        }
    }

    /// @return what a user should know of its files, a line each
    public List<String> remarks() {
        return remarks;
    }

    /// @throws ModelException if the base is not the one that the adapter was trained on, as far as its file says
    public void requireBase() {
        if (!otherBase.isEmpty()) {
            throw new ModelException(otherBase);
        }
    }

    /// @return what was, or would be, trained
    public Lora spec() {
        return config.spec();
    }

    /// Chooses what its matrices leave out of their input in training steps.
    ///
    /// @param share probability, in [0, 1)
    /// @throws ModelException if it sits on a head, or has lengths of its own, and anything is to be left out
    public void dropOut(double share) {
        requireNoHead(share, maps, blueprint);
        config = config.withDropout(share);
        dropout = share;
    }

    private static void requireNoHead(double dropout, List<LinearPart> maps, Blueprint blueprint) {
        if (dropout > 0 && maps.contains(blueprint.headPart())) {
            throw new ModelException("dropout must be 0 for an adapter on the head, whose log-probs are computed of all"
                    + " that goes in, but was " + dropout + ": leave "
                    + blueprint.headPart().name()
                    + " out of the targets, or set it to 0");
        }
    }

    /// @return the share of its input that its matrices leave out in training steps
    public double dropout() {
        return dropout;
    }

    /// @return as [#dropout], as its files say
    public double saidDropout() {
        return config.dropout();
    }

    /// @param numLayers of the model
    /// @return memory that dropout takes for each token
    public MaskBytes maskBytes(int numLayers, Recompute recompute) {
        return MaskBytes.of(maps, dropout, numLayers, recompute);
    }

    /// @return what its files call the base
    public String base() {
        return config.base();
    }

    /// Writes the adapter, and nothing of its base.
    ///
    /// @param directory made if missing
    /// @param type      number format of the file
    /// @param weights   of the model
    /// @throws IOException if a file cannot be written
    public void save(Path directory, DataType type, Parameters weights) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        AdapterNames names = AdapterNames.WRITTEN;
        for (LinearPart part : maps) {
            Map<String, Tensor> leaves = weights.get(part.weight()).leaves();
            leaves.forEach((kind, leaf) -> tensors.put(
                    switch (kind) {
                        case LowRankWeight.DOWN -> names.down(part);
                        case LowRankWeight.UP -> names.up(part);
                        default -> names.magnitude(part);
                    },
                    leaf));
        }
        if (blueprint.kind() == HeadKind.SCORE) {
            LinearPart score = blueprint.headPart();
            tensors.put(names.whole(score), weights.get(score.weight()).values());
        }
        new AdapterFiles(directory).write(config.withRanks(ranks(weights)), tensors, type, fingerprint);
    }

    /// Writes the adapter for llama.cpp, and nothing of its base.
    ///
    /// @param file    written whole, or left behind where writing fails
    /// @param base    configuration of the base
    /// @param type    number format of the matrices, F32, F16 or BF16
    /// @param weights of the model
    /// @throws IOException    if the file cannot be written
    /// @throws ModelException if llama.cpp knows no such adapter or base
    public void exportGguf(Path file, ObjectNode base, GgufType type, Parameters weights) throws IOException {
        if (config.dora() || blueprint.kind() == HeadKind.SCORE) {
            throw new ModelException("llama.cpp knows no adapters "
                    + (config.dora() ? "with lengths of their own (DoRA)" : "of reward models")
                    + ": merge it into its base with betatron merge");
        }
        GgufAdapterExport.write(
                file,
                base,
                maps.stream()
                        .map(part -> {
                            LowRankWeight weight = (LowRankWeight) weights.get(part.weight());
                            return new GgufAdapterExport.LowRank(
                                    part.weight(),
                                    weight.down().tensor(),
                                    weight.up().tensor(),
                                    weight.scale());
                        })
                        .toList(),
                type);
    }

    /// @return ranks that are not what the configuration says, as those of a reference that moved
    private Map<String, Ranks> ranks(Parameters weights) {
        Map<String, Ranks> ranks = new LinkedHashMap<>();
        for (LinearPart part : maps) {
            if (weights.get(part.weight()) instanceof LowRankWeight weight) {
                int rank = (int) weight.down().tensor().size(0);
                if (rank != config.rank(part.name())) {
                    ranks.put(
                            part.name(),
                            new Ranks(rank, weight.scale() * (config.spec().rslora() ? Math.sqrt(rank) : rank)));
                }
            }
        }
        return ranks;
    }

    /// What a map has that is not as all others.
    ///
    /// @param rank  of its matrices
    /// @param alpha with which the scale is what it was
    record Ranks(int rank, double alpha) {}
}
