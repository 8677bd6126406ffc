package org.betatron.cli.command;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.core.Source;
import org.betatron.core.calibration.Calibration;
import org.betatron.core.calibration.CalibrationSpec;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.objective.Objective;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.policy.PolicySpec;
import org.betatron.core.selection.Selection;
import org.betatron.core.selection.SelectionSpec;
import org.betatron.runs.recipe.ChoiceParameter;
import org.betatron.runs.recipe.Choices;
import org.jspecify.annotations.Nullable;

/// Prints what an alignment can be made of: every tag with its parameters, their defaults and its source.
///
/// Everything is asked of the records and of what they create, so that a new record is listed without
/// another line here. Output fits 100 columns.
final class ChoiceCatalogue {

    private static final int WIDTH = 100;
    private static final int TAG_WIDTH = 20;

    private ChoiceCatalogue() {}

    /// Prints all choices in groups.
    static void list(PrintWriter out) {
        for (String path : paths()) {
            out.println(path);
            groups(path).forEach((group, types) -> {
                if (!group.isEmpty()) {
                    out.println();
                    out.println("  " + group);
                }
                types.forEach((tag, type) -> {
                    print(out, "  " + tag, ChoiceParameter.describe(type));
                    print(out, "", sourceOf(type));
                });
            });
            Choices.variants(path).forEach((name, settings) -> {
                print(out, "  " + name, differences(settings));
                print(out, "", Choices.sourceOf(settings));
            });
            out.println();
        }
        out.println("betatron objective show TAG says more about one of them; docs/objectives has a page for each.");
    }

    /// Prints one choice.
    ///
    /// @return whether there is a choice of this tag
    static boolean show(String tag, PrintWriter out) {
        boolean found = false;
        for (String path : paths()) {
            Class<?> type = Choices.siblings(path).get(tag);
            if (type != null) {
                print(out, "chosen by", path + ": " + tag);
                print(out, "source", sourceOf(type));
                parameters(out, ChoiceParameter.of(type));
                facts(Choices.defaultOf(type), type).forEach((name, fact) -> print(out, name, fact));
                found = true;
            }
            Record variant = Choices.variants(path).get(tag);
            if (variant != null) {
                print(out, "chosen by", path + ": " + tag + ", settings of " + Choices.tag(variant));
                print(out, "source", Choices.sourceOf(variant));
                parameters(out, ChoiceParameter.ofSettings(variant));
                facts(variant, variant.getClass()).forEach((name, fact) -> print(out, name, fact));
                found = true;
            }
        }
        return found;
    }

    private static void parameters(PrintWriter out, List<ChoiceParameter> parameters) {
        flat(parameters)
                .forEach(parameter -> print(
                        out, parameter.name(), "default " + parameter.spelledDefault() + "; " + parameter.range()));
    }

    /// @return its type, and what is not as with that type's defaults
    private static String differences(Record settings) {
        List<ChoiceParameter> defaults = flat(ChoiceParameter.of(settings.getClass()));
        List<ChoiceParameter> own = flat(ChoiceParameter.ofSettings(settings));
        StringBuilder text = new StringBuilder("type=" + Choices.tag(settings));
        for (int i = 0; i < own.size(); i++) {
            String value = own.get(i).spelledDefault();
            if (!value.equals(defaults.get(i).spelledDefault())) {
                text.append("  ").append(own.get(i).name()).append('=').append(value);
            }
        }
        return text.toString();
    }

    private static List<ChoiceParameter> flat(List<ChoiceParameter> parameters) {
        return parameters.stream()
                .flatMap(parameter -> parameter.flat().stream())
                .toList();
    }

    /// @return recipe paths of the choices that say what is learned, and from which reference
    private static List<String> paths() {
        return Choices.byPath().keySet().stream()
                .filter(path -> path.startsWith("alignment.") || path.startsWith("reference.") || path.equals("policy"))
                .toList();
    }

    /// Prints two columns. The second is broken between words: picocli's tables break long words as well.
    private static void print(PrintWriter out, String first, String second) {
        StringBuilder line = new StringBuilder(first);
        pad(line);
        boolean begun = false;
        for (String word : second.split(" (?=\\S)", -1)) {
            if (begun && line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line = new StringBuilder();
                pad(line);
                begun = false;
            }
            line.append(begun ? " " : "").append(word);
            begun = true;
        }
        out.println(line.toString().stripTrailing());
    }

    private static void pad(StringBuilder line) {
        line.append(" ".repeat(Math.max(0, TAG_WIDTH - line.length())));
    }

    private static String sourceOf(Class<?> type) {
        Source source = type.getAnnotation(Source.class);
        return source == null ? "" : source.value();
    }

    /// @return tags by what they learn from, where the choice is an objective; else all in one group
    private static Map<String, Map<String, Class<?>>> groups(String path) {
        Map<String, Map<String, Class<?>>> groups = new LinkedHashMap<>();
        Choices.siblings(path).forEach((tag, type) -> {
            String group = Choices.defaultOf(type) instanceof ObjectiveSpec spec ? group(spec.create()) : "";
            groups.computeIfAbsent(group, _ -> new LinkedHashMap<>()).put(tag, type);
        });
        return groups;
    }

    private static String group(Objective objective) {
        RequiredInputs inputs = objective.inputs();
        if (readsVocabulary(inputs)) {
            return rows(objective) + ", with numbers of the whole vocabulary";
        }
        return rows(objective) + (inputs.needsReference() ? ", against a reference" : ", without a reference");
    }

    private static String rows(Objective objective) {
        return switch (objective.rows()) {
            case PAIRS -> "of pairs";
            case ANSWERS -> "of labelled answers";
            case ANY -> "of pairs or labelled answers";
        };
    }

    private static boolean readsVocabulary(RequiredInputs inputs) {
        return inputs.needsReferenceLogits() || inputs.needs(ResponseQuantity.LOG_COLLISION);
    }

    private static Map<String, String> facts(@Nullable Object chosen, Class<?> type) {
        Map<String, String> facts = new LinkedHashMap<>();
        switch (chosen) {
            case ObjectiveSpec spec -> {
                Objective objective = spec.create();
                facts.put("learns from", rows(objective).substring("of ".length()));
                facts.put("reads", reads(objective.inputs()));
                facts.put(
                        "a row's loss", objective.isRowByRow() ? "its own" : "depends on the other rows of the batch");
                facts.put("statistics", objective.keepsStatistics() ? "running moments of its own" : "none");
                facts.put("dynamic beta", hasBeta(type) ? "yes" : "has no effect: beta plays no part");
            }
            case CalibrationSpec spec -> {
                Calibration calibration = spec.create();
                facts.put("reads", reads(calibration.inputs()) + (calibration.looksAtGaps() ? ", reward gaps" : ""));
                facts.put("dynamic", calibration.isDynamic() ? "yes" : "no");
            }
            case SelectionSpec spec -> {
                Selection selection = spec.create();
                facts.put("reads", selection.looksAtGaps() ? "reward gaps" : "no reward gaps");
            }
            case PolicySpec spec -> facts.putAll(PolicyFacts.of(spec));
            case null, default -> {}
        }
        return facts;
    }

    /// @return whether the record, or an objective inside it, has a beta that a calibration can move
    private static boolean hasBeta(Class<?> type) {
        return ChoiceParameter.of(type).stream()
                .anyMatch(parameter -> parameter.name().equals("beta") || parameter.holdsObjectives());
    }

    private static String reads(RequiredInputs inputs) {
        List<String> words = new ArrayList<>(List.of("log-probs"));
        Set<ResponseQuantity> quantities = inputs.quantities();
        for (ResponseQuantity quantity : ResponseQuantity.values()) {
            if (quantities.contains(quantity)) {
                words.add(words(quantity));
            }
        }
        if (inputs.mismatched()) {
            words.add("log-probs of answers to other prompts");
        }
        return String.join(", ", words);
    }

    private static String words(ResponseQuantity quantity) {
        return switch (quantity) {
            case POLICY -> "log-probs";
            case REFERENCE -> "reference log-probs";
            case POLICY_TAIL -> "log-probs beyond the shorter response";
            case REFERENCE_TAIL -> "reference log-probs beyond it";
            case REFERENCE_KL -> "divergence from the reference at every token (reference logits)";
            case LOG_COLLISION -> "the collision probability at every token (logits)";
            case EXTRAPOLATED -> "log-probs extrapolated away from the reference (reference logits)";
            case INTERPOLATED -> "log-probs interpolated towards it";
        };
    }
}
