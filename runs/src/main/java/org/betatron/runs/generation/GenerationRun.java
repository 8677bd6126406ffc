package org.betatron.runs.generation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.betatron.core.files.GrowingLines;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.layout.RowRules;
import org.betatron.data.load.PromptReader;
import org.betatron.data.load.PromptRow;
import org.betatron.data.load.PromptSet;
import org.betatron.data.load.RowLimits;
import org.betatron.data.row.Message;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TextTokens;
import org.betatron.generation.Answer;
import org.betatron.generation.GenerationListener;
import org.betatron.generation.GenerationSpec;
import org.betatron.generation.Generator;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.Realignment;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.place.DataPlace;
import org.betatron.runs.prompt.AskedPrompts;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Answers to prompts, given back and written to a file if there is to be one.
///
/// @param model   Hugging Face directory, or a GGUF file
/// @param prompts what a user says: written with the model's chat template, where it has one
/// @param raw     whether they are texts to continue instead, whatever the model
/// @param files   files whose prompts are answered after them
/// @param rules   how their rows are read
/// @param spec    how
/// @param realignment what the model is mixed with, or null for nothing
/// @param device  where the model computes
/// @param out     file for JSON lines, which grow beside it while answers are written; null for none
public record GenerationRun(
        Path model,
        List<String> prompts,
        boolean raw,
        List<Path> files,
        RowRules rules,
        GenerationSpec spec,
        @Nullable Realignment realignment,
        ComputeDevice device,
        @Nullable Path out) {

    /// Directories, patterns and data sets on the hub become the files that they stand for.
    public GenerationRun {
        files = DataPlace.files(files);
    }

    /// @return most probable answers to some prompts, given back only
    public static GenerationRun of(Path model, String... prompts) {
        return new GenerationRun(
                model,
                List.of(prompts),
                false,
                List.of(),
                RowRules.DEFAULT,
                GenerationSpec.DEFAULT,
                null,
                ComputeDevice.DEFAULT,
                null);
    }

    /// @return the same prompts, answered in another way
    public GenerationRun withSpec(GenerationSpec newSpec) {
        return new GenerationRun(model, prompts, raw, files, rules, newSpec, realignment, device, out);
    }

    /// Carries it out.
    ///
    /// @param listener hears what is going on
    /// @return the answers; those in a file are complete there as soon as they are given
    public GenerationResult run(RunListener listener) {
        Optional<PromptSet> read = read(listener);
        List<PromptRow> rows = new ArrayList<>();
        UnaryOperator<String> asked = asked();
        for (String prompt : prompts) {
            rows.add(new PromptRow("prompt-" + (rows.size() + 1), asked.apply(prompt), null));
        }
        read.ifPresent(set -> rows.addAll(set.of(0)));
        try (HuggingFaceTokenizer tokenizer = new ModelSource(model).openTokenizer();
                LanguageModel opened =
                        ModelOpening.toldTo(listener).language(model, realignment, ComputeSpec.DEFAULT.on(device))) {
            if (realignment != null) {
                listener.heard(new RunEvent.Realigned(model, realignment));
            }
            Generator generator = new Generator(opened, tokenizer, spec);
            TextTokens tokens = new TextTokens(tokenizer);
            List<PromptRow> answered = new ArrayList<>();
            List<int[]> ids = new ArrayList<>();
            RowLimits limits = new RowLimits(opened.vocabularySize(), opened.maxPositions());
            AskedPrompts possible = new AskedPrompts();
            for (PromptRow row : rows) {
                int[] prompt = tokens.prompt(row.prompt());
                // A single one is refused by the generator, which says more.
                if (rows.size() == 1 || possible.admits(row.id(), limits.promptProblem(prompt, tokenizer))) {
                    answered.add(row);
                    ids.add(prompt);
                }
            }
            if (rows.size() > 1) {
                possible.tell(RunEvent.PromptsLeftOut.to(listener));
            }
            long begun = System.nanoTime();
            List<Answer> answers = out == null
                    ? generator.generate(ids, GenerationListener.NONE)
                    : toFile(generator, ids, answered, out);
            return new GenerationResult(
                    read.map(PromptSet::report),
                    answered,
                    answers,
                    (System.nanoTime() - begun) * 1e-9,
                    possible.leftOut());
        }
    }

    /// @return how the model reads what is asked
    private UnaryOperator<String> asked() {
        Optional<ChatTemplate> template =
                raw || prompts.isEmpty() ? Optional.empty() : ChatTemplate.find(ModelPlace.of(model));
        return prompt ->
                template.map(own -> own.prompt(List.of(Message.user(prompt)))).orElse(prompt);
    }

    private Optional<PromptSet> read(RunListener listener) {
        if (files.isEmpty()) {
            return Optional.empty();
        }
        PromptSet read = new PromptReader(
                        List.of(ChatTemplate.load(ModelPlace.of(model))), PromptStyle.AS_WRITTEN, rules)
                .read(files);
        listener.heard(new RunEvent.PromptsRead(read.report()));
        return Optional.of(read);
    }

    private static List<Answer> toFile(Generator generator, List<int[]> prompts, List<PromptRow> rows, Path file) {
        try (GrowingLines lines = GrowingLines.open(file)) {
            List<Answer> answers = generator.generate(prompts, new GenerationListener() {
                @Override
                public void finished(Answer answer) {
                    try {
                        lines.append(List.of(line(answer, rows.get(answer.prompt()))));
                    } catch (IOException e) {
                        throw new UncheckedIOException("cannot write " + file, e);
                    }
                }
            });
            lines.finish();
            return answers;
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
