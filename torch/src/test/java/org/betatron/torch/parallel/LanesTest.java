package org.betatron.torch.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.betatron.torch.device.NativeLibraries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LanesTest {

    @Test
    @Timeout(60)
    void partsRunAtTheSameTime() {
        CyclicBarrier all = new CyclicBarrier(3);
        List<Integer> results = Lanes.of(3)
                .collect(
                        3,
                        part -> {
                            try {
                                all.await(30, TimeUnit.SECONDS);
                            } catch (Exception e) {
                                throw new IllegalStateException("a part ran alone", e);
                            }
                            return 10 * part;
                        },
                        _ -> {});
        assertThat(results).containsExactly(0, 10, 20);
    }

    @Test
    void eachLaneHasItsShareOfTheThreadsAndTheCallerKeepsItsOwn() {
        int before = NativeLibraries.threads();
        NativeLibraries.setThreads(6);
        try {
            List<Integer> threads = Lanes.of(3).collect(3, _ -> NativeLibraries.threads(), _ -> {});
            assertThat(threads).containsOnly(2);
            assertThat(NativeLibraries.threads()).isEqualTo(6);
        } finally {
            NativeLibraries.setThreads(before);
        }
    }

    @Test
    void automaticLanesDivideTheThreads() {
        assertThat(MklThreads.canBeSet()).as("MKL is what multiplies").isTrue();
        assertThat(List.of(1, 2, 3, 4, 5, 6, 8, 9, 14, 64))
                .map(Lanes::automatic)
                .containsExactly(1, 2, 3, 4, 1, 3, 4, 3, 2, 4);
    }

    @Test
    void failureOfAPartIsThrownAfterAllHaveEndedAndTakesResultsBack() {
        List<Integer> released = new ArrayList<>();
        assertThatThrownBy(() -> Lanes.of(3)
                        .collect(
                                3,
                                part -> {
                                    if (part == 1) {
                                        throw new IllegalStateException("part 1 broke");
                                    }
                                    return part;
                                },
                                released::add))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("part 1 broke");
        assertThat(released).containsExactly(0, 2);
    }

    /// Parts that arrive in any order change a shared thing in their own; one that breaks off lets the others go on.
    @Test
    @Timeout(60)
    void turnsKeepTheOrderOfParts() {
        for (int round = 0; round < 200; round++) {
            Turns turns = new Turns(2);
            List<String> log = Collections.synchronizedList(new ArrayList<>());
            int broken = round % 4;
            Lanes.of(3).run(3, part -> {
                try {
                    turns.take(part, 0, () -> log.add("a" + part));
                    if (part != broken) {
                        turns.take(part, 1, () -> log.add("b" + part));
                    }
                } finally {
                    turns.leave(part);
                }
            });
            assertThat(log.stream().filter(entry -> entry.startsWith("a"))).containsExactly("a0", "a1", "a2");
            assertThat(log.stream().filter(entry -> entry.startsWith("b")))
                    .isSorted()
                    .hasSize(broken < 3 ? 2 : 3);
        }
    }
}
