package org.betatron.data;

/// A row that was read but not kept.
///
/// @param id     see [TokenizedRow#id]
/// @param where  `file:line`
/// @param reason why
public record DroppedRow(String id, String where, DropReason reason) {}
