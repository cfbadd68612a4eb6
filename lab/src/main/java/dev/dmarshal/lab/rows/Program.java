package dev.dmarshal.lab.rows;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.vtd.CommandFields.Gcmd;
import dev.dmarshal.core.vtd.InvalidationDescriptor.Type;
import dev.dmarshal.core.vtd.RegisterLayout;
import dev.dmarshal.core.vtd.RegisterName;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;

/** What software does with registers and the invalidation queue, as operations. Remembers enables and the queue's tail as a driver would. */
final class Program {

    private static final long ONE_SHOT = Gcmd.SRTP.mask() | Gcmd.SFL.mask() | Gcmd.WBF.mask() | Gcmd.SIRTP.mask();

    /** Stores a word of memory. */
    @FunctionalInterface
    interface Storing {
        /** Stores {@code word} at {@code address}. */
        void store(long address, long word);
    }

    private final RegisterLayout layout;
    private final Storing memory;
    private final List<Op> ops;
    private long enabled;
    private long tail;
    private boolean wide;

    Program(UnitCapabilities capabilities, Storing memory, List<Op> ops) {
        this.layout = RegisterLayout.of(0x10, capabilities.cap(), capabilities.ecap());
        this.memory = memory;
        this.ops = ops;
    }

    /** Points the unit at the base's tables and turns on what the row does not do without. */
    void base(BaseKind kind, List<String> modifiers) {
        for (String modifier : modifiers) {
            if (!List.of("after-reset", "without-queue", "without-interrupts", "without-translation").contains(modifier)) {
                throw new RowException("a base is after-reset or without-queue, -interrupts, -translation: " + modifier);
            }
        }
        if (modifiers.contains("after-reset")) {
            return;
        }
        write(RegisterName.RTADDR, Ground.at("root") | (kind.scalable() ? 1 << 10 : 0));
        command("SRTP", true);
        write(RegisterName.IRTA, Ground.at("irt") | 7);
        command("SIRTP", true);
        if (!modifiers.contains("without-queue")) {
            wide = kind.scalable();
            write(RegisterName.IQT, 0);
            write(RegisterName.IQA, Ground.at("queue") | (wide ? 1 << 11 : 0));
            command("QIE", true);
        }
        if (!modifiers.contains("without-interrupts")) {
            command("IRE", true);
        }
        if (!modifiers.contains("without-translation")) {
            command("TE", true);
        }
    }

    private void write(RegisterName name, long value) {
        ops.add(new Op.WriteRegister(layout.offset(name), name.bits() / 8, value));
    }

    /** One field of GCMD, as the specification tells software to write it: the other enables stay as they are. */
    void command(String name, boolean on) {
        BitField field = Fields.find(Gcmd.LAYOUT.words().getFirst().fields(), name);
        enabled = on ? enabled | field.mask() : enabled & ~field.mask();
        write(RegisterName.GCMD, enabled);
        enabled &= ~ONE_SHOT;
    }

    /** {@code NAME(index).FIELD is V}, {@code NAME := V}, {@code NAME := F=1 G=2}, {@code NAME.upper := V}. */
    void register(Matcher matcher, String text) {
        RegisterName name = name(matcher.group(1));
        int index = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
        int offset = layout.offset(name) + index * (name == RegisterName.MTRR_FIX ? 8 : 16);
        String part = matcher.group(3) == null ? "" : matcher.group(3);
        boolean writes = matcher.group(4).equals(":=");
        if (part.equals("upper") || part.equals("lower") || part.equals("double")) {
            access(offset + (part.equals("upper") ? 4 : 0), part.equals("double") ? 8 : 4, writes, Words.number(matcher.group(5)), text);
        } else if (writes) {
            if (!part.isEmpty()) {
                throw new RowException("fields are written as REGISTER := FIELD=…: " + text);
            }
            long value = combined(name, matcher.group(5));
            ops.add(new Op.WriteRegister(offset, name.bits() / 8, value));
            noteQueue(name, value);
        } else {
            BitField field = part.isEmpty() ? BitField.of(name.name(), 0, name.bits()) : Fields.find(name.fields().words().getFirst().fields(), part);
            ops.add(new Op.CheckRegister(offset, name.bits() / 8, field.mask(), field.set(0, Fields.value(field, matcher.group(5))), text));
        }
    }

    private void access(int offset, int width, boolean writes, long value, String text) {
        ops.add(writes ? new Op.WriteRegister(offset, width, value) : new Op.CheckRegister(offset, width, width == 8 ? -1 : 0xffff_ffffL, value, text));
    }

    private void noteQueue(RegisterName name, long value) {
        if (name == RegisterName.IQA) {
            wide = (value & 1 << 11) != 0;
        } else if (name == RegisterName.IQT) {
            tail = value;
        } else if (name == RegisterName.GCMD) {
            enabled = value & ~ONE_SHOT;
        }
    }

    private static RegisterName name(String word) {
        try {
            return RegisterName.valueOf(word);
        } catch (IllegalArgumentException e) {
            throw new RowException("no register is called " + word);
        }
    }

    private static long combined(RegisterName name, String text) {
        if (!text.contains("=")) {
            return Words.number(text);
        }
        long value = 0;
        for (String word : text.split("\\s+")) {
            String[] sides = word.split("=", 2);
            BitField field = Fields.find(name.fields().words().getFirst().fields(), sides[0]);
            value = field.set(value, Fields.value(field, sides[1]));
        }
        return value;
    }

    /** A descriptor by its type's name and its fields, or {@code raw} words; goes to the tail, and the tail moves on. */
    void queue(Words words) {
        long[] descriptor = new long[4];
        String name = words.next();
        if (name.equals("raw")) {
            for (int i = 0; words.more(); i++) {
                descriptor[i] = words.number();
            }
        } else {
            Type type = type(name);
            descriptor[0] = type.code();
            while (words.more()) {
                String[] sides = words.next().split("=", 2);
                Fields.Place place = Fields.place(Ground.words(type.fields()), sides[0]);
                descriptor[place.word()] = place.field().set(descriptor[place.word()], Fields.value(place.field(), sides[1]));
            }
        }
        if (!wide && (descriptor[2] | descriptor[3]) != 0) {
            throw new RowException("128-bit descriptors have two words");
        }
        for (int i = 0; i < (wide ? 4 : 2); i++) {
            memory.store(Ground.at("queue") + tail + 8L * i, descriptor[i]);
        }
        tail = (tail + (wide ? 32 : 16)) % Ground.QUEUE_BYTES;
        write(RegisterName.IQT, tail);
    }

    private static Type type(String word) {
        String wanted = word.toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(Type.values()).filter(type -> type.name().equals(wanted)).findFirst()
                .orElseThrow(() -> new RowException("no descriptor is called " + word));
    }
}
