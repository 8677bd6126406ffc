package org.betatron.data.template.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.betatron.data.template.jinja.syntax.JinjaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// One-line templates against what Jinja2 makes of them (`parity/template_constructs.py`).
class ConstructsTest {

    private record Case(String template, @Nullable String expected) {}

    private record Recorded(String madeBy, Map<String, Object> variables, List<Case> cases) {}

    private static Recorded recorded() throws IOException {
        try (InputStream in = ConstructsTest.class.getResourceAsStream("constructs.json")) {
            return JsonMapper.builder()
                    .propertyNamingStrategy(tools.jackson.databind.PropertyNamingStrategies.SNAKE_CASE)
                    .build()
                    .readValue(in, new TypeReference<>() {});
        }
    }

    @Test
    void everythingIsRenderedAsJinja2DoesOrRefusedAsItDoes() throws IOException {
        Recorded recorded = recorded();
        List<String> different = new ArrayList<>();
        for (Case c : recorded.cases()) {
            String text = null;
            String refusal = "";
            try {
                text = Template.parse(c.template()).render(recorded.variables());
            } catch (JinjaException e) {
                refusal = String.valueOf(e.getMessage());
                assertThat(refusal).as(c.template()).doesNotContain("java.", "\n");
            }
            if (!java.util.Objects.equals(text, c.expected())) {
                different.add(c.template() + "\n  expected " + shown(c.expected()) + "\n  but was  " + shown(text) + " "
                        + refusal);
            }
        }
        assertThat(recorded.cases()).hasSizeGreaterThan(1500);
        assertThat(different).as(different.size() + " differ").isEmpty();
    }

    private static String shown(@Nullable String text) {
        return text == null ? "a refusal" : "'" + text + "'";
    }
}
