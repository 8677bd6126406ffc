package org.betatron.data.row;

/// A row that was read but not kept.
///
/// @param id     see [TokenizedRow#id]
/// @param place  where it was read
/// @param reason why
public record DroppedRow(String id, RowPlace place, DropReason reason) {}
