package org.betatron.data.template.jinja.python;

import java.util.Iterator;
import java.util.stream.LongStream;

/// Whole numbers from `start` on, before `stop`.
public record Range(long start, long stop, long step) {

    /// The sandbox of Jinja2 refuses longer ones.
    public static final int LONGEST = 100_000;

    /// @throws PythonError if the step is 0 or the range is longer than [#LONGEST]
    public static Range of(long start, long stop, long step) {
        if (step == 0) {
            throw PythonError.value("range() arg 3 must not be zero");
        }
        Range range = new Range(start, stop, step);
        if (range.size() > LONGEST) {
            throw PythonError.other("OverflowError", "a range may have at most " + LONGEST + " numbers");
        }
        return range;
    }

    public long size() {
        double numbers = Math.ceil(((double) stop - (double) start) / step);
        return numbers <= 0 ? 0 : numbers > LONGEST ? Math.round(numbers) : count();
    }

    private long count() {
        return step > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step;
    }

    public long get(long index) {
        return start + index * step;
    }

    boolean contains(long number) {
        return (number - start) % step == 0
                && (step > 0 ? number >= start && number < stop : number <= start && number > stop);
    }

    Iterator<Object> iterator() {
        return LongStream.range(0, size()).mapToObj(i -> (Object) get(i)).iterator();
    }
}
