package org.betatron.runs.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.load.PromptRow;
import org.betatron.data.load.RowLimits;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TextTokens;
import org.betatron.generation.Answer;
import org.betatron.generation.AnswerLogProbs;
import org.betatron.generation.GenerationListener;
import org.betatron.generation.GenerationSpec;
import org.betatron.generation.Generator;
import org.betatron.generation.RealignedModel;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.Realignment;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;
import org.jspecify.annotations.Nullable;

/// A model directory with its tokenizer, and the weights once they are needed.
final class Contestant implements AutoCloseable {

    private final Path directory;
    private final @Nullable Realignment realignment;
    private final HuggingFaceTokenizer tokenizer;
    private final TextTokens tokens;
    private final ChatTemplate template;
    private final RowLimits limits;
    private final ComputeSpec compute;
    private final ModelOpening models;

    /// Opens everything but the weights, so that what is wrong shows before anything is computed.
    ///
    /// @param realignment what the model is mixed with, or null for nothing
    /// @param models      opens the weights
    Contestant(Path directory, @Nullable Realignment realignment, ComputeDevice device, ModelOpening models) {
        this.realignment = realignment;
        this.models = models;
        compute = ComputeSpec.DEFAULT.on(device);
        this.directory = directory;
        Path place = ModelPlace.of(directory);
        limits = new ModelSource(place).limits();
        template = ChatTemplate.load(place);
        tokenizer = HuggingFaceTokenizer.load(place);
        tokens = new TextTokens(tokenizer);
    }

    Path directory() {
        return directory;
    }

    /// @return why it cannot answer a prompt, if it cannot
    Optional<String> problem(int[] prompt) {
        return limits.promptProblem(prompt, tokenizer);
    }

    /// @return how this model reads dialogues
    ChatTemplate template() {
        return template;
    }

    int[] promptIds(PromptRow row) {
        return tokens.prompt(row.prompt());
    }

    /// @return tokens of an answer, with the one that ends it
    int[] answerIds(String text) {
        return tokens.ended(text);
    }

    /// @return an answer without what ends it: stop tokens that are written out, and white space
    ///     behind them
    String withoutEnd(String answer) {
        return tokens.withoutEnd(answer);
    }

    /// Answers prompts, or finds what was answered before.
    ///
    /// @param written where answers are kept; empty to keep none
    /// @return answers for each of the settings
    List<List<Answer>> answers(List<int[]> prompts, List<GenerationSpec> specs, Optional<WrittenAnswers> written) {
        List<Optional<List<Answer>>> found = specs.stream()
                .map(spec -> written.flatMap(answers -> answers.find(directory, realignment, prompts, spec)))
                .toList();
        if (found.stream().allMatch(Optional::isPresent)) {
            return found.stream().map(Optional::orElseThrow).toList();
        }
        List<List<Answer>> all = new ArrayList<>();
        try (LanguageModel model = models.language(directory, realignment, compute)) {
            for (int i = 0; i < specs.size(); i++) {
                GenerationSpec spec = specs.get(i);
                List<Answer> answers = found.get(i)
                        .orElseGet(
                                () -> new Generator(model, tokenizer, spec).generate(prompts, GenerationListener.NONE));
                if (found.get(i).isEmpty()) {
                    written.ifPresent(kept -> kept.keep(directory, realignment, prompts, spec, answers));
                }
                all.add(answers);
            }
        }
        return all;
    }

    /// @return log-probs of answers, nats
    private double[] logProbs(List<int[]> prompts, List<Answer> answers) {
        try (LanguageModel model = models.language(directory, realignment, compute)) {
            return AnswerLogProbs.of(model, prompts, answers);
        }
    }

    /// @param reference the other model
    /// @return log-probs of answers less those of the reference, nats
    double[] logRatios(Contestant reference, List<int[]> prompts, List<Answer> answers) {
        double[] ratios = logProbs(prompts, answers);
        double[] theirs = reference.logProbs(prompts, answers);
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] -= theirs[i];
        }
        return ratios;
    }

    /// @param from the realignment of this model
    /// @return divergences of the mixture from its reference along answers, nats
    double[] divergences(Realignment from, List<int[]> prompts, List<Answer> answers) {
        try (RealignedModel model = models.realigned(directory, from, compute)) {
            return AnswerLogProbs.divergence(model, prompts, answers);
        }
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
