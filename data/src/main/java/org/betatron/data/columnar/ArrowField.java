package org.betatron.data.columnar;

import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;

/// A column of an Arrow file, or a part of one.
///
/// @param name       as the file has it
/// @param type       of its values; of those that they stand for, where there is a dictionary
/// @param children   elements of a list, fields of a struct
/// @param dictionary which dictionary its values are numbers of entries of, null for none
record ArrowField(
        String name,
        ArrowType type,
        List<ArrowField> children,
        @Nullable Dictionary dictionary) {

    /// Deepest nesting, which no data has.
    private static final int MAX_DEPTH = 64;

    /// Most fields in all: tables of a flatbuffer may be used by several others, and be counted
    /// again in each.
    private static final int MAX_FIELDS = 100_000;

    /// @param id    which one
    /// @param index type of the numbers
    record Dictionary(long id, ArrowType.Whole index) {}

    /// @param schema table `Schema`
    static List<ArrowField> ofSchema(FlatTable schema) throws CharacterCodingException {
        if (schema.shortAt(0, 0) != 0) {
            throw new DataException("its numbers are big-endian, which is not supported");
        }
        return new Reading().fields(schema, 1, 0);
    }

    private static final class Reading {

        private int count;

        List<ArrowField> fields(FlatTable from, int vector, int depth) throws CharacterCodingException {
            int length = from.length(vector);
            count += length;
            if (depth > MAX_DEPTH || count > MAX_FIELDS) {
                throw new DataException(
                        "it has more than " + MAX_FIELDS + " columns, or columns nested deeper than " + MAX_DEPTH);
            }
            List<ArrowField> fields = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                fields.add(field(from.element(vector, i), depth));
            }
            return fields;
        }

        private ArrowField field(FlatTable table, int depth) throws CharacterCodingException {
            String name = table.text(0);
            ArrowType type = type(table, name);
            List<ArrowField> children = fields(table, 5, depth + 1);
            boolean needsOne = type instanceof ArrowType.ListOf
                    || type instanceof ArrowType.FixedListOf
                    || type instanceof ArrowType.MapOf;
            if (needsOne && children.size() != 1) {
                throw new DataException("column \"" + name + "\" is a list of " + children.size() + " kinds");
            }
            if (type instanceof ArrowType.MapOf
                    && children.getFirst().children().size() != 2) {
                throw new DataException("column \"" + name + "\" is a map without key and value");
            }
            return new ArrowField(name, type, children, dictionary(table));
        }

        private static @Nullable Dictionary dictionary(FlatTable field) {
            return field.table(4)
                    .map(encoding -> new Dictionary(
                            encoding.longAt(0),
                            encoding.table(1).map(Reading::whole).orElse(new ArrowType.Whole(32, true))))
                    .orElse(null);
        }

        private static ArrowType.Whole whole(FlatTable type) {
            int bits = type.intAt(0, 0);
            if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
                throw new DataException("it has whole numbers of " + bits + " bits");
            }
            return new ArrowType.Whole(bits, type.flag(1));
        }

        /// Units of time: second, and its thousandth, millionth, ...
        private static long perSecond(FlatTable type, int field, int absent) {
            int unit = type.shortAt(field, absent);
            if (unit < 0 || unit > 3) {
                throw new DataException("it has a unit of time that is not known: " + unit);
            }
            return (long) Math.pow(1000, unit);
        }

        private static int width(int width) {
            if (width < 0) {
                throw new DataException("it has values of " + width + " bytes or elements");
            }
            return width;
        }

        private static ArrowType type(FlatTable field, String name) throws CharacterCodingException {
            FlatTable type = field.required(3, "type of column \"" + name + "\"");
            int kind = field.byteAt(2);
            return switch (kind) {
                case 1 -> new ArrowType.Nothing();
                case 2 -> whole(type);
                case 3 -> new ArrowType.Real(16 << Math.clamp(type.shortAt(0, 0), 0, 2));
                case 4 -> new ArrowType.Bytes(false, false);
                case 5 -> new ArrowType.Bytes(true, false);
                case 6 -> new ArrowType.Bit();
                case 7 -> new ArrowType.Decimal(width(type.intAt(2, 128)) / 8, type.intAt(1, 0));
                case 8 ->
                    type.shortAt(0, 1) == 0
                            ? new ArrowType.Moment(ArrowType.Moment.Kind.DATE, 4, 0)
                            : new ArrowType.Moment(ArrowType.Moment.Kind.DATE, 8, 1000);
                case 9 ->
                    new ArrowType.Moment(
                            ArrowType.Moment.Kind.TIME, type.intAt(1, 32) == 64 ? 8 : 4, perSecond(type, 0, 1));
                case 10 ->
                    new ArrowType.Moment(
                            type.text(1).isEmpty() ? ArrowType.Moment.Kind.LOCAL : ArrowType.Moment.Kind.INSTANT,
                            8,
                            perSecond(type, 0, 0));
                case 11 -> new ArrowType.Other("interval", true, 1);
                case 12 -> new ArrowType.ListOf(false);
                case 13 -> new ArrowType.Struct();
                case 14 -> new ArrowType.Other("union", false, type.shortAt(0, 0) == 1 ? 2 : 1);
                case 15 -> new ArrowType.FixedBytes(width(type.intAt(0, 0)));
                case 16 -> new ArrowType.FixedListOf(width(type.intAt(0, 0)));
                case 17 -> new ArrowType.MapOf();
                case 18 -> new ArrowType.Moment(ArrowType.Moment.Kind.DURATION, 8, perSecond(type, 0, 1));
                case 19 -> new ArrowType.Bytes(false, true);
                case 20 -> new ArrowType.Bytes(true, true);
                case 21 -> new ArrowType.ListOf(true);
                case 22 -> new ArrowType.Other("run-end encoded", false, 0);
                case 23 -> new ArrowType.Views(false);
                case 24 -> new ArrowType.Views(true);
                case 25, 26 -> new ArrowType.Other("list view", true, 2);
                default ->
                    throw new DataException(
                            "column \"" + name + "\" has a type of Arrow that is not known, number " + kind);
            };
        }
    }
}
