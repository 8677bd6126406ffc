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
public final class TemplateCorpus {

    private static final int SHOWN = 40;

    private TemplateCorpus() {}

    private record Rendering(
            String template,
            String dialogue,
            boolean generation,
            @Nullable String expected) {}

    private record Recorded(Map<String, Map<String, Object>> variables, List<Rendering> renderings) {}

    /// How one rendering compares.
    private enum Outcome {
        SAME,
        DIFFERENT,
        REFUSED_ONLY_HERE,
        RENDERED_ONLY_HERE,
        REFUSED_BY_BOTH,
        CRASHED
    }

    /// @param args directory of templates and file of expected renderings
    public static void main(String[] args) throws IOException {
        JsonMapper mapper = JsonMapper.builder()
                .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        Recorded recorded = mapper.readValue(Path.of(args[1]).toFile(), new TypeReference<>() {});
        Map<Outcome, Integer> counts = new TreeMap<>();
        List<String> shown = new ArrayList<>();
        long templates = recorded.renderings().stream()
                .map(Rendering::template)
                .distinct()
                .count();
        long begin = System.nanoTime();
        for (Rendering rendering : recorded.renderings()) {
            String source = Files.readString(Path.of(args[0]).resolve(rendering.template()));
            Map<String, Object> variables = Objects.requireNonNull(recorded.variables()
                    .get(rendering.dialogue() + ", " + (rendering.generation() ? "True" : "False")));
            Outcome outcome = compare(source, variables, rendering, shown);
            counts.merge(outcome, 1, Integer::sum);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        shown.stream().limit(SHOWN).forEach(System.out::println);
        System.out.println(templates + " templates, " + recorded.renderings().size() + " renderings in "
                + Math.round(seconds) + " s (each read anew)");
        for (Outcome outcome : Outcome.values()) {
            System.out.println(outcome.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + ": "
                    + counts.getOrDefault(outcome, 0));
        }
    }

    private static Outcome compare(
            String source, Map<String, Object> variables, Rendering rendering, List<String> shown) {
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
        String expected = rendering.expected();
        Outcome outcome = failure != null
                ? failure
                : expected == null
                        ? text == null ? Outcome.REFUSED_BY_BOTH : Outcome.RENDERED_ONLY_HERE
                        : text == null
                                ? Outcome.REFUSED_ONLY_HERE
                                : text.equals(expected) ? Outcome.SAME : Outcome.DIFFERENT;
        if (outcome != Outcome.SAME && outcome != Outcome.REFUSED_BY_BOTH) {
            shown.add(outcome + " " + rendering.template() + " " + rendering.dialogue() + " " + rendering.generation()
                    + " " + refusal + where(expected, text));
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
