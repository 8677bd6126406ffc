package org.betatron.data.row;

import java.util.AbstractList;
import java.util.BitSet;
import java.util.List;
import java.util.RandomAccess;

/// Some rows of a list, in its order, without a copy of them: four bytes a row. Unmodifiable.
final class SelectedRows<R> extends AbstractList<R> implements RandomAccess {

    private final List<R> rows;
    private final int[] indices;

    /// @param selected numbers of rows
    SelectedRows(List<R> rows, BitSet selected) {
        this.rows = rows;
        this.indices = selected.stream().toArray();
    }

    @Override
    public R get(int i) {
        return rows.get(indices[i]);
    }

    @Override
    public int size() {
        return indices.length;
    }
}
