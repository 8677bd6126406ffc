package org.betatron.runs;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.betatron.data.load.PromptRow;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.generation.Answer;
import org.betatron.generation.GenerationListener;
import org.betatron.generation.GenerationSpec;
import org.betatron.generation.Generator;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Answers to prompts, printed or written to a file.
///
/// @param model   Hugging Face directory
/// @param prompts texts to continue
/// @param files   files whose prompts are answered after them
/// @param spec    how
/// @param device  where the model computes
/// @param out     file for JSON lines, or null to print
public record GenerationRun(
        Path model,
        List<String> prompts,
        List<Path> files,
        GenerationSpec spec,
        ComputeDevice device,
        @Nullable Path out) {

    /// Carries it out.
    ///
    /// @param printer where answers are printed, and the speed if they go to a file
    public static void run(GenerationRun run, PrintWriter printer) {
        List<PromptRow> rows = new ArrayList<>();
        for (String prompt : run.prompts()) {
            rows.add(new PromptRow("prompt-" + (rows.size() + 1), prompt, null));
        }
        rows.addAll(PromptRow.read(run.files(), ChatTemplate.load(run.model()), PromptStyle.AS_WRITTEN));
        try (HuggingFaceTokenizer tokenizer = new ModelSource(run.model()).openTokenizer();
                TorchLanguageModel model = TorchLanguageModel.load(run.model(), ComputeSpec.DEFAULT.on(run.device()))) {
            Generator generator = new Generator(model, tokenizer, run.spec());
            List<int[]> prompts = rows.stream()
                    .map(row -> Generator.promptIds(tokenizer, row.prompt()))
                    .toList();
            Path file = run.out();
            if (file == null) {
                generator.generate(prompts, GenerationListener.NONE).forEach(answer -> printer.println(answer.text()));
                return;
            }
            long start = System.nanoTime();
            long tokens = toFile(generator, prompts, rows, file);
            double seconds = (System.nanoTime() - start) / 1e9;
            printer.printf(
                    Locale.ROOT,
                    "%,d answers written to %s: %,d tokens in %.1f s, %,.0f tokens/s%n",
                    (long) prompts.size() * run.spec().samples(),
                    file,
                    tokens,
                    seconds,
                    tokens / seconds);
        }
    }

    private static long toFile(Generator generator, List<int[]> prompts, List<PromptRow> rows, Path file) {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            return generator
                    .generate(prompts, new GenerationListener() {
                        @Override
                        public void finished(Answer answer) {
                            try {
                                writer.write(line(answer, rows.get(answer.prompt())) + "\n");
                                writer.flush();
                            } catch (IOException e) {
                                throw new UncheckedIOException("cannot write " + file, e);
                            }
                        }
                    })
                    .stream()
                    .mapToLong(answer -> answer.tokenIds().length)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static String line(Answer answer, PromptRow row) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("id", row.id())
                .put("sample", answer.sample())
                .put("prompt", row.prompt())
                .put("completion", answer.text())
                .put("tokens", answer.tokenIds().length)
                .put("end", answer.end().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toString();
    }
}
