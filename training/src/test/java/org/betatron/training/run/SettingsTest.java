package org.betatron.training.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private static final Settings GIVEN =
            new Settings(Map.of("model", "start", "lanes", "0"), Map.of("model", "", "lanes", "0"));

    @Test
    void settingThatDidNotExistCountsAsItsDefault() {
        assertThat(GIVEN.differencesFrom(Map.of("model", "start"))).isEmpty();
        assertThat(new Settings(Map.of("lanes", "4"), GIVEN.defaults()).differencesFrom(Map.of()))
                .containsExactly("lanes was not set and is 4");
        assertThat(Settings.NONE.with("rows", "auto").differencesFrom(Map.of()))
                .containsExactly("rows was not set and is auto");
    }

    @Test
    void whatWasRecordedMustBeTheSameEvenIfItIsTheDefaultNow() {
        assertThat(GIVEN.differencesFrom(Map.of("model", "start", "lanes", "2")))
                .containsExactly("lanes was 2 and is 0");
        assertThat(GIVEN.differencesFrom(Map.of("model", ""))).containsExactly("model was empty and is start");
    }

    @Test
    void settingThatIsGoneIsNamed() {
        assertThat(GIVEN.differencesFrom(Map.of("model", "start", "warmth", "3")))
                .containsExactly("warmth was 3, and is not a setting of this version here");
    }
}
