package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.List;
import org.betatron.data.HuggingFaceTokenizer;
import org.betatron.evaluation.GreedyGenerator;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.weights.DataType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `betatron generate`.
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = "Continues prompts with the most probable tokens.")
final class GenerateCommand implements Runnable {

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Hugging Face directory.")
    private Path model = Path.of("");

    @Option(
            names = "--prompt",
            required = true,
            paramLabel = "TEXT",
            description = "Text to continue, \\n for a line break; may be repeated.")
    private List<String> prompts = List.of();

    @Option(names = "--max-new-tokens", paramLabel = "N", description = "Most tokens to write (default 64).")
    private int maxNewTokens = 64;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(model);
                TorchLanguageModel languageModel = TorchLanguageModel.load(model, DataType.FP32)) {
            GreedyGenerator generator = new GreedyGenerator(languageModel, tokenizer, maxNewTokens);
            for (String prompt : prompts) {
                spec.commandLine().getOut().println(generator.complete(prompt.replace("\\n", "\n")));
            }
        }
    }
}
