package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.betatron.torch.device.CudaBuild;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.SideFiles;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a user reads when something is wrong: one line that names it, an exit code, no stack trace.
class FailuresTest {

    private static final int FAILED = 1;
    private static final int WRONG_INPUT = 2;

    @TempDir
    private static Path directory;

    private static Inputs inputs = new Inputs(Path.of(""));

    @BeforeAll
    static void makeInputs() throws IOException {
        inputs = Inputs.in(directory);
    }

    @Test
    void missingDataFile() {
        refused(
                "recipe: data.files: must be an existing file but gone.jsonl is missing",
                "align",
                "--model",
                inputs.model(),
                "--data",
                "gone.jsonl",
                "--out",
                inputs.at("never"));
        refused("gone.jsonl: no such file", "inspect", "gone.jsonl", "--model", inputs.model());
    }

    /// Nothing in a message is unseen, and nothing turns its order.
    @Test
    void charactersWithoutAShapeAreNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("turned.jsonl"), """
                {"prompt": "a", "chosen": "b", "rejected": "c", "x\u202ey\u200b": 1}
                {"prompt": "a", "chosen": "\u202eb"}
                """);
        Invocation read = Invocation.of("inspect", file.toString(), "--model", inputs.model(), "--on-bad-row", "drop");
        assertThat(read.out()).contains("fields not used: x\\u202ey\\u200b (1)").doesNotContain("\u202e", "\u200b");
        assertThat(Invocation.of("inspect", "go\u202ene", "--model", inputs.model())
                        .err())
                .isEqualTo("betatron: go\\u202ene: no such file\n");
        assertThat(Invocation.succeed("inspect", file.toString(), "--model", inputs.model(), "--row", "2"))
                .doesNotContain("\u202e");
    }

    /// What is said of a value is not hidden by it.
    @Test
    void longValuesAreShortened() {
        String long1 = "x".repeat(5000);
        Invocation quoted = Invocation.of("align", "--model", inputs.model(), "--set", "train.decay=" + long1);
        assertThat(quoted.err()).contains("x... (5000 characters)").contains("must be one of");
        assertThat(quoted.err().length()).isLessThan(600);
    }

    @Test
    void malformedJsonLineIsNamedByNumberAndLeavesNoRun() throws IOException {
        List<String> lines = new ArrayList<>(Inputs.pairLines(3));
        lines.set(1, "{\"prompt\": \"half");
        Path file = Files.write(directory.resolve("broken.jsonl"), lines);
        Invocation invocation = Invocation.of(align("broken", "--set", "data.files=" + file));

        assertThat(invocation.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(invocation.err()).startsWith("betatron: " + file + ":2: ").hasLineCount(1);
        // The same command can be given again once the file is mended.
        assertThat(directory.resolve("broken")).doesNotExist();
    }

    @Test
    void rowOfTheWrongTypeIsNamedByNumber() throws IOException {
        Path file = Files.writeString(directory.resolve("hh.jsonl"), """
                {"chosen": "\\n\\nHuman: a\\n\\nAssistant: b", "rejected": "\\n\\nHuman: a\\n\\nAssistant: c"}
                {"chosen": 5, "rejected": "\\n\\nHuman: a\\n\\nAssistant: c"}
                """);
        Invocation invocation = Invocation.of("inspect", file.toString(), "--model", inputs.model());

        assertThat(invocation.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(invocation.err())
                .startsWith("betatron: " + file + ":2: ")
                .contains("\"chosen\" must be")
                .hasLineCount(1);
    }

    @Test
    void directoryWithoutTokenizer() throws IOException {
        Path model = copyModel("no-tokenizer");
        Files.delete(model.resolve("tokenizer.json"));
        Invocation invocation = Invocation.of("generate", "--model", model.toString(), "--prompt", "a");

        assertThat(invocation.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(invocation.err())
                .startsWith("betatron: " + model + ": a model directory must have a tokenizer.json")
                .hasLineCount(1);
    }

    @Test
    void directoryWithoutConfig() throws IOException {
        Path model = copyModel("no-config");
        Files.delete(model.resolve("config.json"));
        Invocation invocation = Invocation.of("generate", "--model", model.toString(), "--prompt", "a");

        assertThat(invocation.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(invocation.err()).isEqualTo("betatron: model directory " + model + " has no config.json\n");
    }

    @Test
    void tensorOfTheWrongShape() throws IOException {
        Path model = copyModel("wrong-shape");
        Files.writeString(
                model.resolve("config.json"),
                Files.readString(model.resolve("config.json"))
                        .replace("\"intermediate_size\" : 64", "\"intermediate_size\" : 65"));
        Invocation invocation = Invocation.of("generate", "--model", model.toString(), "--prompt", "a");

        assertThat(invocation.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(invocation.err())
                .startsWith("betatron: ")
                .contains("dense_h_to_4h", "[65", "[64")
                .hasLineCount(1);
    }

    @Test
    void tokenizerThatIsLargerThanTheVocabulary() throws IOException {
        Path config = Files.writeString(
                directory.resolve("small.json"), Inputs.CONFIG.replace("\"vocab_size\": 264", "\"vocab_size\": 200"));
        refused(
                config + ": vocab_size must be at least 257, the tokenizer's, but was 200",
                "init",
                "--config",
                config.toString(),
                "--tokenizer",
                "bytes",
                "--out",
                inputs.at("too-small"));
        assertThat(directory.resolve("too-small")).doesNotExist();
    }

    /// In a process of its own, for which there is no libtorch.
    @Test
    void initWithoutLibtorchLeavesNothingBehind() throws IOException, InterruptedException {
        Path own = Files.createDirectory(directory.resolve("own-directory"));
        for (Path out : List.of(directory.resolve("no-libtorch"), own)) {
            assertThat(inProcess("org.bytedeco.javacpp.platform=linux-nowhere", Map.of(), init(out)))
                    .startsWith("betatron: libtorch cannot be loaded: ")
                    .hasLineCount(1);
        }
        assertThat(directory.resolve("no-libtorch")).doesNotExist();
        assertThat(own).isEmptyDirectory();
    }

    private static String[] init(Path out) {
        return new String[] {
            "init", "--config", inputs.config().toString(), "--tokenizer", "bytes", "--out", out.toString()
        };
    }

    /// @return what a process of its own says that is refused
    private static String inProcess(String property, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1", // it lives for a second
                "-D" + property,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = process.errorReader().readAllAsString();
        assertThat(process.waitFor()).as(said).isEqualTo(WRONG_INPUT);
        return said;
    }

    /// Nobody can make a directory under `/proc`.
    @Test
    void placesWhereLibrariesCannotBeUnpackedAreNamed() throws IOException, InterruptedException {
        assertThat(inProcess("org.bytedeco.javacpp.cachedir=/proc/none", Map.of(), init(directory.resolve("no-cache"))))
                .isEqualTo("betatron: org.bytedeco.javacpp.cachedir must name a directory that can be written to but"
                        + " was /proc/none\n");
        Path pairs = Files.write(directory.resolve("some.jsonl"), Inputs.pairLines(2));
        String[] inspect = {"inspect", pairs.toString(), "--model", inputs.model()};
        assertThat(inProcess("java.awt.headless=true", Map.of("DJL_CACHE_DIR", "/proc/none"), inspect))
                .startsWith("betatron: the tokenizer's library cannot be loaded: ")
                .endsWith("set DJL_CACHE_DIR to one, which is /proc/none now\n")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train.lerningRate=1         | options: train.lerningRate: unknown key; did you mean learningRate?",
                "train.finalRatio=0.5        | recipe: train.finalRatio: has no effect with decay constant",
                "alignment.objective={beta: 0} | options: alignment.objective: beta must be > 0 but was 0.0",
                "nonsense                    | options: --set nonsense: must have the form path.to.key=value"
            })
    void wrongSetting(String setting, String problem) {
        refused(problem, align("never", "--set", setting));
        assertThat(directory.resolve("never")).doesNotExist();
    }

    @Test
    void severalProblemsHaveALineEach() {
        Invocation invocation = Invocation.of(align("never", "--set", "modl=a", "--set", "train.seed=b"));
        assertThat(invocation.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(invocation.err().lines())
                .containsExactly(
                        "betatron: options has 2 problems:",
                        "  train.seed: must be a whole number but was 'b'",
                        "  modl: unknown key; did you mean model?");
    }

    @Test
    void moreHeldOutThanThereIs() {
        Invocation invocation = Invocation.of(align("all-held-out", "--set", "data.heldOut=20"));
        assertThat(invocation.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(invocation.err())
                .isEqualTo("betatron: data.heldOut asks for 20 rows but only 20 can be used; lower it, or name a file"
                        + " under data.evaluation\n");
        assertThat(directory.resolve("all-held-out")).doesNotExist();
    }

    @Test
    void directoryOfARunIsNotWrittenAgain() {
        Invocation.succeed(inputs.align("once", "--steps", "1"));
        refused(
                inputs.at("once") + " already holds a run; resume it, or choose another directory for a new one",
                inputs.align("once", "--steps", "1"));
        refused(
                inputs.model() + " must be an empty directory, or not exist, for a new run",
                inputs.align("model", "--steps", "1"));
    }

    @Test
    void directoryOfARunThatStillGoesOn() {
        String out = inputs.at("busy");
        long process = ProcessHandle.current().pid();
        String inUse = out + " is in use by a run that still goes on, process " + process
                + ": wait until it ends or stop it (kill " + process + "), or choose another directory";
        String recipe = Invocation.succeed(inputs.align("busy", "--steps", "1", "--print-recipe"));
        try (RunDirectory run = RunDirectory.create(Path.of(out), recipe, SideFiles.NONE)) {
            refused(inUse, inputs.align("busy", "--steps", "1"));
            refused(inUse, "align", "--resume", out);
            assertThat(run.recipeFile()).hasContent(recipe);
        }
        assertThat(Invocation.succeed("align", "--resume", out)).contains("Model written to " + out);
    }

    @Test
    void nothingToResume() {
        refused(
                inputs.at("nowhere") + " holds no run: " + inputs.at("nowhere/recipe.yaml") + " is missing",
                "align",
                "--resume",
                inputs.at("nowhere"));
    }

    @Test
    void resumeWithOtherOptions() {
        Invocation invocation = Invocation.of("align", "--resume", inputs.at("once"), "--steps", "5");
        assertThat(invocation.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(invocation.err())
                .isEqualTo("betatron: --resume goes on with the recipe of the run: no other option of the run can have"
                        + " an effect but --set of what changes memory and speed only\nSee: betatron align --help\n");
    }

    @Test
    void wrongUsage() {
        Invocation out = Invocation.of(
                "align", "--model", inputs.model(), "--data", inputs.pairs().toString());
        assertThat(out.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(out.err()).isEqualTo("""
                        betatron: --out DIR must be given: where the run leaves its files
                        See: betatron align --help
                        """);
        Invocation both = Invocation.of(align("never", "--epochs", "1"));
        assertThat(both.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(both.err()).startsWith("betatron: --steps and --epochs exclude each other\n");
        assertThat(Invocation.of("inspect", inputs.pairs().toString(), "--model", inputs.model(), "--row", "21")
                        .err())
                .isEqualTo("betatron: --row must be at most 20, the rows of " + inputs.pairs() + ", but was 21\n");
        assertThat(Invocation.of("algin").err()).startsWith("betatron: Unmatched argument at index 0: 'algin'");
        assertThat(Invocation.of().exitCode()).isEqualTo(WRONG_INPUT);
    }

    @Test
    void lossThatIsNotFiniteNamesStepAndPairAndKeepsTheLastCheckpoint() throws IOException {
        // The first step ruins the weights, the second one notices.
        Invocation invocation =
                Invocation.of(align("nan", "--set", "train.learningRate=1e30", "--set", "train.checkpointEvery=1"));

        assertThat(invocation.exitCode()).isEqualTo(FAILED);
        assertThat(invocation.err())
                .matches("betatron: step 2: (margin|loss) is NaN; first bad pair 'pair-\\d+'.*\n")
                .hasLineCount(1);
        Path checkpoint = directory.resolve("nan/checkpoints/step-00000001");
        assertThat(checkpoint.resolve("state.json")).isNotEmptyFile();
        assertThat(SavedWeights.read(checkpoint.resolve("model"))).isNotEmpty();
        assertThat(directory.resolve("nan/model")).doesNotExist();
    }

    @Test
    void debugShowsTheStackTrace() {
        String[] arguments = {"generate", "--model", inputs.at("gone"), "--prompt", "a"};
        Invocation plain = Invocation.of(arguments);
        assertThat(plain.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(plain.err()).hasLineCount(1).doesNotContain("\tat ");

        String[] debug = Arrays.copyOf(arguments, arguments.length + 1);
        debug[arguments.length] = "--debug";
        assertThat(Invocation.of(debug).err()).startsWith(plain.err()).contains("\tat org.betatron.");
    }

    @Test
    void objectiveWithoutReferenceValues() throws IOException {
        Path file = Files.writeString(
                directory.resolve("no-reference.jsonl"),
                "{\"policyChosen\": -1, \"policyRejected\": -2, \"chosenTokens\": 1, \"rejectedTokens\": 1}\n");
        refused(
                file + ":1: \"referenceChosen\" is missing, and this objective uses it",
                "objective",
                "evaluate",
                file.toString());
        assertThat(Invocation.succeed("objective", "evaluate", file.toString(), "--set", "alignment.objective=simpo"))
                .startsWith("{\"step\":1,");
    }

    /// Lengths are asked for where they are read, and nowhere else.
    @Test
    void objectiveWithoutLengths() throws IOException {
        Path file = Files.writeString(
                directory.resolve("no-lengths.jsonl"),
                "{\"policyChosen\": -1, \"policyRejected\": -2, \"referenceChosen\": -1, \"referenceRejected\": -1}\n");
        String[] evaluate = {"objective", "evaluate", file.toString(), "--preset", "dpo"};
        assertThat(Invocation.succeed(evaluate)).startsWith("{\"step\":1,");
        refused(
                file + ":1: \"chosenTokens\" is missing, and this objective uses it",
                "objective",
                "evaluate",
                file.toString(),
                "--set",
                "alignment.objective=simpo");
        refused(
                file + ":1: \"chosenTokens\" is missing, and this objective uses it",
                "objective",
                "evaluate",
                file.toString(),
                "--preset",
                "dpo",
                "--set",
                "alignment.aggregation=tokenmean");
    }

    @Test
    void outputsThatWouldReplaceWhatIsReadOrWhatARunLeft() throws IOException {
        Invocation.succeed(inputs.align("kept", "--steps", "1"));
        String prompts = Files.writeString(directory.resolve("prompts.jsonl"), "{\"prompt\": \"a\"}\n")
                .toString();
        String metrics = inputs.at("kept/metrics.jsonl");
        assertThat(usage("generate", "--model", inputs.model(), "--prompts", prompts, "--out", prompts))
                .startsWith("betatron: --out " + prompts + " is read by this command: name another file");
        assertThat(usage("generate", "--model", inputs.model(), "--prompts", prompts, "--out", metrics))
                .startsWith(
                        "betatron: --out " + metrics + " is a file of a run, which would be lost: name another one");
        assertThat(usage("plot", inputs.at("kept"), "--out", metrics))
                .startsWith(
                        "betatron: --out must end in .png, as what is written is such a picture, but was " + metrics);
        assertThat(Path.of(prompts)).content().startsWith("{");
        assertThat(Path.of(metrics)).content().startsWith("{");

        String weights = inputs.at("kept/model/model.safetensors");
        for (String deep : List.of(weights, inputs.at("kept/checkpoints/new.jsonl"), inputs.at("kept/checksums"))) {
            assertThat(usage("generate", "--model", inputs.model(), "--prompt", "a", "--out", deep))
                    .startsWith(
                            "betatron: --out " + deep + " is a file of a run, which would be lost: name another one");
            assertThat(usage("report", inputs.at("kept"), inputs.at("kept"), "--out", deep))
                    .startsWith("betatron: --out must end in .html, as what is written is a page, but was " + deep);
        }
        String page = inputs.at("kept/report.html");
        assertThat(usage("report", inputs.at("kept"), inputs.at("kept"), "--out", page))
                .startsWith("betatron: --out " + page + " is a file of a run");
        Invocation.succeed("report", inputs.at("kept"), inputs.at("kept"), "--out", inputs.at("both.html"));
        assertThat(directory.resolve("both.html")).content().startsWith("<!");
        refused(
                prompts + " must be a directory, or not exist",
                "evaluate",
                "--model",
                inputs.model(),
                "--data",
                prompts,
                "--judge",
                "world",
                "--out",
                prompts);
        String config = inputs.model() + "/config.json";
        assertRead(config, "generate", "--model", inputs.model(), "--prompt", "a");
        assertRead(config, "score", "--model", inputs.model(), "--reference", inputs.model(), "--data", prompts);
        assertRead(prompts, "score", "--model", "a", "--reference", "b", "--data", directory + "/promp*.jsonl");
        String recipe = Files.writeString(directory.resolve("own.yaml"), "kind: align\n")
                .toString();
        assertRead(recipe, "score", "--model", "a", "--reference", "b", "--data", prompts, "--recipe", recipe);
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("kept", "model"));
        assertThat(usage("generate", "--model", inputs.model(), "--prompt", "a", "--out", link + "/config.json"))
                .contains(" is a file of a run");
    }

    private static void assertRead(String out, String... arguments) {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("--out", out));
        assertThat(usage(command.toArray(String[]::new)))
                .startsWith("betatron: --out " + out + " is read by this command: name another file");
    }

    private static String usage(String... arguments) {
        Invocation invocation = Invocation.of(arguments);
        assertThat(invocation.exitCode()).as(invocation.err()).isEqualTo(WRONG_INPUT);
        return invocation.err();
    }

    @Test
    void plotOfNoRun() {
        refused(
                inputs.model() + " must be a run directory, but has no metrics.jsonl",
                "plot",
                inputs.model(),
                "--out",
                inputs.at("never.png"));
        assertThat(Path.of(inputs.at("never.png"))).doesNotExist();
    }

    /// Said before any file is looked for, by every command that opens a model.
    @Test
    void deviceThatIsNotThere() {
        assumeFalse(CudaBuild.isPresent(), "this is the build for graphics cards");
        String problem = "must be cpu but was cuda:1: this is the build for the processor; BETATRON_CUDA=1 makes the"
                + " one for graphics cards";
        refused("recipe: compute.device: " + problem, align("never", "--device", "cuda:1"));
        refused("recipe: compute.device: " + problem, align("never", "--set", "compute.device=cuda:1"));
        refused(
                "recipe: compute.device: " + problem,
                "score",
                "--model",
                "a",
                "--reference",
                "b",
                "--data",
                "c",
                "--out",
                "d",
                "--device",
                "cuda:1");
        String usage = "--device " + problem + "\nSee: betatron ";
        refused(usage + "generate --help", "generate", "--model", "a", "--prompt", "b", "--device", "cuda:1");
        refused(usage + "chat --help", "chat", "--model", "a", "--device", "cuda:1");
        refused(
                usage + "evaluate --help",
                "evaluate",
                "--model",
                "a",
                "--data",
                "b",
                "--judge",
                "world",
                "--device",
                "cuda:1");
        assertThat(directory.resolve("never")).doesNotExist();
    }

    @Test
    void unknownDevice() {
        refused(
                "options: compute.device: must be cpu, cuda or cuda:N but was 'gpu'",
                align("never", "--device", "gpu"));
        refused(
                "Invalid value for option '--device': must be cpu, cuda or cuda:N but was 'gpu'\nSee: betatron chat --help",
                "chat",
                "--model",
                "a",
                "--device",
                "gpu");
    }

    private static String[] align(String out, String... more) {
        return inputs.align(out, Invocation.arguments(List.of("--steps", "3"), more));
    }

    private static void refused(String message, String... arguments) {
        Invocation invocation = Invocation.of(arguments);
        assertThat(invocation.err()).isEqualTo("betatron: " + message + "\n");
        assertThat(invocation.exitCode()).isEqualTo(WRONG_INPUT);
        assertThat(invocation.out()).isEmpty();
    }

    private static Path copyModel(String name) throws IOException {
        Path copy = Files.createDirectory(directory.resolve(name));
        try (var files = Files.list(Path.of(inputs.model()))) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }
}
