package dev.dmarshal.lab.rows;

import dev.dmarshal.core.unit.CacheSizes;
import dev.dmarshal.core.unit.DeviceTlb;
import dev.dmarshal.core.unit.DeviceTlbAnswer;
import dev.dmarshal.core.unit.DeviceTlbInvalidation;
import dev.dmarshal.core.unit.RemappedInterrupt;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.unit.Translation;
import dev.dmarshal.core.vtd.InterruptMessage;
import dev.dmarshal.core.vtd.PageGroupResponse;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Plays a row on the model, and tells where it comes out otherwise than the row says. One row each. */
public final class UnitPlayer implements DeviceTlb {

    private static final long PRIMARY_OVERFLOW = 1;

    private final RowMemory memory = new RowMemory();
    private final RemappingUnit unit;
    private final Deque<DeviceTlbAnswer> answers = new ArrayDeque<>();
    private final Deque<String> told = new ArrayDeque<>();
    private final Deque<Op.Message> sent = new ArrayDeque<>();
    private final List<String> wrong = new ArrayList<>();
    private final Translation out = new Translation();
    private final RemappedInterrupt interrupt = new RemappedInterrupt();

    private UnitPlayer(RowCompiler.Compiled row, CacheSizes caches) {
        unit = RemappingUnit.builder(row.capabilities(), memory).version(0x10).caches(caches).devices(this)
                .messages((origin, address, value) -> sent.add(new Op.Message(origin, address, value))).build();
    }

    /** What came out otherwise on a unit with these translation caches; empty if all is as the row says. */
    public static List<String> play(RowCompiler.Compiled row, CacheSizes caches) {
        UnitPlayer player = new UnitPlayer(row, caches);
        row.ops().forEach(player::play);
        return player.wrong;
    }

    private void play(Op op) {
        switch (op) {
            case Op.Store store -> memory.write64(store.address(), store.value());
            case Op.WriteRegister write when write.width() == 8 -> unit.write64(write.offset(), write.value());
            case Op.WriteRegister write -> unit.write32(write.offset(), (int) write.value());
            case Op.CheckRegister check -> equal(check.text(), check.value(),
                    (check.width() == 8 ? unit.read64(check.offset()) : Integer.toUnsignedLong(unit.read32(check.offset()))) & check.mask());
            case Op.CheckMemory check -> equal(check.text(), check.value(), memory.read64(check.address()) & check.mask());
            case Op.Dma dma -> dma(dma);
            case Op.Interrupt asked -> interrupt(asked);
            case Op.PageRequest asked -> page(asked);
            case Op.Protect protect -> memory.protect(protect.address());
            case Op.Answers next -> answers.add(next.answer());
            case Op.CheckDevice check -> equal(check.text(), check.told(), told.isEmpty() ? "nothing" : told.removeFirst());
            case Op.CheckSent check -> equal(check.text(), check.message(), sent.isEmpty() ? Optional.empty() : Optional.of(sent.removeFirst()));
        }
    }

    private void equal(String text, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            wrong.add(text + ": expected " + show(expected) + ", got " + show(actual));
        }
    }

    private static String show(Object value) {
        return value instanceof Long number ? "0x" + Long.toHexString(number) : value.toString();
    }

    private void dma(Op.Dma dma) {
        unit.translate(dma.sourceId(), dma.address(), dma.request(), dma.pasid(), out);
        switch (dma.expected()) {
            case Expected.Reaches reaches -> reaches(dma.text(), reaches);
            case Expected.Faults faults -> {
                equal(dma.text(), Translation.Outcome.BLOCKED, out.outcome());
                equal(dma.text() + " (reason)", (long) faults.code(), (long) out.reasonCode());
                faults.completion().ifPresent(how -> equal(dma.text() + " (completion)", how, out.completion()));
                record(dma.text(), faults, Recorded.of(dma, faults.code()));
            }
            case Expected.Blocked _ -> {
                equal(dma.text(), Translation.Outcome.BLOCKED, out.outcome());
                equal(dma.text() + " (recorded)", false, out.recorded());
                nothingRecorded(dma.text());
            }
            case Expected.WithoutRights none -> {
                equal(dma.text(), "---", rights());
                equal(dma.text() + " (outcome)", Translation.Outcome.TRANSLATED, out.outcome());
                equal(dma.text() + " (reason)", (long) none.code(), (long) out.reasonCode());
                nothingRecorded(dma.text());
            }
            case Expected.UntranslatedOnly _ -> equal(dma.text(), true, out.untranslatedOnly());
            case Expected.InterruptRequest _ -> equal(dma.text(), Translation.Outcome.INTERRUPT, out.outcome());
            case Expected.Delivered _, Expected.Passed _, Expected.Posted _, Expected.Page _ -> throw new RowException("no outcome of DMA: " + dma.text());
        }
    }

    private void reaches(String text, Expected.Reaches expected) {
        equal(text + " (outcome " + out + ")", Translation.Outcome.TRANSLATED, out.outcome());
        equal(text, expected.address(), out.address());
        expected.rights().ifPresent(rights -> equal(text + " (rights)", rights, rights().substring(0, rights.length())));
        expected.snooped().ifPresent(snooped -> equal(text + " (snooped)", snooped, out.snooped()));
        expected.type().ifPresent(type -> equal(text + " (type)", (long) type, (long) out.memoryType()));
        expected.pageBits().ifPresent(bits -> equal(text + " (page)", (long) bits, (long) out.pageBits()));
    }

    private String rights() {
        return (out.readable() ? "r" : "-") + (out.writable() ? "w" : "-") + (out.executable() ? "x" : "-");
    }

    /** The record that a fault has to leave, and its clearing. */
    private void record(String text, Expected.Faults faults, Recorded expected) {
        switch (faults.record()) {
            case LEFT -> { }
            case QUIET -> nothingRecorded(text);
            case MADE -> {
                int index = (int) (unit.read(RegisterName.FSTS) >>> 8 & 0xff);
                int low = unit.layout().offset(RegisterName.FRCD_LOW) + 16 * index;
                equal(text + " (FSTS.PPF)", 2L, unit.read(RegisterName.FSTS) & 2);
                equal(text + " (record)", expected.low(), unit.read64(low));
                equal(text + " (record, upper half)", expected.high(), unit.read64(low + 8));
                unit.write64(low + 8, Long.MIN_VALUE);
                unit.write(RegisterName.FSTS, PRIMARY_OVERFLOW);
            }
        }
    }

    private void nothingRecorded(String text) {
        equal(text + " (FSTS)", 0L, unit.read(RegisterName.FSTS) & 0xff);
    }

    private void interrupt(Op.Interrupt asked) {
        unit.deliver(asked.sourceId(), asked.address(), asked.proper() ? 4 : 8, asked.data(), interrupt);
        String text = asked.text() + " (" + interrupt + ")";
        switch (asked.expected()) {
            case Expected.Passed _ -> {
                equal(text, RemappedInterrupt.Outcome.PASSED, interrupt.outcome());
                equal(text, asked.address(), interrupt.address());
                equal(text, (long) asked.data(), (long) interrupt.value());
            }
            case Expected.Delivered delivered -> {
                equal(text, RemappedInterrupt.Outcome.REMAPPED, interrupt.outcome());
                equal(text, delivered, delivered());
            }
            case Expected.Posted posted -> {
                equal(text, RemappedInterrupt.Outcome.POSTED, interrupt.outcome());
                equal(text, posted.notice(), interrupt.hasMessage() ? Optional.of(delivered()) : Optional.empty());
            }
            case Expected.Faults faults -> {
                equal(text, RemappedInterrupt.Outcome.BLOCKED, interrupt.outcome());
                equal(text, (long) faults.code(), (long) interrupt.faultCode());
                record(text, faults, Recorded.of(asked, faults.code()));
            }
            default -> throw new RowException("no outcome of an interrupt: " + asked.text());
        }
        sent.removeIf(message -> message.address() == interrupt.address() && message.data() == interrupt.value());
    }

    private Expected.Delivered delivered() {
        long address = interrupt.address();
        int value = interrupt.value();
        int destination = (int) (InterruptMessage.DESTINATION_UPPER.get(address) << 8 | InterruptMessage.DESTINATION.get(address));
        return new Expected.Delivered((int) InterruptMessage.VECTOR.get(value), (int) InterruptMessage.DLM.get(value), InterruptMessage.DM.isSet(address),
                InterruptMessage.RH.isSet(address), InterruptMessage.TM.isSet(value), destination);
    }

    private void page(Op.PageRequest asked) {
        Object outcome = unit.requestPage(asked.request());
        switch (asked.expected()) {
            case Expected.Page page -> equal(asked.text(), page.outcome(), outcome);
            case Expected.Faults faults -> record(asked.text(), faults, Recorded.of(asked, faults.code()));
            default -> throw new RowException("no outcome of a page request: " + asked.text());
        }
    }

    @Override
    public DeviceTlbAnswer invalidate(DeviceTlbInvalidation request) {
        String whose = request.allPasids() ? " pasid all" : pasid(request.pasid());
        told.add("asked %s to drop 0x%x to 0x%x%s".formatted(source(request.sourceId()), request.first(), request.last(), whose));
        return answers.isEmpty() ? DeviceTlbAnswer.COMPLETED : answers.removeFirst();
    }

    @Override
    public void respond(PageGroupResponse response) {
        told.add("told %s group 0x%x code 0x%x%s".formatted(source(response.requester()), response.group(), response.code(), pasid(response.pasid())));
    }

    private static String pasid(OptionalInt pasid) {
        return pasid.isPresent() ? " pasid 0x" + Integer.toHexString(pasid.getAsInt()) : "";
    }

    private static String source(int id) {
        return "%02x:%02x.%d".formatted(id >>> 8, id >>> 3 & 31, id & 7);
    }
}
