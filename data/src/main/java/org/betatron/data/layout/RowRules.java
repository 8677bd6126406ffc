package org.betatron.data.layout;

import java.io.Serializable;
import java.util.Collection;
import java.util.Set;
import org.betatron.data.source.FieldMap;

/// How the rows of files are read beside their format.
///
/// @param fields   where they have the fields of their layout
/// @param onBadRow what becomes of rows that cannot be read
/// @param ignored  fields that do not matter, whatever their names mean
/// @param columns  outermost fields that are read, as if the files had no others; empty for all
public record RowRules(FieldMap fields, OnBadRow onBadRow, Set<String> ignored, Set<String> columns)
        implements Serializable {

    /// Usual names; one row that cannot be read is too many.
    public static final RowRules DEFAULT = new RowRules(FieldMap.NONE, OnBadRow.REFUSE, Set.of(), Set.of());

    /// What becomes of rows that cannot be read.
    public enum OnBadRow {
        /// The files are not used; all such rows are named, up to a limit.
        REFUSE,
        /// They are left out and counted.
        DROP
    }

    public RowRules {
        ignored = Set.copyOf(ignored);
        columns = Set.copyOf(columns);
    }

    /// @param newColumns outermost fields that are read; empty for all
    /// @return the same rules for some of the fields
    public RowRules withColumns(Collection<String> newColumns) {
        return new RowRules(fields, onBadRow, ignored, Set.copyOf(newColumns));
    }
}
