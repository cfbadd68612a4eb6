package dev.dmarshal.lab.rows;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.unit.DeviceTlbAnswer;
import dev.dmarshal.core.unit.MessageSink.Origin;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.PageRequestDescriptor;
import dev.dmarshal.core.vtd.UnitCapabilities;
import dev.dmarshal.lab.scenario.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns a row's statements into {@link Op}s: resolves names, and keeps in mind what software has written. */
public final class RowCompiler {

    /**
     * A row ready to be played.
     *
     * @param row          where it comes from
     * @param capabilities of the unit that it needs
     * @param variant      QEMU's unit with the same capabilities, if there is one
     * @param ops          what to do, the base's memory and programming first
     */
    public record Compiled(Row row, UnitCapabilities capabilities, Optional<Variant> variant, List<Op> ops) {
    }

    private static final Pattern ASSIGNMENT = Pattern.compile("([a-z][a-z0-9]*)(?:\\(([^)]*)\\))?\\.([^=\\s]+)=(\\S+)");
    private static final Pattern FIELD_IS = Pattern.compile("([a-z][a-z0-9]*)(?:\\(([^)]*)\\))?\\.(\\S+) is (\\S+)");
    private static final Pattern REGISTER = Pattern.compile("([A-Z][A-Z_0-9]*)(?:\\(([0-9])\\))?(?:\\.(\\S+))? (:=|is) (.+)");

    private final BaseKind kind;
    private final Ground ground;
    private final Map<Long, Long> memory;
    private final List<Op> ops = new ArrayList<>();
    private UnitCapabilities capabilities;
    private Program program;

    private RowCompiler(BaseKind kind) {
        this.kind = kind;
        this.ground = new Ground(kind);
        this.memory = ground.memory();
        this.capabilities = kind.capabilities();
    }

    /** Resolves a row; {@link RowException} if it is not written in the language, or expects nothing. */
    public static Compiled compile(Row row) {
        try {
            return new RowCompiler(BaseKind.of(row.base().getFirst())).whole(row);
        } catch (RowException e) {
            throw new RowException(row.id() + " (line " + row.line() + "): " + e.getMessage());
        }
    }

    private Compiled whole(Row row) {
        int first = 0;
        while (first < row.statements().size() && configure(row.statements().get(first))) {
            first++;
        }
        memory.forEach((address, word) -> ops.add(new Op.Store(address, word)));
        program = new Program(capabilities, this::store, ops);
        program.base(kind, row.base().subList(1, row.base().size()));
        int before = ops.size();
        for (String statement : row.statements().subList(first, row.statements().size())) {
            statement(statement);
        }
        if (ops.subList(before, ops.size()).stream().noneMatch(RowCompiler::expects)) {
            throw new RowException("nothing is expected");
        }
        return new Compiled(row, capabilities, first == 0 ? kind.variant() : Optional.empty(), List.copyOf(ops));
    }

    private static boolean expects(Op op) {
        return switch (op) {
            case Op.Store _, Op.WriteRegister _, Op.Protect _, Op.Answers _ -> false;
            case Op.CheckRegister _, Op.CheckMemory _, Op.Dma _, Op.Interrupt _, Op.PageRequest _, Op.CheckDevice _, Op.CheckSent _ -> true;
        };
    }

    /** {@code cap.X=1}, {@code ecap.X=1} and {@code haw=0x2a} come before all else: what the unit can do. */
    private boolean configure(String statement) {
        if (!statement.matches("(cap\\.|ecap\\.|haw=).*")) {
            return false;
        }
        for (String word : statement.split("\\s+")) {
            String[] sides = word.split("=");
            long value = Words.number(sides[1]);
            if (word.startsWith("haw=")) {
                capabilities = new UnitCapabilities(capabilities.cap(), capabilities.ecap(), (int) value);
            } else if (word.startsWith("cap.")) {
                long cap = Fields.find(Capability.LAYOUT.words().getFirst().fields(), sides[0].substring(4)).set(capabilities.cap(), value);
                capabilities = new UnitCapabilities(cap, capabilities.ecap(), capabilities.hostAddressWidth());
            } else if (word.startsWith("ecap.")) {
                long ecap = Fields.find(ExtendedCapability.LAYOUT.words().getFirst().fields(), sides[0].substring(5)).set(capabilities.ecap(), value);
                capabilities = new UnitCapabilities(capabilities.cap(), ecap, capabilities.hostAddressWidth());
            } else {
                throw new RowException("not a capability: " + word);
            }
        }
        return true;
    }

    private void statement(String statement) {
        Matcher register = REGISTER.matcher(statement);
        Matcher field = FIELD_IS.matcher(statement);
        if (register.matches()) {
            program.register(register, statement);
        } else if (field.matches()) {
            fieldIs(field, statement);
        } else if (ASSIGNMENT.matcher(statement.split("\\s+")[0]).matches()) {
            for (String word : statement.split("\\s+")) {
                assign(word);
            }
        } else if (statement.contains(" => ")) {
            String[] sides = statement.split(" => ", 2);
            stimulus(new Words(sides[0]), sides[1], statement);
        } else {
            Words words = new Words(statement);
            other(words, statement);
            words.end();
        }
    }

    private void assign(String word) {
        Matcher matcher = ASSIGNMENT.matcher(word);
        if (!matcher.matches()) {
            throw new RowException("no assignment: " + word);
        }
        for (Ground.Structure structure : ground.structures(matcher.group(1), arguments(matcher.group(2)))) {
            Fields.Place place = Fields.place(structure.words(), matcher.group(3));
            long address = structure.address() + 8L * place.word();
            store(address, place.field().set(memory.getOrDefault(address, 0L), Fields.value(place.field(), matcher.group(4))));
        }
    }

    private static List<String> arguments(String inParentheses) {
        return inParentheses == null ? List.of() : List.of(inParentheses);
    }

    private void fieldIs(Matcher matcher, String text) {
        for (Ground.Structure structure : ground.structures(matcher.group(1), arguments(matcher.group(2)))) {
            Fields.Place place = Fields.place(structure.words(), matcher.group(3));
            BitField field = place.field();
            ops.add(new Op.CheckMemory(structure.address() + 8L * place.word(), field.mask(), field.set(0, Fields.value(field, matcher.group(4))), text));
        }
    }

    private void store(long address, long word) {
        if ((address & 7) != 0) {
            throw new RowException("not a multiple of 8: 0x" + Long.toHexString(address));
        }
        memory.put(address, word);
        ops.add(new Op.Store(address, word));
    }

    private void other(Words words, String text) {
        switch (words.next()) {
            case "memory" -> {
                long address = words.number();
                if (words.take(":=")) {
                    store(address, words.number());
                } else if (words.take("is")) {
                    ops.add(new Op.CheckMemory(address, -1, words.number(), text));
                } else {
                    throw new RowException("memory is written with := or looked at with is: " + text);
                }
            }
            case "read-only" -> ops.add(new Op.Protect(words.number()));
            case "command" -> program.command(words.next(), !words.take("off"));
            case "queue" -> program.queue(words);
            case "device" -> device(words, text);
            case "sent" -> ops.add(new Op.CheckSent(words.take("nothing") ? Optional.empty() : Optional.of(message(words)), text));
            default -> throw new RowException("not understood: " + text);
        }
    }

    private static Op.Message message(Words words) {
        Origin origin = switch (words.next()) {
            case "fault-event" -> Origin.FAULT_EVENT;
            case "invalidation-event" -> Origin.INVALIDATION_EVENT;
            case "page-request-event" -> Origin.PAGE_REQUEST_EVENT;
            default -> throw new RowException("sent is fault-event, invalidation-event, page-request-event or nothing");
        };
        return new Op.Message(origin, words.number(), (int) words.number());
    }

    private void device(Words words, String text) {
        switch (words.next()) {
            case "answers" -> ops.add(new Op.Answers(switch (words.next()) {
                case "never" -> DeviceTlbAnswer.TIMED_OUT;
                case "too-much-from" -> DeviceTlbAnswer.completedWithStray(Words.source(words.next()));
                case "wrongly-from" -> DeviceTlbAnswer.wrongCompletion(Words.source(words.next()));
                default -> throw new RowException("a device answers never, too-much-from or wrongly-from");
            }));
            case "was" -> {
                StringBuilder told = new StringBuilder(words.next());
                while (words.more()) {
                    told.append(' ').append(words.next());
                }
                ops.add(new Op.CheckDevice(told.toString(), text));
            }
            default -> throw new RowException("a device answers, or was asked or told: " + text);
        }
    }

    private void stimulus(Words words, String outcome, String text) {
        String verb = words.next();
        switch (verb) {
            case "msi" -> interrupt(words, true, outcome, text);
            case "misused-msi" -> interrupt(words, false, outcome, text);
            case "page-request" -> pageRequest(words, outcome, text);
            default -> ops.add(Stimuli.dma(verb, words, OutcomeReader.dma(outcome), text));
        }
        words.end();
    }

    private void interrupt(Words words, boolean proper, String outcome, String text) {
        long address;
        int data = 0;
        if (words.take("at")) {
            address = words.number();
        } else {
            long handle = words.number();
            address = 0xfee0_0010L | (handle & 0x7fff) << 5 | handle >>> 15 << 2;
        }
        if (words.take("sub")) {
            address |= 8;
            data = (int) words.number();
        }
        data |= words.take("data") ? (int) words.number() : 0;
        int source = words.take("from") ? Words.source(words.next()) : Ground.INTERRUPTER;
        ops.add(new Op.Interrupt(source, address, data, proper, OutcomeReader.interrupt(outcome), text));
    }

    private void pageRequest(Words words, String outcome, String text) {
        long address = words.number();
        int source = words.take("from") ? Words.source(words.next()) : Ground.DEVICES.getFirst();
        OptionalInt pasid = words.take("pasid") ? OptionalInt.of((int) words.number()) : OptionalInt.empty();
        int group = words.take("group") ? (int) words.number() : 0;
        boolean last = words.take("last");
        boolean write = words.take("write");
        PageRequestDescriptor request = new PageRequestDescriptor(source, pasid, address, group, last, true, write, false, false);
        ops.add(new Op.PageRequest(request, OutcomeReader.page(outcome), text.toLowerCase(Locale.ROOT)));
    }
}
