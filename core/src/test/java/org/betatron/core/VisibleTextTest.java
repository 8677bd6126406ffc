package org.betatron.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VisibleTextTest {

    /// Overrides and isolates of direction, no width, soft hyphen, byte order mark, separators,
    /// fillers, controls.
    @ParameterizedTest
    @ValueSource(
            ints = {
                0x202E, 0x202D, 0x2066, 0x2069, 0x200E, 0x200F, 0x061C, 0x200B, 0x200C, 0x200D, 0x2060, 0x00AD, 0xFEFF,
                0x2028, 0x2029, 0x3164, 0x115F, 0x034F, 0xFE0F, 0x00, 0x1B, 0x07, 0x0D, 0x7F, 0x9B, 0xD800, 0xDC00
            })
    void whatHasNoShapeIsNamed(int c) {
        assertThat(VisibleText.of("ab" + new String(Character.toChars(c)) + "c"))
                .isEqualTo("ab\\u%04xc".formatted(c));
    }

    @Test
    void tagsAreNamedByTheirHalves() {
        assertThat(VisibleText.of("a\udb40\udc41")).isEqualTo("a\\udb40\\udc41");
        assertThat(VisibleText.of("é\u200d\u200d")).isEqualTo("é\u200d\\u200d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain\ttext\nof two lines",
                "Grüße, 你好, שלום, مرحبا",
                "می\u200cخواهم",
                "क्\u200dष",
                "👩\u200d👩\u200d👧 ❤\ufe0f\u200d🔥",
                "\\u202e"
            })
    void whatPeopleWriteStays(String text) {
        assertThat(VisibleText.of(text)).isEqualTo(text);
    }
}
