package dev.dmarshal.lab.model;

import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.FaultStatus;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Does what QEMU's cards do when a step drives them, access by access: an E1000 that sends one packet (Intel 8254x manual, "Transmit Descriptors"), an
 * RTL8139 that dumps its counters, EDUs that copy. Whatever bytes an E1000 meets at the address, it takes for a descriptor, as the card does.
 */
final class Cards {

    private static final long EXTENDED = 1L << 29;
    private static final long DATA = 1L << 20;
    private static final long END_OF_PACKET = 1L << 24;
    private static final long REPORTS = 1L << 27 | 1L << 28;
    private static final int MOST_BYTES = 0x1_0000;
    /** DD, and the errors that go with it. */
    private static final int DONE = 1;
    private static final int ERRORS = 0xe;
    private static final int COPY_BYTES = 16;
    private static final int SLOT_BYTES = Bait.SIZE_BYTES - Bait.SLOT_OFFSET;

    private final DmaPort port;
    private final MachineMemory memory;
    private final List<Bait> baits;
    private final Supplier<FaultStatus> faults;
    private final Map<Requester, Integer> unsent = new EnumMap<>(Requester.class);

    /** {@code baits} is the caller's list of what is laid, which may grow; {@code faults} reads the fault registers. */
    Cards(DmaPort port, MachineMemory memory, List<Bait> baits, Supplier<FaultStatus> faults) {
        this.port = port;
        this.memory = memory;
        this.baits = baits;
        this.faults = faults;
    }

    /** Writes a bait's bytes. */
    void lay(Bait bait) {
        arm(bait, false);
        fillSlot(bait);
    }

    /** A read, and perhaps a write, by an E1000. */
    Observation read(int index, Step.Probe probe) {
        boolean report = probe.access() == Step.Access.READ_WRITE;
        List<Bait> candidates = fitting(probe.iova());
        candidates.forEach(bait -> arm(bait, report));
        port.begin();
        int octets = send(probe.requester(), probe.iova());
        Optional<Bait> met = baits.stream().filter(bait -> bait.number() == octets / Bait.LENGTH_UNIT).findFirst();
        int source = probe.requester().sourceId().value();
        Transfer read = met.<Transfer>map(Transfer.Reached::new).orElseGet(() -> port.unanswered(source, false));
        Transfer write = report && met.isPresent()
                ? changed(candidates, 8, word -> (word & Bait.DONE) != 0).orElseGet(() -> port.unanswered(source, true))
                : new Transfer.NotTried();
        return new Observation.Dma(index, read, write, faults.get());
    }

    /** A write by an RTL8139: 64 bytes of zero. The card writes 13 fields of 2, 4 or 8 bytes; they lie in one page. */
    Observation write(int index, Step.Probe probe) {
        List<Bait> candidates = fitting(probe.iova());
        candidates.forEach(this::fillSlot);
        port.begin();
        int source = probe.requester().sourceId().value();
        for (int at = 0; at < SLOT_BYTES; at += 8) {
            port.write64(source, probe.iova() + at, 0);
        }
        Transfer write = changed(candidates, Bait.SLOT_OFFSET, word -> word == 0).orElseGet(() -> port.unanswered(source, true));
        return new Observation.Dma(index, new Transfer.NotTried(), write, faults.get());
    }

    /** Copies by several EDUs: all read, then all write. {@code first} is the first one's index. */
    List<Observation> copy(int first, List<Step.Copy> copies) {
        copies.forEach(copy -> fitting(copy.to()).forEach(this::lay));
        if (copies.stream().anyMatch(copy -> copy.size() != COPY_BYTES)) {
            throw new IllegalArgumentException("copies of other than " + COPY_BYTES + " bytes are not imitated");
        }
        port.begin();
        List<long[]> buffers = copies.stream().map(copy -> port.read(copy.requester().sourceId().value(), copy.from())).toList();
        for (int i = 0; i < buffers.size(); i++) {
            Step.Copy copy = copies.get(i);
            for (int word = 0; word < 2; word++) {
                port.write64(copy.requester().sourceId().value(), copy.to() + 8 * word, buffers.get(i)[word]);
            }
        }
        FaultStatus status = faults.get();
        return IntStream.range(0, copies.size()).mapToObj(i -> copied(first + i, copies.get(i), status)).toList();
    }

    /** A copy whose own write was blocked changed nothing, whoever else changed the bait at that address meanwhile. */
    private Observation copied(int index, Step.Copy copy, FaultStatus status) {
        int source = copy.requester().sourceId().value();
        Transfer read = told(source, false);
        Transfer write = told(source, true);
        for (Bait bait : write instanceof Transfer.Blocked ? List.<Bait>of() : fitting(copy.to())) {
            if (memory.read64(bait.address() + Bait.SLOT_OFFSET) != Bait.SLOT_PATTERN) {
                int number = (int) (memory.read64(bait.address() + Bait.SLOT_OFFSET + 8) >>> 48);
                return new Observation.Copied(index, read, new Transfer.Reached(bait), number == 0 ? Optional.empty() : Optional.of(number), status);
            }
        }
        return new Observation.Copied(index, read, write, Optional.empty(), status);
    }

    /** Copies run side by side, so that a fault that was kept quiet is nobody's. */
    private Transfer told(int source, boolean write) {
        return port.unanswered(source, write) instanceof Transfer.Blocked blocked ? blocked : new Transfer.Unseen();
    }

    /** Fetches a descriptor and does what it says; gives the octets that the card then has counted. */
    private int send(Requester card, long iova) {
        int source = card.sourceId().value();
        long[] descriptor = port.read(source, iova);
        long command = descriptor[1];
        int octets = 0;
        if ((command & (EXTENDED | DATA)) != EXTENDED) {
            int size = unsent.getOrDefault(card, 0);
            int length = (int) Math.min(command & 0xffff, MOST_BYTES - size);
            port.fetch(source, descriptor[0], length);
            boolean ends = (command & END_OF_PACKET) != 0;
            octets = ends ? size + length : 0;
            unsent.put(card, ends ? 0 : size + length);
        }
        if ((command & REPORTS) != 0) {
            port.write32(source, iova + 12, (int) (command >>> 32) & ~ERRORS | DONE);
        }
        return octets;
    }

    private void arm(Bait bait, boolean report) {
        memory.write64(bait.address(), bait.firstWord());
        memory.write64(bait.address() + 8, bait.secondWord(report));
    }

    private void fillSlot(Bait bait) {
        for (int at = Bait.SLOT_OFFSET; at < Bait.SIZE_BYTES; at += 8) {
            memory.write64(bait.address() + at, Bait.SLOT_PATTERN);
        }
    }

    private List<Bait> fitting(long iova) {
        return baits.stream().filter(bait -> bait.fits(iova)).toList();
    }

    private Optional<Transfer> changed(List<Bait> candidates, int offset, LongPredicate mark) {
        return candidates.stream().filter(bait -> mark.test(memory.read64(bait.address() + offset))).findFirst().map(Transfer.Reached::new);
    }
}
