package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.betatron.core.files.Directories;
import org.betatron.runs.place.HubPlaces;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged inputs of every kind: each is read as it is, or refused in clear lines. A part of it runs in the build;
/// `-Dbetatron.fuzz.inputs=10000 -Dbetatron.fuzz.seed=1` runs more, and writes a table and what went wrong to
/// `-Dbetatron.fuzz.out`.
class FuzzTest {

    private static final int INPUTS = Integer.getInteger("betatron.fuzz.inputs", 75);
    private static final long SEED = Long.getLong("betatron.fuzz.seed", 20261126);
    private static final String OUT = System.getProperty("betatron.fuzz.out", "");
    private static final String ONLY = System.getProperty("betatron.fuzz.only", "");

    /// Far beyond what any of the commands takes, on any machine: what is slower has no end.
    private static final long MINUTES = 3;

    /// Class names and characters that no terminal shows are of no use to a reader.
    private static final Pattern UNREADABLE = Pattern.compile(
            "\\b(java|jdk|tools|org|com|ai|sun)(\\.[a-z]\\w*)+\\.[A-Z]|[\\x00-\\x08\\x0b-\\x1f\\x7f]|Exception\\b|@[0-9a-f]{6}");

    private enum End {
        ACCEPTED,
        REFUSED,
        UNCLEAR,
        SILENT,
        CRASHED,
        HUNG
    }

    @TempDir
    private Path directory = Path.of("");

    @Test
    void damagedInputIsReadOrRefusedInOneClearLine() throws Exception {
        Map<String, Map<End, Integer>> table = new LinkedHashMap<>();
        List<String> wrong = new ArrayList<>();
        Path root = Files.createDirectory(directory.resolve("start"));
        List<FuzzTarget> targets = FuzzTarget.in(root).stream()
                .filter(target -> ONLY.isEmpty() || target.name().equals(ONLY))
                .toList();
        // Damage that nothing is known of is compared with what undamaged files lead to.
        Map<String, byte[]> expected = new LinkedHashMap<>();
        for (FuzzTarget target : targets) {
            Path copy = directory.resolve("undamaged-" + target.name());
            FuzzTarget.copy(target.around(), copy);
            Path first = copy.resolve(
                    target.around().relativize(target.files().getFirst()).toString());
            assertThat(invoke(target, first, copy)).as(target.name()).matches(invocation -> invocation.exitCode() == 0);
            if (!target.result().isEmpty()) {
                expected.put(target.name(), Files.readAllBytes(copy.resolve(target.result())));
            }
        }
        ExecutorService thread = Executors.newSingleThreadExecutor();
        for (int i = 0; i < INPUTS; i++) {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(SEED + i);
            FuzzTarget target = targets.get(i % targets.size());
            Path copy = directory.resolve("copy-" + i);
            FuzzTarget.copy(target.around(), copy);
            Path original = target.files().get(random.nextInt(target.files().size()));
            Path damaged = copy.resolve(target.around().relativize(original).toString());
            List<Mutation> ways = List.of(Mutation.values());
            Mutation mutation = ways.get(random.nextInt(ways.size()));
            Files.write(damaged, damage(target, mutation, Files.readAllBytes(original), random));
            note(i, target, mutation, damaged);

            Invocation invocation = new Invocation(-1, "", "");
            End end;
            try {
                invocation = thread.submit(() -> invoke(target, damaged, copy)).get(MINUTES, TimeUnit.MINUTES);
                end = judge(target, copy, invocation, expected.getOrDefault(target.name(), new byte[0]));
            } catch (ExecutionException e) {
                invocation = new Invocation(-1, "", String.valueOf(e.getCause()));
                end = End.CRASHED;
            } catch (TimeoutException e) {
                thread = Executors.newSingleThreadExecutor();
                end = End.HUNG;
            }
            table.computeIfAbsent(target.name(), _ -> new EnumMap<>(End.class)).merge(end, 1, Integer::sum);
            if (end != End.ACCEPTED && end != End.REFUSED) {
                wrong.add("%s: seed %d, %s of %s: %s"
                        .formatted(end, SEED + i, mutation, damaged.getFileName(), shortened(invocation.err())));
                keep(damaged, i);
            }
            Directories.delete(copy);
        }
        thread.shutdownNow();
        write(table, wrong);
        assertThat(wrong).isEmpty();
    }

    private static Invocation invoke(FuzzTarget target, Path damaged, Path copy) {
        return ScopedValue.where(HubPlaces.SETTINGS, StoredFuzzTargets.offline(copy))
                .call(() -> Invocation.of(target.command().arguments(damaged, copy)));
    }

    private static byte[] damage(FuzzTarget target, Mutation mutation, byte[] file, RandomGenerator random) {
        int head = target.head().apply(file);
        byte[] mutated = mutation.of(Arrays.copyOf(file, head), random);
        byte[] all = Arrays.copyOf(mutated, mutated.length + file.length - head);
        System.arraycopy(file, head, all, mutated.length, file.length - head);
        return all;
    }

    private static End judge(FuzzTarget target, Path copy, Invocation invocation, byte[] expected) throws IOException {
        if (invocation.exitCode() == 0) {
            return target.result().isEmpty()
                            || Arrays.equals(Files.readAllBytes(copy.resolve(target.result())), expected)
                    ? End.ACCEPTED
                    : End.SILENT;
        }
        String said = invocation.err();
        boolean isClear = said.startsWith("betatron: ")
                && !said.contains("unexpected;")
                && said.length() < 4000
                // Problems of recipes and rows are listed, a line each.
                && said.lines().skip(1).allMatch(line -> line.startsWith("  ") || line.startsWith("See: betatron "))
                && !UNREADABLE.matcher(said.replace("\n", "")).find();
        return isClear ? End.REFUSED : End.UNCLEAR;
    }

    private static String shortened(String text) {
        String line = text.strip().replace('\n', ' ');
        return line.length() > 300 ? line.substring(0, 300) + " ..." : line;
    }

    /// What was tried last is known even if it ends the process.
    private static void note(int number, FuzzTarget target, Mutation mutation, Path damaged) throws IOException {
        if (!OUT.isEmpty()) {
            Path out = Files.createDirectories(Path.of(OUT));
            Files.copy(damaged, out.resolve("last"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(
                    out.resolve("last.txt"), number + " " + target.name() + " " + mutation + " " + damaged + "\n");
        }
    }

    private static void keep(Path damaged, int number) throws IOException {
        if (!OUT.isEmpty()) {
            Files.copy(
                    damaged,
                    Path.of(OUT).resolve((SEED + number) + "-" + damaged.getFileName()),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void write(Map<String, Map<End, Integer>> table, List<String> wrong) throws IOException {
        if (OUT.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add("| input | "
                + Arrays.stream(End.values())
                        .map(end -> end.name().toLowerCase(java.util.Locale.ROOT))
                        .collect(Collectors.joining(" | "))
                + " |");
        lines.add("|---" + "|---".repeat(End.values().length) + "|");
        table.forEach((name, ends) -> lines.add("| " + name + " | "
                + Arrays.stream(End.values())
                        .map(end -> String.valueOf(ends.getOrDefault(end, 0)))
                        .collect(Collectors.joining(" | "))
                + " |"));
        lines.add("");
        lines.addAll(wrong);
        Files.write(Path.of(OUT).resolve("table.md"), lines);
    }
}
