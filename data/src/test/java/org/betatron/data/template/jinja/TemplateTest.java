package org.betatron.data.template.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.betatron.data.template.jinja.syntax.JinjaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {% for a in range(10**9) %}x{% endfor %} => a range may have at most 100000 numbers
            {% set r = range(100000)|list %}{% for a in r %}{{ 'x' in r }}{% endfor %} => takes more than 50000000 steps
            {{ 'x' * 10**12 }} => a text grows beyond
            {{ [1] * 10**12 }} => a list grows beyond
            {{ 10 ** 1000000000 }} => a whole number grows beyond
            {{ 'a'.center(10**10) }} => a text grows beyond
            {{ '%1000000000s' % 'a' }} => unsupported format character
            {{ '{:999999999}'.format('a') }} => a text grows beyond
            {% set ns = namespace(t='x') %}{% for i in range(99) %}{% set ns.t = ns.t + ns.t %}{% endfor %} => a text grows beyond
            {% set ns = namespace(t=[]) %}{% for i in range(99) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.t }} => a text grows beyond
            {% set ns = namespace(t=[]) %}{% for i in range(999) %}{% set ns.t = [ns.t] %}{% endfor %}{{ ns.t|tojson }} => nested more than 500 deep
            {% macro m() %}{{ m() }}{% endmacro %}{{ m() }} => calls are nested more than 150 deep
            {% for x in [1] recursive %}{{ loop([1]) }}{% endfor %} => calls are nested more than 150 deep
            {{ range(100000)|map('string')|join(range(100000)|join) }} => a text grows beyond
            {{ ('a' * 1000000).replace('a', 'b' * 1000000) }} => a text grows beyond
            {{ messages.__class__.x }} => has no attribute
            {{ messages.append(1) }} => is unsafe
            """)
    void whatGrowsWithoutBoundIsRefused(String template, String message) {
        assertThatExceptionOfType(JinjaException.class)
                .isThrownBy(() -> Template.parse(template).render(Map.of("messages", List.of())))
                .withMessageStartingWith("line 1: ")
                .withMessageContaining(message)
                .withMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource({"(, )", "[, ]", "{1: , }", "'not ', ''", "-, ''", "f(, )", "'1 if ', ''", "x|f(, )"})
    void deepTemplatesAreRefused(String open, String close) {
        String template = "{{ " + open.repeat(100_000) + "1" + close.repeat(100_000) + " }}";
        assertThatExceptionOfType(JinjaException.class)
                .isThrownBy(() -> Template.parse(template))
                .withMessageStartingWith("line 1: ");
    }

    @Test
    void deepBlocksAndLongChainsAreRefused() {
        for (String template : List.of(
                "{% if true %}".repeat(100_000),
                "{{ a" + ".b".repeat(100_000) + " }}",
                "{{ a" + "|e".repeat(100_000) + " }}")) {
            assertThatExceptionOfType(JinjaException.class)
                    .isThrownBy(() -> Template.parse(template))
                    .withMessageContaining("nested more than 200 deep");
        }
    }

    @Test
    void longTemplatesAreRendered() {
        String literal = "a\\n".repeat(50_000);
        assertThat(Template.parse("{{ '" + literal + "' }}").render(Map.of())).hasSize(100_000);
        assertThat(Template.parse("{{ 'a'" + " + 'a'".repeat(10_000) + " }}").render(Map.of()))
                .hasSize(10_001);
        assertThat(Template.parse("{% if x == 1 %}a" + "{% elif x == 2 %}b".repeat(10_000) + "{% endif %}")
                        .render(Map.of("x", 2)))
                .isEqualTo("b");
    }

    @Test
    void errorsNameTheLineOfTheTag() {
        assertThatExceptionOfType(JinjaException.class)
                .isThrownBy(() -> Template.parse("a\n{% if true %}\n\n{{ x.y }}{% endif %}")
                        .render(Map.of()))
                .withMessage("line 4: 'x' is undefined");
        assertThatExceptionOfType(JinjaException.class)
                .isThrownBy(() -> Template.parse("{% macro m() %}\n{% endmacro %}\n{{ m() + 1 }}")
                        .render(Map.of()))
                .withMessage("line 3: can only concatenate str (not \"int\") to str");
        assertThatExceptionOfType(JinjaException.class)
                .isThrownBy(() ->
                        Template.parse("{{ raise_exception('only users') }}").render(Map.of()))
                .matches(JinjaException::isRaisedByTemplate)
                .withMessage("only users");
    }

    @Test
    void valuesOfJavaBecomeThoseOfPython() {
        Map<String, @Nullable Object> variables = new HashMap<>();
        variables.put("values", Arrays.asList(1, 2L, 3.0f, null, true, new java.math.BigInteger("9".repeat(30))));
        assertThat(Template.parse("{{ values }}").render(variables))
                .isEqualTo("[1, 2, 3.0, None, True, " + "9".repeat(30) + "]");
    }

    @Test
    void aTemplateIsRenderedByManyThreads() {
        Template template =
                Template.parse("{% set ns = namespace(n=0) %}{% for x in range(n) %}{% set ns.n = ns.n + x %}"
                        + "{% endfor %}{{ ns.n }}");
        assertThat(IntStream.range(0, 500)
                        .parallel()
                        .mapToObj(n -> template.render(Map.of("n", n)))
                        .toList())
                .isEqualTo(IntStream.range(0, 500)
                        .mapToObj(n -> String.valueOf(n * (n - 1) / 2))
                        .toList());
    }
}
