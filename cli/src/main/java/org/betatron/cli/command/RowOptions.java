package org.betatron.cli.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.betatron.data.layout.RowRules;
import org.betatron.data.layout.RowRules.OnBadRow;
import org.betatron.runs.recipe.FieldsSection;
import picocli.CommandLine.Option;

/// How rows are read by commands without a recipe: what `data.fields` and `data.onBadRow` say in one.
final class RowOptions {

    @Option(
            names = "--field",
            paramLabel = "NAME=PATH",
            description = "Where the files have a field of their layout, as data.fields of a recipe; may be repeated.")
    private Map<String, String> fields = Map.of();

    @Option(
            names = "--columns",
            split = ",",
            paramLabel = "NAME",
            description = "Fields or columns to read, as if there were no others, as data.columns of a recipe.")
    private List<String> columns = List.of();

    @Option(
            names = "--on-bad-row",
            paramLabel = "HOW",
            description = "What becomes of rows that cannot be read: refuse (default) or drop.")
    private OnBadRow onBadRow = OnBadRow.REFUSE;

    /// @throws IllegalArgumentException if there is no such field
    RowRules rules() {
        Map<String, String> paths = new HashMap<>(fields);
        String ignore = paths.remove("ignore");
        List<String> ignored = ignore == null ? List.of() : List.of(ignore.split(",", -1));
        return FieldsSection.of(paths, ignored).rules(onBadRow).withColumns(columns);
    }
}
