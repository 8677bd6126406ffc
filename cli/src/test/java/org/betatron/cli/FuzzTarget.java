package org.betatron.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.betatron.core.files.Checksums;
import org.betatron.core.files.Directories;

/// Something that a user hands over, and the command that reads it.
///
/// @param name    what it is
/// @param files   that may go wrong, one at a time
/// @param head    number of leading bytes of a file that go wrong; later ones are contents that nothing can judge
/// @param around  directory that is copied for each input, so that the command finds the rest; the file's own is
///     enough where it is empty
/// @param command reads the damaged file (first) in its copy of the directory (second)
/// @param result  file of the copy that must be as it is without damage wherever the command succeeds; empty where
///     every outcome is as good as another
record FuzzTarget(
        String name, List<Path> files, Function<byte[], Integer> head, Path around, Command command, String result) {

    interface Command {

        String[] arguments(Path damaged, Path copy);
    }

    private static final String MESSAGES = """
            {"id":"a","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hello, \\u00fcber"},{"role":"assistant","content":"Hi."}]}
            {"id":"b","messages":[{"role":"user","content":"1+1?"},{"role":"assistant","content":"2"}],"source":"x"}
            """;
    private static final String CONVERSATIONS = """
            {"chosen":[{"role":"user","content":"Where?"},{"role":"assistant","content":"Here."}],"rejected":[{"role":"user","content":"Where?"},{"role":"assistant","content":"No."}],"score_chosen":7.5,"score_rejected":2}
            {"prompt":"Why?","chosen":"Because.","rejected":"No idea.","meta":{"k":[1,2,{"z":null}]}}
            """;
    private static final String LABELLED = """
            {"prompt":"Where?","completion":" Here.","label":true}
            {"prompt":"Why?","completion":" No.","label":false}
            """;
    private static final String TEMPLATE = """
            {%- if messages[0]['role'] == 'system' %}{{- '<s>' + messages[0]['content'] | trim }}{%- set loop_messages = messages[1:] %}
            {%- else %}{%- set loop_messages = messages %}{%- endif %}
            {%- for message in loop_messages %}
                {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{%- endif %}
                {{- '<|' ~ message.role ~ '|>' + message['content'] + ('\\n' if not loop.last else '') }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|assistant|>' }}{%- endif %}
            """;

    /// @param root directory for all of it
    static List<FuzzTarget> in(Path root) throws IOException {
        Inputs inputs = Inputs.in(root);
        String model = inputs.model();
        Path rows = Files.createDirectory(root.resolve("rows"));
        List<Path> pairs = List.of(
                Files.copy(inputs.pairs(), rows.resolve("pairs.jsonl")),
                Files.writeString(rows.resolve("conversations.jsonl"), CONVERSATIONS),
                Files.write(rows.resolve("pairs.jsonl.gz"), zipped(Files.readAllBytes(inputs.pairs()))));
        Path texts = Files.writeString(rows.resolve("messages.jsonl"), MESSAGES);
        Path labelled = Files.writeString(rows.resolve("labelled.jsonl"), LABELLED);
        Path chat = root.resolve("chat");
        copy(Path.of(model), chat);
        Files.writeString(chat.resolve("chat_template.jinja"), TEMPLATE);
        Path run = stoppedRun(inputs, root.resolve("run"));
        Path noted = root.resolve("noted");
        copy(run, noted);
        // Without checksums, which would find everything before it is read.
        Files.delete(run.resolve(Checksums.FILE));
        Path recipe = Files.createDirectory(root.resolve("recipe")).resolve("recipe.yaml");
        Files.copy(run.resolve("recipe.yaml"), recipe);
        String tokens = "--max-new-tokens=1";
        Command generate = (_, copy) ->
                new String[] {"generate", "--model", copy.toString(), "--prompt", "Where?", tokens, "--device", "cpu"};
        List<FuzzTarget> targets = new ArrayList<>(List.of(
                rows("pairs", pairs, file -> new String[] {"inspect", "--model", model, file}),
                rows("texts", List.of(texts), file ->
                        new String[] {"inspect", "--texts", "--model", chat.toString(), file}),
                rows("labelled", List.of(labelled), file ->
                        new String[] {"inspect", "--unpaired", "--model", model, file}),
                whole("config", List.of(Path.of(model, "config.json")), Path.of(model), generate),
                whole(
                        "tokenizer",
                        List.of(Path.of(model, "tokenizer.json"), Path.of(model, "tokenizer_config.json")),
                        Path.of(model),
                        generate),
                whole("template", List.of(chat.resolve("chat_template.jinja")), chat, (_, copy) ->
                        new String[] {"inspect", "--texts", "--model", copy.toString(), texts.toString()}),
                new FuzzTarget(
                        "weights",
                        List.of(Path.of(model, "model.safetensors")),
                        FuzzTarget::header,
                        Path.of(model),
                        generate,
                        ""),
                resumed("checkpoint", files(run.resolve("checkpoints")), run),
                resumed("reference", files(run.resolve("reference")), run),
                whole("records", records(run), run, (_, copy) -> new String[] {"report", copy.toString()}),
                whole("noted records", records(noted), noted, (_, copy) -> new String[] {
                    "plot", copy.toString(), "--out", copy.resolve("plot.png").toString()
                }),
                rows("recipe", List.of(recipe), file -> new String[] {"align", "--print-recipe", "--recipe", file})));
        targets.addAll(OtherFuzzTargets.in(root, inputs));
        targets.addAll(StoredFuzzTargets.in(root, inputs));
        return targets;
    }

    private static List<Path> records(Path run) {
        return Stream.of(
                        "metrics.jsonl",
                        "samples.jsonl",
                        "data.json",
                        "recipe.yaml",
                        "gaps-before.jsonl",
                        "gaps-after.jsonl",
                        "suspicious.jsonl",
                        Checksums.FILE)
                .map(run::resolve)
                .filter(Files::exists)
                .toList();
    }

    static FuzzTarget rows(String name, List<Path> files, Function<String, String[]> command) {
        Path around = files.getFirst().resolveSibling("");
        return new FuzzTarget(
                name, files, bytes -> bytes.length, around, (damaged, _) -> command.apply(damaged.toString()), "");
    }

    static FuzzTarget whole(String name, List<Path> files, Path around, Command command) {
        return new FuzzTarget(
                name, files.stream().filter(Files::exists).toList(), bytes -> bytes.length, around, command, "");
    }

    private static FuzzTarget resumed(String name, List<Path> files, Path run) {
        return new FuzzTarget(
                name,
                files,
                bytes -> bytes.length,
                run,
                (_, copy) -> new String[] {"align", "--resume", copy.toString()},
                "model/model.safetensors");
    }

    static int header(byte[] file) {
        int length = (file[0] & 0xff) | (file[1] & 0xff) << 8 | (file[2] & 0xff) << 16;
        return Math.min(file.length, 8 + length);
    }

    /// A run of six steps that was stopped after the fourth, with the checkpoints of the second and the fourth.
    private static Path stoppedRun(Inputs inputs, Path run) throws IOException {
        Invocation.succeed(inputs.align(
                run.getFileName().toString(),
                "--steps=6",
                "--set=train.checkpointEvery=2",
                "--set=train.keepCheckpoints=3",
                "--set=train.evaluateEvery=3"));
        Directories.delete(run.resolve("model"));
        Files.delete(run.resolve("report.html"));
        Directories.delete(run.resolve("checkpoints/step-00000006"));
        return run;
    }

    static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /// @return the bytes twice, in two members
    private static byte[] zipped(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int member = 0; member < 2; member++) {
            try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
                zip.write(bytes);
            }
        }
        return out.toByteArray();
    }

    /// Copies a directory.
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
