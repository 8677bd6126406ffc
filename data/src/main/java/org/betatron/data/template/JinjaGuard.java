package org.betatron.data.template;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Refuses constructs that Jinjava would pass over without an error and so render to a wrong text.
/// Sees the tags of one template in order; usable once.
final class JinjaGuard {

    private static final Pattern STATEMENT = Pattern.compile("\\{%\\s*(\\w+).*", Pattern.DOTALL);

    private static final Set<String> STATEMENTS = Set.of(
            "for",
            "endfor",
            "if",
            "elif",
            "else",
            "endif",
            "set",
            "endset",
            "macro",
            "endmacro",
            "call",
            "endcall",
            "break",
            "continue",
            "generation",
            "endgeneration");

    /// `for x in xs if condition`, unless it is part of `a if b else c`.
    private static final Pattern FILTERED_LOOP =
            Pattern.compile("\\{%\\s*for\\b(?!.*\\belse\\b).*\\bif\\b.*", Pattern.DOTALL);

    private static final Pattern FILTER = Pattern.compile("\\|\\s*([A-Za-z_]\\w*)");
    private static final Pattern TEST = Pattern.compile("\\bis\\s+(?:not\\s+)?([A-Za-z_]\\w*)");

    private final Predicate<String> hasFilter;
    private final Predicate<String> hasTest;
    private final Deque<String> openBlocks = new ArrayDeque<>();

    JinjaGuard(Predicate<String> hasFilter, Predicate<String> hasTest) {
        this.hasFilter = hasFilter;
        this.hasTest = hasTest;
    }

    /// @param code a tag whose string literals are hidden
    /// @param show puts the literals back, for messages
    /// @throws IllegalArgumentException if the tag is refused
    void check(String code, UnaryOperator<String> show) {
        Matcher statement = STATEMENT.matcher(code);
        if (statement.matches()) {
            checkStatement(statement.group(1));
        }
        if (FILTERED_LOOP.matcher(code).matches()) {
            throw new IllegalArgumentException("loops with a condition are not supported: " + show.apply(code));
        }
        requireKnown(FILTER.matcher(code), hasFilter, "filter");
        requireKnown(TEST.matcher(code), hasTest, "test");
    }

    private void checkStatement(String name) {
        if (!STATEMENTS.contains(name)) {
            throw new IllegalArgumentException("the statement '" + name + "' is not supported");
        }
        switch (name) {
            case "for", "if" -> openBlocks.push(name);
            case "endfor", "endif" -> openBlocks.poll();
            case "else" -> {
                if ("for".equals(openBlocks.peek())) {
                    throw new IllegalArgumentException("'else' of a loop is not supported");
                }
            }
            default -> {}
        }
    }

    private static void requireKnown(Matcher names, Predicate<String> isKnown, String what) {
        while (names.find()) {
            if (!isKnown.test(names.group(1))) {
                throw new IllegalArgumentException("there is no " + what + " '" + names.group(1) + "'");
            }
        }
    }
}
