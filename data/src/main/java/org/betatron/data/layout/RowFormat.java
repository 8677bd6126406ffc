package org.betatron.data.layout;

import java.nio.file.Path;
import org.betatron.data.source.JsonRow;

/// Layouts of the files of one kind of row.
///
/// @param <T> the kind of row as text
public interface RowFormat<T> {

    /// @param first a row of a file
    /// @return how rows like it are read
    /// @throws org.betatron.data.DataException if its layout is not known
    RowReader.Parser<T> parser(JsonRow first);

    /// Opens a file of this format, read by the usual rules.
    ///
    /// @throws org.betatron.data.DataException if the file cannot be read, has no rows, or its format is not
    ///     recognised
    default RowReader<T> open(Path file) {
        return RowReader.open(file, this, RowRules.DEFAULT);
    }
}
