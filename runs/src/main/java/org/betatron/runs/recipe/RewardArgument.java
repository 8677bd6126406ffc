package org.betatron.runs.recipe;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Sources of rewards as they are written on a command line: `[WEIGHT*]SOURCE`.
///
/// ```text
/// DIR, model:DIR          a reward model: a directory, a .gguf file, or ORG/NAME on the hub
/// world                   the known reward of the controlled world
/// length:N                answers of N tokens
/// pattern:EXPRESSION      whether a regular expression is found
/// exact, exact:EXPRESSION whether the answer, or what is found in it, is the expected one
/// ended                   -1 for answers that the limit of their length cut
/// repetition, repetition:N  share of sequences of N words that come again
/// judge:MODEL@URL         share of the other answers that a model behind a server likes less
/// ```
public final class RewardArgument {

    /// What can be written, for help texts and errors.
    public static final String FORMS = "DIR (a reward model), world, length:N, pattern:EXPRESSION, exact,"
            + " exact:EXPRESSION, ended, repetition, repetition:N or judge:MODEL@URL, each with WEIGHT* before it if its"
            + " weight is not 1";

    private static final Pattern WEIGHTED =
            Pattern.compile("([+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\\*(.*)", Pattern.DOTALL);

    private static final Pattern NAMED =
            Pattern.compile("(model|world|length|pattern|exact|ended|repetition|judge)(?::(.*))?", Pattern.DOTALL);

    private static final Pattern JUDGE = Pattern.compile("(.+)@(https?://.+)");

    private final String text;

    private RewardArgument(String text) {
        this.text = text;
    }

    /// @param option what the argument was given to, for errors
    /// @param text   the argument
    /// @throws IllegalArgumentException saying what is possible
    public static RewardSourceSpec parse(String option, String text) {
        try {
            return new RewardArgument(text).parse();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + " " + text + ": " + e.getMessage(), e);
        }
    }

    /// @return the sources as a recipe has them, for [RecipeReader#option]
    public static List<ObjectNode> settings(List<RewardSourceSpec> specs) {
        YAMLMapper mapper = RecipeMapper.create(new ConstructorProblems(new ArrayList<>()));
        return specs.stream()
                .map(spec -> mapper.createObjectNode()
                        .put(RecipeMapper.TYPE, spec.tag())
                        .setAll((ObjectNode) mapper.valueToTree(spec)))
                .map(ObjectNode.class::cast)
                .toList();
    }

    private RewardSourceSpec parse() {
        Matcher weighted = WEIGHTED.matcher(text);
        double weight = 1;
        String source = text;
        if (weighted.matches()) {
            weight = Double.parseDouble(weighted.group(1));
            source = weighted.group(2);
        }
        RewardSourceSpec spec = source(source, weight);
        if (!spec.problems().isEmpty()) {
            throw new IllegalArgumentException(spec.problems().stream().collect(Collectors.joining("; ")));
        }
        return spec;
    }

    private static RewardSourceSpec source(String source, double weight) {
        Matcher named = NAMED.matcher(source);
        if (!named.matches()) {
            return model(source, weight);
        }
        String name = named.group(1);
        String value = named.group(2) == null ? "" : named.group(2);
        return switch (name) {
            case "model" -> new RewardSourceSpec.Model(value, RewardSourceSpec.Model.DEFAULT.specialTokens(), weight);
            case "world" -> {
                refuseValue(name, value);
                yield new RewardSourceSpec.World(weight);
            }
            case "length" -> {
                RewardSourceSpec.Length usual = RewardSourceSpec.Length.DEFAULT;
                yield new RewardSourceSpec.Length(
                        value.isEmpty() ? 0 : whole(name, value),
                        usual.unit(),
                        usual.tolerance(),
                        usual.falloff(),
                        usual.side(),
                        weight);
            }
            case "pattern" -> new RewardSourceSpec.Pattern(value, RewardSourceSpec.Pattern.DEFAULT.match(), weight);
            case "exact" -> {
                RewardSourceSpec.Exact usual = RewardSourceSpec.Exact.DEFAULT;
                yield new RewardSourceSpec.Exact(value, usual.expectedPattern(), usual.letters(), weight);
            }
            case "ended" -> {
                refuseValue(name, value);
                yield new RewardSourceSpec.Ended(weight);
            }
            case "repetition" ->
                new RewardSourceSpec.Repetition(
                        value.isEmpty() ? RewardSourceSpec.Repetition.DEFAULT.words() : whole(name, value), weight);
            default -> judge(value, weight);
        };
    }

    private static RewardSourceSpec model(String source, double weight) {
        boolean isPlace = source.indexOf('/') >= 0 || source.endsWith(".gguf") || isDirectory(source);
        if (!isPlace) {
            throw new IllegalArgumentException(
                    "must be " + FORMS + (source.isEmpty() ? "" : "; there is no directory " + source));
        }
        return new RewardSourceSpec.Model(source, RewardSourceSpec.Model.DEFAULT.specialTokens(), weight);
    }

    private static boolean isDirectory(String source) {
        try {
            return !source.isEmpty() && Files.isDirectory(Path.of(source));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static RewardSourceSpec judge(String value, double weight) {
        Matcher judge = JUDGE.matcher(value);
        if (!judge.matches()) {
            throw new IllegalArgumentException("must be judge:MODEL@URL, such as judge:qwen@http://host/v1; what else a"
                    + " judge can be told is told in a recipe");
        }
        EndpointSection usual = EndpointSection.DEFAULT;
        return new RewardSourceSpec.Judge(
                new EndpointSection(
                        judge.group(2),
                        judge.group(1),
                        usual.keyEnv(),
                        usual.template(),
                        usual.parameters(),
                        usual.parallel(),
                        usual.timeoutSeconds(),
                        usual.retries(),
                        usual.inputPrice(),
                        usual.outputPrice(),
                        usual.cache()),
                weight);
    }

    private static void refuseValue(String name, String value) {
        if (!value.isEmpty()) {
            throw new IllegalArgumentException(name + " takes no value");
        }
    }

    private static int whole(String name, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ":N must have a whole number but had '" + value + "'", e);
        }
    }
}
