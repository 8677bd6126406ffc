package org.betatron.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.betatron.core.files.Checksums;
import org.betatron.gguf.GgufFile;
import org.betatron.testkit.JudgeServer;
import org.betatron.testkit.JudgeServer.Response;

/// What goes wrong beside training: models that judge, evaluations that go on, replies of endpoints, worlds, and
/// files of llama.cpp.
final class OtherFuzzTargets {

    private static final String REPLY = """
            {"id":"x","object":"chat.completion","choices":[{"index":0,"finish_reason":"stop","message":
            {"role":"assistant","content":"The first says more.\\n[[A]]"}}],
            "usage":{"prompt_tokens":10,"completion_tokens":2}}
            """;

    private OtherFuzzTargets() {}

    /// @param root   directory for all of it
    /// @param inputs whose model and pairs are used
    static List<FuzzTarget> in(Path root, Inputs inputs) throws IOException {
        List<FuzzTarget> targets = new ArrayList<>(rewardModel(root, inputs));
        targets.addAll(evaluation(root, inputs));
        targets.add(replies(root, inputs));
        targets.addAll(world(root, inputs));
        targets.add(gguf(root, inputs));
        return targets;
    }

    private static List<FuzzTarget> rewardModel(Path root, Inputs inputs) throws IOException {
        Path run = root.resolve("reward");
        Invocation.succeed(
                "reward",
                "--model",
                inputs.model(),
                "--data",
                inputs.pairs().toString(),
                "--out",
                run.toString(),
                "--steps=1",
                "--set=train.warmupSteps=0",
                "--set=data.heldOut=4");
        Path model = run.resolve("model");
        Files.delete(model.resolve(Checksums.FILE));
        FuzzTarget.Command score = (_, copy) -> new String[] {
            "score",
            "--model",
            copy.toString(),
            "--data",
            inputs.pairs().toString(),
            "--out",
            copy.resolve("scored.jsonl").toString()
        };
        return List.of(
                FuzzTarget.whole(
                        "reward model",
                        List.of(model.resolve("config.json"), model.resolve("tokenizer_config.json")),
                        model,
                        score),
                new FuzzTarget(
                        "reward weights",
                        List.of(model.resolve("model.safetensors")),
                        FuzzTarget::header,
                        model,
                        score,
                        ""));
    }

    /// An evaluation that was broken off behind its answers, and one whose endpoint's replies are kept.
    private static List<FuzzTarget> evaluation(Path root, Inputs inputs) throws IOException {
        Path out = root.resolve("evaluation");
        // It is asked no more: every reply is kept, and a damaged one is asked for again.
        JudgeServer server = new JudgeServer(JudgeServer.LONGER);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        FuzzTarget.Command evaluate = (_, copy) -> evaluate(inputs, server.url(), copy);
        Invocation.succeed(evaluate.arguments(out, out));
        Files.delete(out.resolve("answers.jsonl"));
        Files.delete(out.resolve("report.json"));
        List<Path> all = FuzzTarget.files(out);
        List<Path> written = all.stream()
                .filter(file -> file.getFileName().toString().startsWith("written-"))
                .toList();
        List<Path> kept = all.stream().filter(file -> !written.contains(file)).toList();
        return List.of(
                new FuzzTarget("written answers", written, bytes -> bytes.length, out, evaluate, "answers.jsonl"),
                new FuzzTarget("kept replies", kept, bytes -> bytes.length, out, evaluate, "answers.jsonl"));
    }

    /// What an endpoint sends is the damaged file.
    private static FuzzTarget replies(Path root, Inputs inputs) throws IOException {
        Path around = Files.createDirectory(root.resolve("replies"));
        Path reply = Files.writeString(around.resolve("reply.json"), REPLY);
        JudgeServer server = new JudgeServer(JudgeServer.LONGER);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        return FuzzTarget.whole("replies", List.of(reply), around, (damaged, copy) -> {
            server.become((_, _) -> Response.status(200, text(damaged)));
            return evaluate(inputs, server.url(), copy.resolve("out"));
        });
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] evaluate(Inputs inputs, String url, Path out) {
        return new String[] {
            "evaluate",
            "--model",
            inputs.model(),
            "--data",
            inputs.pairs().toString(),
            "--limit=2",
            "--judge=endpoint",
            "--judge-model=judge",
            "--judge-url",
            url,
            "--judge-retries=0",
            "--judge-parallel=1",
            "--temperature=0",
            "--max-new-tokens=4",
            "--yes",
            "--out",
            out.toString()
        };
    }

    private static List<FuzzTarget> world(Path root, Inputs inputs) throws IOException {
        Path world = root.resolve("world");
        Invocation.succeed("world", world.toString(), "--texts=3", "--pairs=6", "--evaluation=3");
        FuzzTarget.Command read = (damaged, copy) -> damaged.toString().endsWith(".jsonl")
                ? new String[] {
                    "inspect",
                    "--max-tokens=100",
                    "--max-prompt-tokens=60",
                    "--model",
                    inputs.model(),
                    damaged.toString()
                }
                : new String[] {
                    "init",
                    "--config",
                    copy.resolve("config.json").toString(),
                    "--tokenizer",
                    copy.toString(),
                    "--out",
                    copy.resolve("model").toString()
                };
        List<Path> files = Stream.of("pairs.jsonl", "evaluation.jsonl", "config.json", "tokenizer.json")
                .map(world::resolve)
                .toList();
        Path bare = root.resolve("bare-world");
        FuzzTarget.copy(world, bare);
        Files.delete(bare.resolve(Checksums.FILE));
        return List.of(
                FuzzTarget.whole("world", files, world, read),
                FuzzTarget.whole(
                        "world without checksums",
                        files.stream()
                                .map(file -> bare.resolve(file.getFileName()))
                                .toList(),
                        bare,
                        read));
    }

    private static FuzzTarget gguf(Path root, Inputs inputs) throws IOException {
        Path around = Files.createDirectory(root.resolve("gguf"));
        Path file = around.resolve("model.gguf");
        Invocation.succeed("convert", inputs.model(), file.toString(), "--type=f32");
        return new FuzzTarget(
                "gguf",
                List.of(file),
                OtherFuzzTargets::head,
                around,
                (damaged, _) -> new String[] {
                    "generate", "--model", damaged.toString(), "--prompt", "Where?", "--max-new-tokens=1"
                },
                "");
    }

    /// @return bytes before the first weight
    private static int head(byte[] file) {
        try {
            Path copy = Files.write(Files.createTempFile("head", ".gguf"), file);
            try (GgufFile gguf = GgufFile.open(copy)) {
                long data = gguf.tensors().values().stream()
                        .mapToLong(tensor -> tensor.bytes())
                        .sum();
                return (int) (file.length - data);
            } finally {
                Files.delete(copy);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
