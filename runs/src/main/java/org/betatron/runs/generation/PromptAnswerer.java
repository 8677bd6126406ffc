package org.betatron.runs.generation;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.betatron.data.load.RowLimits;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TextTokens;
import org.betatron.generation.Answer;
import org.betatron.generation.GenerationListener;
import org.betatron.generation.GenerationSpec;
import org.betatron.generation.Generator;
import org.betatron.generation.PromptStreams;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ComputeThreads;
import org.betatron.runs.model.ModelSource;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;

/// A model that answers prompts as they come, in memory until it is closed. One thread at a time.
///
/// An answer depends on the model, the tokens of its prompt, the number of the sample and the
/// settings,
/// and not on what else is asked.
public final class PromptAnswerer implements AutoCloseable {

    private final HuggingFaceTokenizer tokenizer;
    private final TorchLanguageModel model;
    private final ChatTemplate template;
    private final TextTokens tokens;
    private final RowLimits limits;

    private PromptAnswerer(HuggingFaceTokenizer tokenizer, TorchLanguageModel model, ChatTemplate template) {
        this.tokenizer = tokenizer;
        this.model = model;
        this.template = template;
        tokens = new TextTokens(tokenizer);
        limits = new RowLimits(model.vocabularySize(), model.maxPositions());
    }

    /// @param directory Hugging Face directory, or a GGUF file
    /// @param device    where it computes
    /// @param listener  hears what has to be said of the model's files
    /// @return the model, to be closed by the caller
    public static PromptAnswerer open(Path directory, ComputeDevice device, RunListener listener) {
        ModelSource source = new ModelSource(directory);
        HuggingFaceTokenizer tokenizer = source.openTokenizer();
        try {
            return new PromptAnswerer(
                    tokenizer,
                    ModelOpening.toldTo(listener).language(directory, ComputeSpec.DEFAULT.on(device)),
                    ChatTemplate.load(source.directory()));
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /// @return how this model reads dialogues
    public ChatTemplate template() {
        return template;
    }

    /// @return its tokens
    public TextTokens tokens() {
        return tokens;
    }

    /// @param prompt token ids
    /// @return why it cannot be answered: prompts like it "fill ..."; empty if it can
    public Optional<String> problem(int[] prompt) {
        return limits.promptProblem(prompt, tokenizer);
    }

    /// @param prompts token ids of each, at least one
    /// @param spec    how
    /// @param threads of one operation; 0 for one per core
    /// @return the answers, by prompt and sample
    public List<Answer> answers(List<int[]> prompts, GenerationSpec spec, int threads) {
        ComputeThreads.use(threads);
        return new Generator(model, tokenizer, spec)
                .generate(prompts, PromptStreams.BY_TOKENS, GenerationListener.NONE);
    }

    @Override
    public void close() {
        try (tokenizer) {
            model.close();
        }
    }
}
