package org.betatron.data.source;

import java.nio.file.Path;
import org.betatron.data.row.SourceRow;

/// Layouts of the files of one kind of row.
///
/// @param <T> the kind of row as text
public interface RowFormat<T extends SourceRow<?>> {

    /// Opens a file of this format.
    ///
    /// @throws org.betatron.data.DataException if the file cannot be read, has no rows, or its format is not
    ///     recognised
    RowReader<T> open(Path file);
}
