package org.betatron.runs.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.betatron.data.layout.RowRules;
import org.betatron.data.layout.RowRules.OnBadRow;
import org.betatron.data.row.Truncation;
import org.betatron.data.transform.TransformSpec;
import org.betatron.runs.place.DataPlace;

/// Which rows a run learns from, and which it is measured on.
///
/// @param files      training files, in order; directories, patterns and data sets on the hub stand
///     for theirs
/// @param format     layout of the files, a constant of `PreferenceFormat` or `TextFormat`
/// @param evaluation files to measure on; if there are none, `heldOut` rows are taken from the
///     training files
/// @param heldOut    rows kept from training to measure on: a share below 1, or a count; 0 for
///     none; used without evaluation files
/// @param truncation limits of every row
/// @param transforms what is done to training rows before anything is learned from them, in order;
///     nothing is done to rows to measure on
/// @param fields     where the files have the fields of their layout, if not under the usual names
/// @param onBadRow   what becomes of rows that cannot be read
/// @param columns    outermost fields that are read, as if the files had no others; none for all
/// @param batches    which rows come together in a batch; texts are not grouped
public record DataSection<F extends Enum<F>>(
        List<String> files,
        F format,
        List<String> evaluation,
        double heldOut,
        Truncation truncation,
        List<TransformSpec> transforms,
        FieldsSection fields,
        OnBadRow onBadRow,
        List<String> columns,
        BatchGrouping batches) {

    /// The published code of DPO cuts to 512 tokens, prompts to 256.
    public static final Truncation TRUNCATION = Truncation.to(512, 256);

    /// Every twentieth row; ours.
    public static final double HELD_OUT = 0.05;

    /// No files, any format, rows as they are.
    ///
    /// @param auto the format that is detected
    public static <F extends Enum<F>> DataSection<F> defaults(F auto) {
        return new DataSection<>(
                List.of(),
                auto,
                List.of(),
                HELD_OUT,
                TRUNCATION,
                List.of(),
                FieldsSection.NONE,
                OnBadRow.REFUSE,
                List.of(),
                BatchGrouping.SHUFFLED);
    }

    public DataSection {
        if (!(heldOut >= 0 && heldOut < Integer.MAX_VALUE)) {
            throw new IllegalArgumentException("heldOut must be a share below 1 or a count but was " + heldOut);
        }
        if (heldOut > 1 && heldOut != Math.rint(heldOut)) {
            throw new IllegalArgumentException("heldOut must be a whole number if it is a count but was " + heldOut);
        }
        columns = List.copyOf(columns);
    }

    /// @return the training files, each of its own
    /// @throws org.betatron.data.DataException if a directory or pattern stands for none
    public List<Path> paths() {
        return files.stream().flatMap(name -> DataPlace.files(name).stream()).toList();
    }

    /// @return the files to measure on, each of its own
    /// @throws org.betatron.data.DataException if a directory or pattern stands for none
    public List<Path> evaluationPaths() {
        return evaluation.stream()
                .flatMap(name -> DataPlace.measured(name).stream())
                .toList();
    }

    /// @return how rows are read beside their format
    public RowRules rules() {
        return fields.rules(onBadRow).withColumns(columns);
    }

    /// @return the same files, whose fields are found elsewhere
    public DataSection<F> withFields(FieldsSection newFields) {
        return new DataSection<>(
                files, format, evaluation, heldOut, truncation, transforms, newFields, onBadRow, columns, batches);
    }

    /// @param newColumns outermost fields that are read; none for all
    /// @return the same files, of which these columns are read
    public DataSection<F> withColumns(String... newColumns) {
        return new DataSection<>(
                files,
                format,
                evaluation,
                heldOut,
                truncation,
                transforms,
                fields,
                onBadRow,
                List.of(newColumns),
                batches);
    }

    /// @return the same files, with another way to treat rows that cannot be read
    public DataSection<F> withOnBadRow(OnBadRow newOnBadRow) {
        return new DataSection<>(
                files, format, evaluation, heldOut, truncation, transforms, fields, newOnBadRow, columns, batches);
    }

    /// @param numRows rows of the training files
    /// @return how many of them are held out
    public int numHeldOut(int numRows) {
        return (int) (heldOut < 1 ? Math.ceil(heldOut * numRows) : heldOut);
    }

    /// @return the same choice of other training files
    public DataSection<F> withFiles(Path... newFiles) {
        return new DataSection<>(
                texts(newFiles),
                format,
                evaluation,
                heldOut,
                truncation,
                transforms,
                fields,
                onBadRow,
                columns,
                batches);
    }

    /// @return the same rows, measured on those of these files
    public DataSection<F> withEvaluation(Path... newEvaluation) {
        return new DataSection<>(
                files,
                format,
                texts(newEvaluation),
                heldOut,
                truncation,
                transforms,
                fields,
                onBadRow,
                columns,
                batches);
    }

    /// @param newHeldOut a share below 1, or a count
    /// @return the same rows, with so many of them kept to measure on
    public DataSection<F> withHeldOut(double newHeldOut) {
        return new DataSection<>(
                files, format, evaluation, newHeldOut, truncation, transforms, fields, onBadRow, columns, batches);
    }

    private static List<String> texts(Path[] paths) {
        return Stream.of(paths).map(Path::toString).toList();
    }
}
