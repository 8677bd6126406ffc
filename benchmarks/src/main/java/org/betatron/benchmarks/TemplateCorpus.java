package org.betatron.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.betatron.data.template.jinja.Template;
import org.betatron.data.template.jinja.syntax.JinjaException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Compares renderings of many chat templates with those that `parity/templates.py` has recorded, and
/// prints how many are the same.
///
///     TemplateCorpus DIRECTORY EXPECTED.json
///     TemplateCorpus CONSTRUCTS.json
public final class TemplateCorpus {

    private static final int SHOWN = 40;

    private TemplateCorpus() {}

    private record Rendering(
            String template,
            String dialogue,
            boolean generation,
            @Nullable String expected) {}

    private record Recorded(Map<String, Map<String, Object>> variables, List<Rendering> renderings) {}

    private record Case(String template, @Nullable String expected) {}

    private record Constructs(Map<String, Object> variables, List<Case> cases) {}

    /// How one rendering compares.
    private enum Outcome {
        SAME,
        DIFFERENT,
        REFUSED_ONLY_HERE,
        RENDERED_ONLY_HERE,
        REFUSED_BY_BOTH,
        CRASHED
    }

    /// @param args directory of templates and file of expected renderings, or a file of constructs
    public static void main(String[] args) throws IOException {
        Map<Outcome, Integer> counts = new TreeMap<>();
        List<String> shown = new ArrayList<>();
        long begin = System.nanoTime();
        if (args.length == 1) {
            Constructs constructs = read(args[0], new TypeReference<>() {});
            for (Case c : constructs.cases()) {
                counts.merge(
                        compare(c.template(), constructs.variables(), c.expected(), c.template(), shown),
                        1,
                        Integer::sum);
            }
        } else {
            Recorded recorded = read(args[1], new TypeReference<>() {});
            for (Rendering rendering : recorded.renderings()) {
                String source = Files.readString(Path.of(args[0]).resolve(rendering.template()));
                String dialogue = rendering.dialogue() + ", " + (rendering.generation() ? "True" : "False");
                Map<String, Object> variables =
                        Objects.requireNonNull(recorded.variables().get(dialogue));
                String name = rendering.template() + ", " + dialogue;
                counts.merge(
                        compare(source, variables, rendering.expected(), name, shown), 1, Integer::sum);
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        shown.stream().limit(SHOWN).forEach(System.out::println);
        System.out.println(counts.values().stream().mapToInt(Integer::intValue).sum() + " renderings in "
                + Math.round(seconds) + " s, each template read anew");
        for (Outcome outcome : Outcome.values()) {
            System.out.println(outcome.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + ": "
                    + counts.getOrDefault(outcome, 0));
        }
    }

    private static <T> T read(String file, TypeReference<T> type) {
        return JsonMapper.builder()
                .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build()
                .readValue(Path.of(file).toFile(), type);
    }

    private static Outcome compare(
            String source,
            Map<String, Object> variables,
            @Nullable String expected,
            String name,
            List<String> shown) {
        String text = null;
        String refusal = "";
        Outcome failure = null;
        try {
            text = Template.parse(source).render(variables);
        } catch (JinjaException e) {
            refusal = String.valueOf(e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            failure = Outcome.CRASHED;
            refusal = e.toString();
        }
        Outcome outcome = failure != null
                ? failure
                : expected == null
                        ? text == null ? Outcome.REFUSED_BY_BOTH : Outcome.RENDERED_ONLY_HERE
                        : text == null
                                ? Outcome.REFUSED_ONLY_HERE
                                : text.equals(expected) ? Outcome.SAME : Outcome.DIFFERENT;
        if (outcome != Outcome.SAME && outcome != Outcome.REFUSED_BY_BOTH) {
            shown.add(outcome + " " + name + " " + refusal + where(expected, text));
        }
        return outcome;
    }

    private static String where(@Nullable String expected, @Nullable String text) {
        if (expected == null || text == null) {
            return "";
        }
        int at = 0;
        while (at < Math.min(expected.length(), text.length()) && expected.charAt(at) == text.charAt(at)) {
            at++;
        }
        return " expected ..." + part(expected, at) + " but was ..." + part(text, at);
    }

    private static String part(String text, int at) {
        return text.substring(Math.max(0, at - 20), Math.min(text.length(), at + 40))
                .replace("\n", "\\n");
    }
}
