package org.betatron.data.packing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;

/// What a model says about a share of a batch, as bytes for those who have the other shares. They
/// know which rows it is of, and how these are packed, so nothing but the numbers is said.
///
/// ```text
/// int     number of quantities
///         for each its name: int length, then UTF-8, in the order of the alphabet
/// float   part after part, quantity after quantity: one number per response token of the packed
/// batch
/// ```
final class NumbersFormat {

    private NumbersFormat() {}

    static byte[] write(List<ScoredRows> parts) {
        Set<TokenQuantity> quantities = new TreeSet<>((a, b) -> a.name().compareTo(b.name()));
        parts.forEach(part -> quantities.addAll(part.numbers().all().keySet()));
        List<byte[]> names = quantities.stream()
                .map(quantity -> quantity.name().getBytes(StandardCharsets.UTF_8))
                .toList();
        int size = Integer.BYTES
                + names.stream().mapToInt(name -> Integer.BYTES + name.length).sum();
        for (ScoredRows part : parts) {
            size += Float.BYTES * quantities.size() * part.numbers().batch().numResponseTokens();
        }
        ByteBuffer bytes = ByteBuffer.allocate(size).putInt(names.size());
        names.forEach(name -> bytes.putInt(name.length).put(name));
        for (ScoredRows part : parts) {
            for (TokenQuantity quantity : quantities) {
                for (float number : part.numbers().of(quantity)) {
                    bytes.putFloat(number);
                }
            }
        }
        return bytes.array();
    }

    /// @param share the rows that the bytes are about
    static List<ScoredRows> read(byte[] written, RowBatch share) {
        ByteBuffer bytes = ByteBuffer.wrap(written);
        List<TokenQuantity> quantities = new ArrayList<>();
        for (int left = bytes.getInt(); left > 0; left--) {
            byte[] name = new byte[bytes.getInt()];
            bytes.get(name);
            quantities.add(TokenQuantity.valueOf(new String(name, StandardCharsets.UTF_8)));
        }
        List<ScoredRows> parts = new ArrayList<>();
        for (PackedRows part : share.parts()) {
            Map<TokenQuantity, float[]> numbers = new EnumMap<>(TokenQuantity.class);
            for (TokenQuantity quantity : quantities) {
                float[] values = new float[part.batch().numResponseTokens()];
                bytes.asFloatBuffer().get(values);
                bytes.position(bytes.position() + Float.BYTES * values.length);
                numbers.put(quantity, values);
            }
            parts.add(new ScoredRows(part, new TokenNumbers(part.batch(), numbers)));
        }
        return parts;
    }
}
