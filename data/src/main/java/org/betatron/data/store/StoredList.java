package org.betatron.data.store;

import java.lang.foreign.MemorySegment;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/// A list whose elements lie in a temporary file that is mapped into memory: the heap holds nothing
/// of them, whatever their number. Every access makes a new object.
///
/// Unmodifiable and thread-safe. Needs no closing, see [ScratchFile].
public final class StoredList<T> extends AbstractList<T> implements RandomAccess {

    private final Form<T> form;
    private final MemorySegment values;
    private final MemorySegment index;

    private StoredList(Form<T> form, MemorySegment values, MemorySegment index) {
        this.form = form;
        this.values = values;
        this.index = index;
    }

    /// How an element is written.
    public interface Form<T> {

        void write(T value, ScratchFile out);

        /// @param in stands where the element begins
        T read(ScratchReader in);
    }

    /// Writes a list from its beginning to its end. Not thread-safe.
    public static final class Writer<T> implements AutoCloseable {

        private final Form<T> form;
        private final ScratchFile values;
        private final ScratchFile index;
        private int size;

        /// @throws org.betatron.data.DataException if no temporary file can be made
        public Writer(Form<T> form) {
            this.form = form;
            this.values = ScratchFile.create();
            this.index = ScratchFile.create();
        }

        /// @throws org.betatron.data.DataException if the disk is full
        public void add(T value) {
            index.putLong(values.length());
            form.write(value, values);
            size = Math.incrementExact(size);
        }

        public int size() {
            return size;
        }

        /// Ends writing.
        ///
        /// @throws org.betatron.data.DataException if the disk is full
        public StoredList<T> finish() {
            return new StoredList<>(form, values.finish(), index.finish());
        }

        /// Gives the space back, unless the list was finished.
        @Override
        public void close() {
            values.close();
            index.close();
        }
    }

    @Override
    public T get(int i) {
        Objects.checkIndex(i, size());
        return form.read(new ScratchReader(values, index.get(ScratchFile.LONG, (long) Long.BYTES * i)));
    }

    @Override
    public int size() {
        return (int) (index.byteSize() / Long.BYTES);
    }
}
