package org.betatron.runs.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void aJudgeMayBeAskedWithMorePatienceButNoOther(@TempDir Path directory) throws IOException {
        String rewards = "rewards=[ended, {type: judge, endpoint: {url: 'http://a/v1', model: m}}]";
        Resolved<OnlineRecipe> begun =
                new RecipeReader().overrides(List.of(rewards)).resolve(OnlineRecipe.class);
        assertThat(ResumeSettings.of(begun.recipe()))
                .contains("rewards[1].endpoint.timeoutSeconds", "rewards[1].endpoint.keyEnv")
                .doesNotContain("rewards[1].endpoint.url", "rewards[1].endpoint.model", "rewards[1].weight")
                .noneMatch(name -> name.startsWith("rewards[0]"));
        Resolved<OnlineRecipe> changed = new RecipeReader()
                .overrides(List.of(rewards, "rewards[1].endpoint.timeoutSeconds=7", "train.graphMemory=0.2"))
                .resolve(OnlineRecipe.class);
        Map<String, String> changes = ResumeSettings.changes(begun, changed);
        assertThat(changes).isEqualTo(Map.of("rewards[1].endpoint.timeoutSeconds", "7", "train.graphMemory", "0.2"));
        // What is written down is read over the recipe that the run was begun with.
        Resolved<OnlineRecipe> again = new RecipeReader()
                .overrides(List.of(rewards))
                .file(Files.writeString(directory.resolve("changes.yaml"), ResumeSettings.yaml(changes, changed)))
                .resolve(OnlineRecipe.class);
        assertThat(again.recipe()).isEqualTo(changed.recipe());
    }

    @Test
    void aListHasNoItemBeyondItsEnd() {
        assertThatThrownBy(() -> new RecipeReader()
                        .overrides(List.of("rewards=[ended]", "rewards[3].weight=2"))
                        .resolve(OnlineRecipe.class))
                .hasMessageContaining("rewards[3]: unknown key");
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
