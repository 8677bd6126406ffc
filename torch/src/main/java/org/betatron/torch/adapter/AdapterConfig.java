package org.betatron.torch.adapter;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.betatron.core.model.AdapterSpec.Lora;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.LinearPart;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `adapter_config.json` of PEFT, of a LoRA.
///
/// What would change the computation and is not honoured here is refused by its name: an adapter is
/// read rightly or not at all.
///
/// @param json  the file
/// @param where it came from, for messages
public record AdapterConfig(ObjectNode json, String where) {

    public static final String BASE = "base_model_name_or_path";
    private static final String DROPOUT = "lora_dropout";
    private static final String SCORING = "SEQ_CLS";

    /// Read here, or by [AdapterFiles], or without a part in what is computed once an adapter is trained.
    private static final Set<String> HONOURED = Set.of(
            "alpha_pattern",
            "auto_mapping",
            BASE,
            "bias",
            "eva_config",
            "exclude_modules",
            "fan_in_fan_out",
            "inference_mode",
            "init_lora_weights",
            "layers_pattern",
            "layers_to_transform",
            "loftq_config",
            "lora_alpha",
            DROPOUT,
            "megatron_core",
            "modules_to_save",
            "peft_type",
            "peft_version",
            "qalora_group_size",
            "r",
            "rank_pattern",
            "revision",
            "runtime_config",
            "target_modules",
            "task_type",
            "use_dora",
            "use_rslora");

    /// Ways to begin that change the base as well.
    private static final Pattern CHANGES_BASE = Pattern.compile("(?i)(pissa.*|olora|corda|loftq|lora_ga)");

    public AdapterConfig {
        require(json, where);
    }

    private static void require(ObjectNode json, String where) {
        String type = json.path("peft_type").asString("");
        if (!type.equals("LORA")) {
            throw new ModelException(
                    where + ": peft_type must be LORA, of which DoRA is one kind, but was '" + type + "'");
        }
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            if (!HONOURED.contains(entry.getKey()) && says(entry.getValue())) {
                throw new ModelException(where + ": " + entry.getKey() + " is " + entry.getValue()
                        + ", which changes what an adapter computes and is not known here");
            }
        }
        String bias = json.path("bias").asString("none");
        if (!bias.equals("none")) {
            throw new ModelException(where + ": bias must be none but was '" + bias + "': trained biases are not read");
        }
        String start = json.path("init_lora_weights").asString("");
        if (CHANGES_BASE.matcher(start).matches()) {
            throw new ModelException(where + ": init_lora_weights is '" + start
                    + "', which changes the base model as well: save the adapter as an ordinary LoRA first"
                    + " (path_initial_model_for_weight_conversion in PEFT)");
        }
    }

    private static boolean says(JsonNode value) {
        return !(value.isNull()
                || (value.isBoolean() && !value.asBoolean())
                || (value.isContainer() && value.isEmpty())
                || (value.isString() && value.asString().startsWith("megatron.")));
    }

    /// @return the base model as the file names it, a path or a name; empty where it names none
    public String base() {
        return json.path(BASE).asString("");
    }

    /// @return the same with another base
    public AdapterConfig withBase(String base) {
        return new AdapterConfig(json.deepCopy().put(BASE, base), where);
    }

    /// @param ranks of maps that have others than all, by their names
    /// @return the same with these
    AdapterConfig withRanks(Map<String, Adapter.Ranks> ranks) {
        if (ranks.isEmpty()) {
            return this;
        }
        ObjectNode copy = json.deepCopy();
        ObjectNode rankPattern = copy.putObject("rank_pattern");
        ObjectNode alphaPattern = copy.putObject("alpha_pattern");
        ranks.forEach((name, own) -> {
            String pattern = "^" + name.replace(".", "\\.");
            rankPattern.put(pattern, own.rank());
            alphaPattern.put(pattern, own.alpha());
        });
        return new AdapterConfig(copy, where);
    }

    /// @return whether the base with it scores answers, and does not write
    public boolean scores() {
        return json.path("task_type").asString("").equals(SCORING);
    }

    /// @return the share of its input that PEFT would drop while it trains, as the file says
    public double dropout() {
        return json.path(DROPOUT).asDouble(0);
    }

    /// @param dropout in [0, 1)
    /// @return the same trained with another dropout
    /// @throws ModelException if it is DoRA, and anything is to be dropped
    public AdapterConfig withDropout(double dropout) {
        if (dropout > 0 && dora()) {
            throw new ModelException(where + " is DoRA, with which dropout must be 0 but was " + dropout
                    + ": PEFT then drops what the base's own product gets as well, which is not done here");
        }
        return new AdapterConfig(json.deepCopy().put(DROPOUT, dropout), where);
    }

    boolean dora() {
        return json.path("use_dora").asBoolean(false);
    }

    /// @return names of modules that are saved as a whole beside the adapter
    List<String> wholeModules() {
        return json.path("modules_to_save")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    /// @return what was, or would be, trained; DoRA without dropout
    public Lora spec() {
        return new Lora(
                positive("r"),
                alpha(""),
                targets(),
                json.path("use_rslora").asBoolean(false),
                dora(),
                dora() ? 0 : dropout());
    }

    private List<String> targets() {
        JsonNode targets = json.path("target_modules");
        List<String> names = targets.isArray()
                ? targets.valueStream().map(node -> node.asString("")).toList()
                : List.of(targets.asString(""));
        return names.isEmpty() ? List.of("") : names;
    }

    private int positive(String key) {
        JsonNode value = json.path(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 1) {
            throw new ModelException(where + ": " + key + " must be a whole number ≥ 1 but was " + value);
        }
        return value.asInt();
    }

    /// @param name of a map
    /// @return the rank that its matrices must have
    int rank(String name) {
        JsonNode value = byPattern("rank_pattern", name);
        return value != null && value.canConvertToInt() ? value.asInt() : positive("r");
    }

    /// @param name of a map
    double alpha(String name) {
        JsonNode value = byPattern("alpha_pattern", name);
        JsonNode alpha = value == null ? json.path("lora_alpha") : value;
        if (!alpha.isNumber() || !(alpha.asDouble() > 0) || Double.isInfinite(alpha.asDouble())) {
            throw new ModelException(where + ": lora_alpha must be a number > 0 but was " + alpha);
        }
        return alpha.asDouble();
    }

    /// PEFT reads a key as a regular expression for the name, or for what follows a dot.
    private @Nullable JsonNode byPattern(String key, String name) {
        for (Map.Entry<String, JsonNode> entry : json.path(key).properties()) {
            try {
                Matcher matcher = Pattern.compile(
                                "(?:.*\\.)?(?:" + entry.getKey().replace("^", "") + ")$")
                        .matcher(name);
                if (matcher.matches()) {
                    return entry.getValue();
                }
            } catch (PatternSyntaxException e) {
                throw new ModelException(
                        where + ": " + key + " has '" + entry.getKey() + "', which is no regular expression", e);
            }
        }
        return null;
    }

    /// The file as PEFT writes it.
    ///
    /// @param targets   the maps that it sits on
    /// @param blueprint of the base
    static AdapterConfig of(Lora spec, List<LinearPart> targets, Blueprint blueprint, String base) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        boolean scores = blueprint.kind() == HeadKind.SCORE;
        json.put("peft_type", "LORA");
        json.put("task_type", scores ? SCORING : "CAUSAL_LM");
        json.put(BASE, base);
        json.put("r", spec.rank());
        json.put("lora_alpha", spec.alpha());
        if (spec.alpha() == Math.rint(spec.alpha())) {
            json.put("lora_alpha", (long) spec.alpha());
        }
        json.put(DROPOUT, spec.dropout());
        json.put("use_rslora", spec.rslora());
        json.put("use_dora", spec.dora());
        json.put("bias", "none");
        json.put("fan_in_fan_out", targets.stream().anyMatch(LinearPart::columns));
        json.put("init_lora_weights", true);
        json.put("inference_mode", true);
        var names = json.putArray("target_modules");
        targetNames(targets, blueprint).forEach(names::add);
        if (scores) {
            json.putArray("modules_to_save").add(blueprint.headPart().name());
        } else {
            json.putNull("modules_to_save");
        }
        return new AdapterConfig(json, "the new adapter");
    }

    /// Short names where they mean these maps and no others.
    private static List<String> targetNames(List<LinearPart> targets, Blueprint blueprint) {
        List<String> names = AdapterTargets.shortNames(targets);
        boolean unique = AdapterTargets.possible(blueprint).stream()
                .allMatch(part -> targets.contains(part) || !names.contains(AdapterTargets.shortName(part.name())));
        return unique ? names : targets.stream().map(LinearPart::name).toList();
    }
}
