package org.betatron.data.columnar;

import dev.hardwood.metadata.ColumnMetaData;
import dev.hardwood.metadata.CompressionCodec;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.betatron.data.DataException;

/// Looks at the headers of a column's pages before any page is unpacked: what they claim decides
/// how much memory is taken.
///
/// Source: `PageHeader` in `parquet.thrift` of Apache Parquet.
final class ParquetPages {

    /// Largest page unpacked. Writers aim at 1 MiB; a page holds one row at least, of which a line
    /// of JSON has 32.
    private static final long MAX_PAGE_BYTES = 1 << 28;

    /// Most values of a page. Writers aim at 20,000; a million of nulls takes a few bytes.
    private static final long MAX_PAGE_VALUES = 1 << 24;

    /// More than gzip, snappy and lz4 can unpack a byte to.
    private static final long MAX_RATIO = 1100;

    private static final int HEADER_BYTES = 1 << 12;

    private static final int MAX_HEADER_BYTES = 1 << 24;

    private final Path file;
    private final FileChannel channel;
    private final ColumnMetaData column;

    private ParquetPages(Path file, FileChannel channel, ColumnMetaData column) {
        this.file = file;
        this.channel = channel;
        this.column = column;
    }

    /// A page's header.
    private static final class Header {
        long unpacked;
        long packed = -1;
        long values;
        long levels;
        boolean isPacked = true;
        int bytes;
    }

    /// @param from where the column's first page begins
    /// @throws org.betatron.data.DataException if pages do not lie within the column, or claim what
    ///     cannot be
    static void check(Path file, FileChannel channel, ColumnMetaData column, long from) throws IOException {
        new ParquetPages(file, channel, column).check(from, from + column.totalCompressedSize());
    }

    private void check(long from, long end) throws IOException {
        long position = from;
        while (position < end) {
            Header header = header(position, end);
            position += header.bytes;
            require(
                    header.packed >= 0 && header.packed <= end - position,
                    "a page claims " + header.packed + " bytes of " + (end - position));
            require(
                    header.unpacked >= 0 && header.unpacked <= most(header.packed),
                    "a page of " + header.packed + " bytes claims " + header.unpacked + " unpacked");
            require(
                    header.values >= 0 && header.values <= MAX_PAGE_VALUES,
                    "a page claims " + header.values + " values");
            if (column.codec() == CompressionCodec.SNAPPY && header.isPacked) {
                checkSnappy(header, position);
            }
            position += header.packed;
        }
    }

    /// The native library writes as many bytes as the packed data themselves say, whatever room there is.
    private void checkSnappy(Header header, long position) throws IOException {
        long room = header.unpacked - header.levels;
        require(header.levels >= 0 && header.levels <= header.packed && room >= 0, "a page claims levels beyond it");
        ByteBuffer start = ByteBuffer.allocate((int) Math.min(5, header.packed - header.levels));
        while (start.hasRemaining() && channel.read(start, position + header.levels + start.position()) >= 0) {
            // Until it is full.
        }
        start.flip();
        long claimed = 0;
        boolean more = start.hasRemaining();
        for (int shift = 0; more; shift += 7) {
            require(start.hasRemaining(), "a page's packed data do not say how long they are");
            int next = start.get();
            claimed |= (long) (next & 0x7f) << shift;
            more = next < 0;
        }
        require(claimed == room, "a page of " + room + " bytes unpacked claims " + claimed + " where it is packed");
    }

    private long most(long packed) {
        return column.codec() == CompressionCodec.UNCOMPRESSED
                ? packed
                : column.codec() == CompressionCodec.ZSTD
                        ? MAX_PAGE_BYTES
                        : Math.min(MAX_PAGE_BYTES, packed * MAX_RATIO + HEADER_BYTES);
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw ParquetFooter.damaged(file, what + ", in column " + column.pathInSchema());
        }
    }

    /// Statistics may make a header long; it is read in ever larger pieces.
    private Header header(long position, long end) throws IOException {
        for (int size = HEADER_BYTES; ; size *= 16) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(size, end - position));
            while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {
                // Until it is full.
            }
            bytes.flip();
            try {
                return parse(bytes);
            } catch (BufferUnderflowException e) {
                require(size < MAX_HEADER_BYTES && size < end - position, "a page's header does not end");
            } catch (DataException e) {
                throw ParquetFooter.damaged(file, "a page's header is not what it should be, " + e.getMessage());
            }
        }
    }

    private static Header parse(ByteBuffer bytes) {
        ThriftReader in = new ThriftReader(bytes);
        Header header = new Header();
        in.struct((id, type) -> {
            switch (id) {
                case 2 -> header.unpacked = in.whole(type);
                case 3 -> header.packed = in.whole(type);
                // Pages of data, of a dictionary, and of data in the second form: the first field is the count.
                case 5, 7, 8 ->
                    in.struct((inner, innerType) -> {
                        if (inner == 1) {
                            header.values = in.whole(innerType);
                        } else if (id == 8 && (inner == 5 || inner == 6)) {
                            header.levels += in.whole(innerType);
                        } else if (id == 8 && inner == 7) {
                            header.isPacked = innerType == ThriftReader.TRUE;
                        } else {
                            in.skip(innerType);
                        }
                    });
                default -> in.skip(type);
            }
        });
        header.bytes = bytes.position();
        return header;
    }
}
