package org.betatron.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.RewardRecipe;
import org.betatron.runs.recipe.SftRecipe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every command line that a document shows is one: its options exist, and the recipe keys that it
/// sets.
class DocumentedCommandsTest {

    private static final Path ROOT = Path.of("..");

    /// A word, or a text in quotes.
    private static final Pattern ARGUMENT = Pattern.compile("'([^']*)'|\"([^\"]*)\"|([^\\s'\"]+)");

    /// @param document that shows it
    /// @param line     the command line, after `betatron`
    record Shown(Path document, String line) {

        List<String> arguments() {
            List<String> arguments = new ArrayList<>();
            Matcher words = ARGUMENT.matcher(line);
            while (words.find()) {
                arguments.add(
                        words.group(1) != null
                                ? words.group(1)
                                : words.group(2) != null ? words.group(2) : words.group(3));
            }
            return arguments;
        }
    }

    static List<Shown> shown() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")));
        try (Stream<Path> pages = Files.walk(ROOT.resolve("docs"))) {
            // Dated results show what was typed then.
            pages.filter(page ->
                            page.toString().endsWith(".md") && !page.toString().contains("/results/"))
                    .sorted()
                    .forEach(documents::add);
        }
        List<Shown> commands = new ArrayList<>();
        for (Path document : documents) {
            String text = Files.readString(document).replaceAll("\\\\\n\\s*", "");
            text.lines()
                    .filter(line -> line.startsWith("    ./betatron ") || line.startsWith("    betatron "))
                    .map(line -> line.strip().replaceFirst("^(\\./)?betatron ", ""))
                    // A comment, a pipe or a background job is the shell's.
                    .map(line -> line.replaceFirst("\\s+(#|\\||&|>|<).*", ""))
                    .filter(line -> !line.contains(" ... ") && !line.endsWith(" ..."))
                    .forEach(line -> commands.add(new Shown(ROOT.relativize(document), line)));
        }
        assertThat(commands).hasSizeGreaterThan(60);
        return commands;
    }

    @ParameterizedTest
    @MethodSource("shown")
    void everyCommandThatADocumentShowsIsOne(Shown shown) {
        List<String> arguments = shown.arguments();
        assertThatCode(() -> BetatronCommand.parser(new BetatronCommand()).parseArgs(arguments.toArray(String[]::new)))
                .as("%s: betatron %s", shown.document(), shown.line())
                .doesNotThrowAnyException();
        Class<? extends Recipe> recipe = switch (arguments.getFirst()) {
            case "align", "tune" -> AlignRecipe.class;
            case "sft" -> SftRecipe.class;
            case "reward" -> RewardRecipe.class;
            default -> null;
        };
        if (recipe == null || arguments.contains("--resume") || arguments.contains("--recipe")) {
            return;
        }
        List<String> settings = new ArrayList<>();
        for (int i = 1; i < arguments.size(); i++) {
            if (arguments.get(i - 1).equals("--set")) {
                settings.add(arguments.get(i));
            }
        }
        int preset = arguments.indexOf("--preset");
        if (preset >= 0) {
            settings.addFirst("alignment.preset=" + arguments.get(preset + 1));
        }
        assertThatCode(() -> new RecipeReader().overrides(settings).resolve(recipe))
                .as("%s: betatron %s", shown.document(), shown.line())
                .doesNotThrowAnyException();
    }
}
