package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.betatron.core.Source;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.objective.Objective;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.core.objective.PairDerivatives;
import org.betatron.core.statistics.Moments;
import org.betatron.runs.recipe.ChoiceParameter;
import org.betatron.runs.recipe.Choices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every choice of an alignment is described where it has to be, with the parameters and defaults of the code.
class ObjectiveDocumentationTest {

    private static final Path DOCUMENTS = Path.of("..", "docs").toAbsolutePath().normalize();
    private static final Path PAGES = DOCUMENTS.resolve("objectives");
    private static final Set<String> NOT_OF_LOG_PROBS_ALONE = Set.of("lddpo", "tdpo1", "tdpo2", "wpo", "kto", "madpo");

    /// @param path recipe path of the choice
    /// @param tag  what is chosen
    record Choice(String path, String tag, Class<?> type) {

        @Override
        public String toString() {
            return path + "=" + tag;
        }
    }

    static List<Choice> choices() {
        List<Choice> choices = new ArrayList<>();
        for (String path : Choices.byPath().keySet()) {
            if (path.startsWith("alignment.")) {
                Choices.siblings(path).forEach((tag, type) -> choices.add(new Choice(path, tag, type)));
            }
        }
        return choices;
    }

    @Test
    void choicesAreFound() {
        assertThat(choices().stream().map(Choice::tag)).contains("dpo", "perturbation", "cut", "drdpo");
    }

    @ParameterizedTest
    @MethodSource("choices")
    void saysWhereItWasPublished(Choice choice) {
        Source source = choice.type().getAnnotation(Source.class);
        assertThat(source).as("@Source of %s", choice.type()).isNotNull();
        assertThat(source.value()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("choices")
    void hasASectionWithItsParametersAndDefaults(Choice choice) {
        String section = section(choice.tag());
        for (ChoiceParameter parameter : ChoiceParameter.of(choice.type())) {
            List<String> row = section.lines()
                    .filter(line -> line.startsWith("| `" + parameter.name() + "`"))
                    .toList();
            assertThat(row).as("rows for %s of %s", parameter.name(), choice).hasSize(1);
            if (!parameter.holdsObjectives()) {
                String given = row.getFirst().split("\\|", -1)[2].strip().replace("`", "");
                assertThat(given)
                        .as("default of %s of %s", parameter.name(), choice)
                        .isEqualTo(parameter.spelledDefault());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("choices")
    void isLinkedFromTheIndexToItsSection(Choice choice) {
        Map.Entry<Path, String> found = heading(choice.tag());
        // as the pages' host makes anchors: lower case, marks gone, spaces to dashes
        String anchor = found.getValue()
                .substring("## ".length())
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                .replace(' ', '-');
        assertThat(text(PAGES.resolve("README.md")))
                .contains("[`" + choice.tag() + "`](" + found.getKey().getFileName() + "#" + anchor + ")");
    }

    @ParameterizedTest
    @MethodSource("choices")
    void hasARowAmongThePapers(Choice choice) {
        String name = choice.type().getEnclosingClass().getSimpleName() + "."
                + choice.type().getSimpleName();
        assertThat(text(DOCUMENTS.resolve("papers.md")).lines())
                .as("a row that names `%s`", name)
                .anyMatch(line -> line.startsWith("|") && line.contains("`" + name + "`"));
    }

    @Test
    void everySectionDescribesAChoice() {
        Set<String> tags = Choices.byPath().keySet().stream()
                .flatMap(path -> Choices.siblings(path).keySet().stream())
                .collect(Collectors.toSet());
        assertThat(headings().values().stream().flatMap(Collection::stream).map(heading -> heading.split("`", -1)[1]))
                .isSubsetOf(tags);
    }

    /// The pair of the index: what it prints for each objective was computed elsewhere, from the definitions.
    @ParameterizedTest
    @MethodSource("choices")
    void givesTheValuesOfTheIndexForItsPair(Choice choice) {
        if (!(Choices.defaultOf(choice.type()) instanceof ObjectiveSpec spec)
                || NOT_OF_LOG_PROBS_ALONE.contains(choice.tag())) {
            return;
        }
        double[] expected = text(PAGES.resolve("README.md"))
                .lines()
                .filter(line -> line.matches("\\| `" + choice.tag() + "` \\|( -?[0-9.]+ \\|){3}"))
                .findFirst()
                .map(line -> Arrays.stream(line.split("\\|", -1))
                        .skip(2)
                        .limit(3)
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .orElseThrow(() -> new AssertionError("the index has no values of " + choice.tag()));
        PairLogProbs pair = new PairLogProbs(
                new double[] {-40},
                new double[] {-52},
                new double[] {-42},
                new double[] {-50},
                new int[] {10},
                new int[] {13});
        Objective objective = spec.create();
        ObjectiveValue value =
                objective.evaluate(pair, new double[] {spec.beta()}, new double[] {1}, new Moments(0, 0, 0));
        PairDerivatives derivatives = value.derivatives();
        assertThat(value.loss(0)).isCloseTo(expected[0], within(6e-7));
        assertThat(derivatives.chosen().policy(0)).isCloseTo(expected[1], within(6e-7));
        assertThat(derivatives.rejected().policy(0)).isCloseTo(expected[2], within(6e-7));
    }

    /// @return the text from the heading of a tag to the next
    private static String section(String tag) {
        Map.Entry<Path, String> found = heading(tag);
        String page = text(found.getKey());
        int from = page.indexOf("\n" + found.getValue() + "\n") + 1;
        int to = page.indexOf("\n## ", from);
        return page.substring(from, to < 0 ? page.length() : to);
    }

    private static Map.Entry<Path, String> heading(String tag) {
        List<Map.Entry<Path, String>> found = headings().entrySet().stream()
                .flatMap(page -> page.getValue().stream()
                        .filter(heading -> heading.startsWith("## `" + tag + "`"))
                        .map(heading -> Map.entry(page.getKey(), heading)))
                .toList();
        assertThat(found).as("sections of %s in docs/objectives", tag).hasSize(1);
        return found.getFirst();
    }

    /// @return headings that begin with a tag, by page
    private static Map<Path, List<String>> headings() {
        Map<Path, List<String>> headings = new LinkedHashMap<>();
        try (Stream<Path> pages = Files.list(PAGES)) {
            pages.sorted()
                    .forEach(page -> headings.put(
                            page,
                            text(page)
                                    .lines()
                                    .filter(line -> line.startsWith("## `"))
                                    .toList()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return headings;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
