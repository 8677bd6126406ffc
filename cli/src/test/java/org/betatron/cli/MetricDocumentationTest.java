package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.betatron.core.run.MetricNames;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every metric that has a name is described.
class MetricDocumentationTest {

    private static final Path PAGE =
            Path.of("..", "docs", "metrics.md").toAbsolutePath().normalize();

    static Stream<String> names() throws IllegalAccessException {
        Stream.Builder<String> names = Stream.builder();
        for (Field field : MetricNames.class.getFields()) {
            String name = (String) field.get(null);
            if (!name.endsWith("/")) {
                names.add(name);
            }
        }
        return names.build();
    }

    @ParameterizedTest
    @MethodSource("names")
    void isDescribed(String name) throws IOException {
        List<String> written = Stream.of("", "train/", "eval/", "train/rollout/")
                .map(prefix -> prefix + name)
                .toList();
        assertThat(Files.readString(PAGE).split("[`\"]", -1)).containsAnyElementsOf(written);
    }
}
