package org.betatron.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// Ways in which a file goes wrong: at random, the same for the same generator.
enum Mutation {
    FLIP {
        @Override
        byte[] of(byte[] file, RandomGenerator random) {
            byte[] result = file.clone();
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count && result.length > 0; i++) {
                result[random.nextInt(result.length)] ^= (byte) (1 << random.nextInt(8));
            }
            return result;
        }
    },
    CUT {
        @Override
        byte[] of(byte[] file, RandomGenerator random) {
            return java.util.Arrays.copyOf(file, random.nextInt(file.length + 1));
        }
    },
    DELETE {
        @Override
        byte[] of(byte[] file, RandomGenerator random) {
            int from = random.nextInt(file.length + 1);
            int to = Math.min(file.length, from + 1 + random.nextInt(40));
            return joined(file, from, new byte[0], to);
        }
    },
    REPEAT {
        @Override
        byte[] of(byte[] file, RandomGenerator random) {
            int from = random.nextInt(file.length + 1);
            int to = Math.min(file.length, from + 1 + random.nextInt(200));
            return joined(file, to, java.util.Arrays.copyOfRange(file, from, to), to);
        }
    },
    INSERT {
        @Override
        byte[] of(byte[] file, RandomGenerator random) {
            byte[] bytes = new byte[1 + random.nextInt(8)];
            random.nextBytes(bytes);
            int at = random.nextInt(file.length + 1);
            return joined(file, at, bytes, at);
        }
    },
    /// A number becomes one that nobody expects.
    NUMBER {
        @Override
        byte[] of(byte[] file, RandomGenerator random) {
            return replaced(file, random, NUMBERS, EXTREMES);
        }
    },
    /// A value becomes one of another kind.
    VALUE {
        @Override
        byte[] of(byte[] file, RandomGenerator random) {
            return replaced(file, random, VALUES, KINDS);
        }
    },
    /// A text gets a name that another one has, or loses its own.
    TEXT {
        @Override
        byte[] of(byte[] file, RandomGenerator random) {
            String text = new String(file, StandardCharsets.ISO_8859_1);
            List<String> found =
                    TEXTS.matcher(text).results().map(m -> m.group()).distinct().toList();
            if (found.isEmpty()) {
                return FLIP.of(file, random);
            }
            return replaced(file, random, TEXTS, found);
        }
    },
    DEPTH {
        @Override
        byte[] of(byte[] file, RandomGenerator random) {
            String open = random.nextBoolean() ? "[" : "{\"a\":";
            byte[] nested = open.repeat(1 + random.nextInt(100_000)).getBytes(StandardCharsets.ISO_8859_1);
            String text = new String(file, StandardCharsets.ISO_8859_1);
            List<Integer> values =
                    VALUES.matcher(text).results().map(m -> m.start()).toList();
            int at = values.isEmpty() ? 0 : values.get(random.nextInt(values.size()));
            return joined(file, at, nested, at);
        }
    };

    private static final Pattern NUMBERS = Pattern.compile("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");
    private static final Pattern TEXTS = Pattern.compile("\"[^\"\\\\\\n]{0,60}\"|\\b[a-z_]{2,30}\\b");
    private static final Pattern VALUES =
            Pattern.compile("(?<=[:,\\[] ?)(\"[^\"\\n]{0,80}\"|-?\\d[\\d.e+-]*|true|false|null)");
    private static final List<String> EXTREMES = List.of(
            "-1",
            "0",
            "1",
            "2147483647",
            "2147483648",
            "-9223372036854775808",
            "9223372036854775808",
            "1e309",
            "NaN",
            "0.5",
            "1e-320",
            "99999999999999999999999999",
            "7");
    private static final List<String> KINDS = List.of(
            "null",
            "[]",
            "{}",
            "\"\"",
            "true",
            "-1",
            "1.5",
            "[null]",
            "{\"a\":[1]}",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"" + "x".repeat(3000) + "\"");

    /// @return the file as it has gone wrong
    abstract byte[] of(byte[] file, RandomGenerator random);

    private static byte[] replaced(byte[] file, RandomGenerator random, Pattern what, List<String> by) {
        // Every byte is one character, so that places in text and file are the same.
        String text = new String(file, StandardCharsets.ISO_8859_1);
        List<int[]> places = what.matcher(text)
                .results()
                .map(m -> new int[] {m.start(), m.end()})
                .toList();
        if (places.isEmpty()) {
            return FLIP.of(file, random);
        }
        int[] place = places.get(random.nextInt(places.size()));
        byte[] value = by.get(random.nextInt(by.size())).getBytes(StandardCharsets.ISO_8859_1);
        return joined(file, place[0], value, place[1]);
    }

    private static byte[] joined(byte[] file, int end, byte[] middle, int start) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, end);
        out.writeBytes(middle);
        out.write(file, start, file.length - start);
        return out.toByteArray();
    }
}
