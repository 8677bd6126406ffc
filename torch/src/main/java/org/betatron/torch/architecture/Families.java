package org.betatron.torch.architecture;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.betatron.torch.files.ConfigReader;

/// The families that are known, by the `model_type` of their `config.json`.
final class Families {

    private static final Map<String, Function<ConfigReader, ArchitectureSpec>> PARSERS = new LinkedHashMap<>();

    static {
        PARSERS.put("gpt_neox", NeoxSpec::parse);
        PARSERS.put("llama", Llama::parse);
        PARSERS.put("mistral", Mistral::parse);
        PARSERS.put("qwen2", Qwen2::parse);
        PARSERS.put("qwen3", Qwen3::parse);
        PARSERS.put("gemma2", Gemma2::parse);
        PARSERS.put("gemma3_text", Gemma3::parse);
        PARSERS.put("phi3", Phi3::parse);
        PARSERS.put("smollm3", SmolLm3::parse);
        PARSERS.put("olmo2", Olmo2::parse);
        PARSERS.put("gpt2", Gpt2Spec::parse);
    }

    private Families() {}

    /// @throws org.betatron.torch.error.ModelException if the family is unknown or a setting is missing, malformed or
    ///     unsupported
    static ArchitectureSpec parse(ConfigReader config) {
        Function<ConfigReader, ArchitectureSpec> parser = PARSERS.get(config.text("model_type", ""));
        if (parser == null) {
            throw config.unsupported("model_type", "one of " + String.join(", ", PARSERS.keySet()));
        }
        return parser.apply(config);
    }
}
