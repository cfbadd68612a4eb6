package dev.dmarshal.lab.rows;

import dev.dmarshal.core.unit.Request;
import dev.dmarshal.core.vtd.FaultFields.FrcdHigh;
import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.Engine;
import dev.dmarshal.lab.scenario.FaultRecord;
import dev.dmarshal.lab.scenario.FaultStatus;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Turns a row into a {@link Scenario} for QEMU and compares what QEMU's devices saw with what the row says. Of fault records the PASID, and for requests
 * without PASID the PP bit, are not compared: QEMU leaves ones there (the facts that {@code qemu-differences.txt} records for random scenarios).
 */
public final class QemuPlayer {

    /** A row asks for something that QEMU's machine cannot do; the message says what. */
    public static final class NotPlayable extends Exception {
        private static final long serialVersionUID = 1;

        NotPlayable(String message) {
            super(message);
        }
    }

    private static final int BLOCK = Bait.SIZE_BYTES;

    private final List<Step> steps = new ArrayList<>();
    private final Map<Long, Bait> baits = new TreeMap<>();
    private final Map<Integer, Function<Observation, List<String>>> checks = new HashMap<>();
    private final Scenario scenario;

    private QemuPlayer(RowCompiler.Compiled row) throws NotPlayable {
        if (row.variant().isEmpty()) {
            throw new NotPlayable("QEMU has no unit with these capabilities");
        }
        for (Op op : row.ops()) {
            if (op instanceof Op.Dma dma && dma.expected() instanceof Expected.Reaches reaches) {
                lay(reaches.address());
            }
        }
        for (Op op : row.ops()) {
            add(op);
        }
        scenario = new Scenario(row.row().id(), row.variant().get(), steps);
    }

    /** Prepares a row; {@link NotPlayable} if it asks for what QEMU's machine cannot do. */
    public static QemuPlayer of(RowCompiler.Compiled row) throws NotPlayable {
        return new QemuPlayer(row);
    }

    /** What QEMU does otherwise than the row says; empty if nothing. */
    public List<String> play(Engine qemu) {
        List<String> wrong = new ArrayList<>();
        Map<Integer, Observation> seen = new HashMap<>();
        qemu.play(scenario).forEach(observation -> seen.put(observation.step(), observation));
        checks.forEach((step, check) -> wrong.addAll(check.apply(seen.get(step))));
        return wrong;
    }

    private void lay(long address) throws NotPlayable {
        if (!Scenario.hasMemory(address & -BLOCK, BLOCK) || address >>> 20 == 0xfee) {
            throw new NotPlayable("no memory at the output address");
        }
        if (!baits.containsKey(address & -BLOCK)) {
            Bait bait = new Bait(baits.size() + 1, address & -BLOCK);
            baits.put(bait.address(), bait);
            steps.add(new Step.Lay(bait));
        }
    }

    private void add(Op op) throws NotPlayable {
        switch (op) {
            case Op.Store store -> {
                if (!Scenario.hasMemory(store.address(), 8)) {
                    throw new NotPlayable("no memory to store to");
                }
                steps.add(new Step.Store(store.address(), store.value()));
            }
            case Op.WriteRegister write -> steps.add(new Step.Write(write.offset(), write.width(), write.value()));
            case Op.CheckRegister check -> {
                steps.add(new Step.Read(check.offset(), check.width()));
                check(seen -> equal(check.text(), check.value(), ((Observation.Value) seen).value() & check.mask()));
            }
            case Op.CheckMemory check -> {
                steps.add(new Step.Load(check.address()));
                check(seen -> equal(check.text(), check.value(), ((Observation.Value) seen).value() & check.mask()));
            }
            case Op.Dma dma -> dma(dma);
            case Op.Interrupt asked -> interrupt(asked);
            case Op.PageRequest _, Op.Answers _, Op.CheckDevice _ -> throw new NotPlayable("no device with a TLB of its own");
            case Op.Protect _ -> throw new NotPlayable("no read-only memory");
            case Op.CheckSent _ -> throw new NotPlayable("event messages are not seen");
        }
    }

    private void check(Function<Observation, List<String>> check) {
        checks.put(steps.size() - 1, check);
    }

    private static List<String> equal(String text, Object expected, Object actual) {
        return expected.equals(actual) ? List.of() : List.of(text + ": expected " + expected + ", QEMU has " + actual);
    }

    private static Requester requester(int source, Requester.Kind kind) throws NotPlayable {
        for (Requester requester : Requester.values()) {
            if (requester.kind() == kind && requester.sourceId().value() == source) {
                return requester;
            }
        }
        throw new NotPlayable("no such device in the machine");
    }

    private void dma(Op.Dma dma) throws NotPlayable {
        boolean write = dma.request() == Request.WRITE;
        if (!write && dma.request() != Request.READ) {
            throw new NotPlayable("no device that makes such requests");
        }
        if ((dma.address() & BLOCK - 1) != 0) {
            throw new NotPlayable("not at the start of a bait");
        }
        if (dma.address() >>> 20 == 0xfee) {
            throw new NotPlayable("the interrupt address range is used by the machinery of the test");
        }
        Requester requester = requester(dma.sourceId(), write ? Requester.Kind.RTL8139 : Requester.Kind.E1000);
        long iova = write ? dma.address() + Bait.SLOT_OFFSET : dma.address();
        steps.add(new Step.Probe(requester, write ? Step.Access.WRITE : Step.Access.READ, iova, false));
        check(seen -> {
            Observation.Dma observed = (Observation.Dma) seen;
            return dma(dma, write ? observed.write() : observed.read(), observed.faults());
        });
        if (dma.expected() instanceof Expected.Faults faults && faults.record() == Expected.Record.MADE) {
            clear();
        }
    }

    private List<String> dma(Op.Dma dma, Transfer transfer, FaultStatus faults) {
        return switch (dma.expected()) {
            case Expected.Reaches reaches -> equal(dma.text(), new Transfer.Reached(baits.get(reaches.address() & -BLOCK)), transfer);
            case Expected.Faults expected when expected.record() == Expected.Record.QUIET ->
                both(equal(dma.text(), new Transfer.BlockedQuietly(), transfer), equal(dma.text() + " (record)", Optional.empty(), faults.record()));
            case Expected.Faults expected -> both(equal(dma.text(), new Transfer.Blocked(expected.code(), dma.address() & -0x1000L), transfer),
                    expected.record() == Expected.Record.LEFT ? List.of() : record(dma.text(), Recorded.of(dma, expected.code()), faults));
            case Expected.Blocked _ -> both(equal(dma.text(), new Transfer.Unseen(), transfer), equal(dma.text(), Optional.empty(), faults.record()));
            default -> throw new RowException("no outcome of DMA on QEMU: " + dma.text());
        };
    }

    private static List<String> both(List<String> one, List<String> other) {
        List<String> all = new ArrayList<>(one);
        all.addAll(other);
        return all;
    }

    /** PASID and PP are left out, see above. */
    private static List<String> record(String text, Recorded expected, FaultStatus faults) {
        long ignored = FrcdHigh.PASID.mask() | FrcdHigh.PP.mask();
        FaultRecord wanted = FaultRecord.of(expected.low(), expected.high() & ~ignored);
        Optional<FaultRecord> seen = faults.record().map(record -> new FaultRecord(record.reason(), record.sourceId(), record.type(), record.addressType(),
                record.info(), 0, false, record.execute(), record.privileged()));
        return equal(text + " (record)", Optional.of(wanted), seen);
    }

    /** What software does after a fault. */
    private void clear() {
        steps.add(new Step.Write(Registers.FRCD_HIGH + 4, 4, 0x8000_0000L));
        steps.add(new Step.Write(Registers.FSTS, 4, 1));
    }

    private void interrupt(Op.Interrupt asked) throws NotPlayable {
        if (!asked.proper() || asked.data() >>> 16 != 0 || (asked.address() & 3) != 0) {
            throw new NotPlayable("no device that sends such a message");
        }
        Requester requester = requester(asked.sourceId(), Requester.Kind.EDU);
        steps.add(new Step.Interrupt(requester, (int) asked.address(), asked.data(), false));
        check(seen -> signal(asked, (Observation.Signal) seen));
        if (asked.expected() instanceof Expected.Faults faults && faults.record() == Expected.Record.MADE) {
            clear();
        }
    }

    private static List<String> signal(Op.Interrupt asked, Observation.Signal seen) {
        return switch (asked.expected()) {
            case Expected.Passed _ -> equal(asked.text(), new Delivery.Passed((int) asked.address(), asked.data()), seen.outcome());
            case Expected.Delivered to -> equal(asked.text(),
                    new Delivery.Remapped(to.vector(), to.mode(), to.logical(), to.hint(), to.level(), to.destination()), seen.outcome());
            case Expected.Posted _ -> List.of(asked.text() + ": QEMU posts nothing");
            case Expected.Faults faults -> both(equal(asked.text(), new Delivery.Dropped(), seen.outcome()), switch (faults.record()) {
                case MADE -> record(asked.text(), Recorded.of(asked, faults.code()), seen.faults());
                case QUIET -> equal(asked.text() + " (record)", Optional.empty(), seen.faults().record());
                case LEFT -> List.of();
            });
            default -> throw new RowException("no outcome of an interrupt: " + asked.text());
        };
    }
}
