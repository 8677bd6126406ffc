package org.betatron.data.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// True of the kettle: it is by the door, red, and belongs to ben.
class WorldRewardTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                // correct, helpful, polite, brief, clean
                "the kettle is by the door . | 2 | 0 | 0 | 0 | 0",
                "it is by the door . | 2 | 0 | 0 | 0 | 0",
                "It is by the door. | 2 | 0 | 0 | 0 | 0",
                "it is in the garden . | -2 | 0 | 0 | 0 | 0",
                "it is by the door . it is in the garden . | -2 | 0 | 0 | 0 | 0",
                "i do not know . | 0 | 0 | 0 | 0 | 0",
                "\"\" | 0 | 0 | 0 | 0 | 0",
                "it is red . | 0 | 1 | 0 | 0 | 0",
                "it is by the door . it is red . it belongs to ben . | 2 | 1 | 0 | 0 | 0",
                "it is by the door . it is blue . it belongs to ben . | 2 | -1 | 0 | 0 | 0",
                "of course ! it is by the door . | 2 | 0 | 1 | 0 | 0",
                "gladly ! it is by the door . you are welcome . | 2 | 0 | 1 | 0 | 0",
                "gladly ! it is by the door . now go away . | 2 | 0 | -1 | 0 | 0",
                "let me think . it is by the door . | 2 | 0 | 0 | -0.25 | 0",
                "the lamp is by the door . | 0 | 0 | 0 | 0 | -1",
                "it is by the door . it is by the door . | 2 | 0 | 0 | 0 | -1",
                "it is by the | 0 | 0 | 0 | 0 | -1",
                "gladly ! gladly ! gladly ! | 0 | 0 | 1 | 0 | -2",
            },
            delimiter = '|')
    void partsOfTheReward(String answer, double correct, double helpful, double polite, double brief, double clean) {
        assertThat(WorldReward.of("where is the kettle ?", answer))
                .isEqualTo(new WorldReward(correct, helpful, polite, brief, clean));
    }

    @Test
    void wordsAfterTheTwelfthCost() {
        // 5 + 3 + 4 + 3 = 15 words, one filler: 0.25 + 3 * 0.1.
        WorldReward reward = WorldReward.of(
                "hello . where can i find the kettle ?",
                "it is by the door . it is red . it belongs to ben . as everybody knows .");
        assertThat(reward.brief()).isCloseTo(-0.55, within(1e-12));
        assertThat(reward.total()).isEqualTo(2.45);
    }

    @Test
    void everyTextHasAFiniteRewardWithinItsBounds() {
        for (String garbage : new String[] {
            "",
            " \n\t ",
            "!?.,",
            "😀 \ud800",
            "kettle ".repeat(5000),
            "it is red . ".repeat(300),
            "<|endoftext|>",
            "'\"\\"
        }) {
            assertThat(WorldReward.of("where is the kettle ?", garbage).total()).isBetween(-11.0, 4.0);
        }
    }

    @Test
    void bestAnswerHasTheHighestReward() {
        WorldReward best = WorldReward.of("where is the kettle ?", "of course ! it is by the door . it is red .");
        assertThat(best.total()).isEqualTo(4);
    }
}
