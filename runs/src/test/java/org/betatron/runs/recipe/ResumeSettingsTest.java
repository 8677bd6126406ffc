package org.betatron.runs.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ResumeSettingsTest {

    @Test
    void microBatchesMustStayWhereTheyAreDecidedAboutByThemselves() {
        String perMicroBatch = "alignment.gap.scope=micro-batch";
        Recipe recipe = new RecipeReader()
                .option("model", "m")
                .option("data.files", "f")
                .overrides(List.of(perMicroBatch))
                .resolve(AlignRecipe.class)
                .recipe();
        assertThat(ResumeSettings.of(recipe)).contains("compute.lanes").doesNotContain("train.microBatchSize");
    }

    @Test
    void documentNamesExactlyThese() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "recipes.md"));
        String section = page.substring(page.indexOf("## Stopping and resuming"));
        String sentence = section.substring(section.indexOf("These are"), section.indexOf("The updates"));
        Set<String> named = new HashSet<>();
        Pattern.compile("`((train|compute)\\.\\w+)`")
                .matcher(sentence)
                .results()
                .forEach(m -> named.add(m.group(1)));
        assertThat(named).isEqualTo(ResumeSettings.of(Recipe.defaults(AlignRecipe.class)));
        // Each is a setting that every kind of run has.
        assertThat(RecordSettings.of(Recipe.defaults(SftRecipe.class), Recipe.defaults(SftRecipe.class))
                        .values()
                        .keySet())
                .containsAll(named);
        assertThat(page.lines().filter(line -> line.matches(".*([Mm]emory and speed|[Ss]peed and memory) only.*")))
                .allMatch(line -> named.stream().anyMatch(name -> line.startsWith("| `" + name + "`")));
    }
}
