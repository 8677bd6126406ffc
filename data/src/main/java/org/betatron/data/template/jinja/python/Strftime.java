package org.betatron.data.template.jinja.python;

import java.time.DayOfWeek;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalField;
import java.time.temporal.WeekFields;
import java.util.Locale;

/// Python's `strftime` in the C locale, as glibc has it.
public final class Strftime {

    private static final WeekFields FROM_SUNDAY = WeekFields.of(DayOfWeek.SUNDAY, 7);
    private static final WeekFields FROM_MONDAY = WeekFields.of(DayOfWeek.MONDAY, 7);

    private Strftime() {}

    /// @return `format` with its directives filled in; unknown ones stay as they are
    public static String format(String format, ZonedDateTime time) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            char flag = format.charAt(i + 1);
            boolean hasFlag = "-_0^#".indexOf(flag) >= 0 && i + 2 < format.length();
            i += hasFlag ? 2 : 1;
            String text = directive(format.charAt(i), time);
            out.append(hasFlag ? flagged(flag, text) : text);
        }
        return out.toString();
    }

    private static String flagged(char flag, String text) {
        String unpadded = text.replaceFirst("^[0 ]+(?=\\w)", "");
        return switch (flag) {
            case '-' -> unpadded;
            case '_' -> " ".repeat(text.length() - unpadded.length()) + unpadded;
            case '0' -> "0".repeat(text.length() - unpadded.length()) + unpadded;
            default -> text.toUpperCase(Locale.ROOT);
        };
    }

    private static String directive(char directive, ZonedDateTime time) {
        return switch (directive) {
            case 'a' -> pattern("EEE", time);
            case 'A' -> pattern("EEEE", time);
            case 'b', 'h' -> pattern("MMM", time);
            case 'B' -> pattern("MMMM", time);
            case 'c' -> format("%a %b %e %H:%M:%S %Y", time);
            case 'C' -> two(time.getYear() / 100);
            case 'd' -> pattern("dd", time);
            case 'D', 'x' -> pattern("MM/dd/yy", time);
            case 'e' -> String.format("%2d", time.getDayOfMonth());
            case 'f' -> String.format("%06d", time.getNano() / 1000);
            case 'F' -> pattern("yyyy-MM-dd", time);
            case 'g' -> two(time.get(IsoFields.WEEK_BASED_YEAR) % 100);
            case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'H' -> pattern("HH", time);
            case 'I' -> pattern("hh", time);
            case 'j' -> pattern("DDD", time);
            case 'k' -> String.format("%2d", time.getHour());
            case 'l' -> String.format("%2d", time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'm' -> pattern("MM", time);
            case 'M' -> pattern("mm", time);
            case 'n' -> "\n";
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'P' -> time.getHour() < 12 ? "am" : "pm";
            case 'r' -> format("%I:%M:%S %p", time);
            case 'R' -> pattern("HH:mm", time);
            case 's' -> String.valueOf(time.toEpochSecond());
            case 'S' -> pattern("ss", time);
            case 't' -> "\t";
            case 'T', 'X' -> pattern("HH:mm:ss", time);
            case 'u' -> String.valueOf(time.getDayOfWeek().getValue());
            case 'U' -> week(FROM_SUNDAY.weekOfYear(), time);
            case 'V' -> two(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'w' -> String.valueOf(time.getDayOfWeek().getValue() % 7);
            case 'W' -> week(FROM_MONDAY.weekOfYear(), time);
            case 'y' -> pattern("yy", time);
            case 'Y' -> String.valueOf(time.getYear());
            // Python's local time carries no zone.
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> "%" + directive;
        };
    }

    private static String pattern(String pattern, ZonedDateTime time) {
        return time.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    }

    private static String two(int number) {
        return String.format("%02d", number);
    }

    private static String week(TemporalField field, ZonedDateTime time) {
        return two(time.get(field));
    }
}
