package dev.dmarshal.lab.generate;

import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.Feature;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Variant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes one random scenario: tables, then requests between which tables change, with and without the invalidations that this needs. */
final class Play {

    private static final long SET_ROOT = 1 << 30;
    private static final long ENABLE_QUEUE = 1 << 26;
    private static final long ENABLE_TRANSLATION = 1L << 31;
    private static final int PAGE_BYTES = 4096;
    private static final long[] RIGHTS = {3, 3, 3, 3, 1, 2};

    private final Draft draft;
    private final Variant variant;
    private final int probes;
    private final Staleness staleness = new Staleness();
    private final Invalidator invalidator;
    private final Mutation mutation;
    private final List<Bait> baits = new ArrayList<>();
    private final List<Domain> domains = new ArrayList<>();
    private final Map<Requester, Domain> attached = new EnumMap<>(Requester.class);
    private DeviceTables tables;
    private InterruptTable interrupts;
    private long command;

    Play(Draft draft, Variant variant, int probes) {
        this.draft = draft;
        this.variant = variant;
        this.probes = probes;
        this.invalidator = new Invalidator(draft, variant, staleness);
        this.mutation = new Mutation(draft, variant);
    }

    void write() {
        layBaits();
        makeDomains();
        tables = new DeviceTables(draft, variant);
        for (Requester requester : Requester.values()) {
            attachSomewhere(requester);
        }
        for (int i = draft.below(4); i > 0; i--) {
            spoil(false);
        }
        enable();
        TableChanges changes = new TableChanges(draft, variant, staleness, invalidator, mutation);
        int copies = draft.oneIn(100) ? 4 : 0;
        for (int made = 0; made < probes; made++) {
            if (made == probes / 2 && copies > 0) {
                made += copies();
            }
            beforeProbe(changes);
            if (interrupts != null && draft.oneIn(5)) {
                clearFaults();
                interrupts.signal();
                clearFaults();
            } else {
                Step.Probe probe = probe();
                if (made % 3 == 0) {
                    lookAtEntries(probe);
                }
                afterProbe();
            }
        }
        draft.read(Registers.GSTS, 4);
        draft.read(Registers.FSTS, 4);
    }

    private void layBaits() {
        int count = 12 + draft.below(12);
        for (int number = 1; number <= count; number++) {
            long page = switch (draft.below(5)) {
                case 0, 1 -> 0x200_0000L + (long) draft.below(0x400) * PAGE_BYTES;
                case 2 -> 0x1_1000_0000L + (long) draft.below(0x400) * PAGE_BYTES;
                case 3 -> draft.pick(0x1000_0000L, 0x1_2000_0000L) + (long) draft.below(0x1000) * PAGE_BYTES;
                default -> draft.pick(0x4000_0000L, 0x1_4000_0000L) + (long) draft.below(0x40000) * PAGE_BYTES;
            };
            Bait bait = new Bait(number, page + (long) number * Bait.SIZE_BYTES);
            baits.add(bait);
            draft.add(new Step.Lay(bait));
        }
    }

    private void makeDomains() {
        int count = 1 + draft.below(3);
        for (int i = 0; i < count; i++) {
            boolean first = variant.mode() == Variant.Mode.FIRST_STAGE;
            int levels = first ? 4 : variant.addressWidth() == 39 ? 3 : 3 + draft.below(2);
            int id = (draft.oneIn(8) ? 0x5400 : 0) + 1 + i + 3 * draft.below(20);
            Domain domain = new Domain(draft, id * 3 + i, levels, first);
            domains.add(domain);
            for (Bait bait : baits) {
                if (!draft.oneIn(4)) {
                    int level = bait.address() >= 0x1_4000_0000L || bait.address() < 0x8000_0000L && bait.address() >= 0x4000_0000L ? 1 + draft.below(3)
                            : 1 + draft.below(2);
                    domain.map(somePage(domain, level), level, bait, RIGHTS[draft.below(RIGHTS.length)]);
                }
            }
        }
    }

    private long somePage(Domain domain, int level) {
        int width = Math.min(domain.width(), variant.addressWidth());
        long base = draft.pick(0L, 0x4000_0000L, 0x1_0000_0000L, 1L << width - 2, (1L << width) - (1L << 31));
        long page = base + (draft.random().nextLong() & (1L << 31) - 1);
        if (domain.firstStage() && draft.oneIn(4)) {
            page = page & (1L << 47) - 1 | -1L << 47;
        } else if (domain.firstStage()) {
            page &= (1L << 47) - 1;
        }
        long inRange = domain.firstStage() ? page : page & (1L << width) - 1;
        long start = inRange & -(1L << 12 + 9 * (level - 1));
        return start >>> 20 == 0xfee ? 0 : start;
    }

    private void attachSomewhere(Requester requester) {
        for (Map.Entry<Requester, Domain> entry : attached.entrySet()) {
            if (entry.getKey().sourceId().equals(requester.sourceId())) {
                attached.put(requester, entry.getValue());
                return;
            }
        }
        Domain domain = draft.pick(domains);
        int source = requester.sourceId().value();
        if (draft.oneIn(10)) {
            tables.pass(source, domain.id());
        } else if (!draft.oneIn(15)) {
            tables.attach(source, domain);
        }
        attached.put(requester, domain);
    }

    private void enable() {
        draft.read(Registers.CAP, 8);
        draft.read(Registers.ECAP, 8);
        long root = draft.oneIn(60) ? Scenario.HOLE | tables.rootPointer() & 0xfff : tables.rootPointer();
        draft.write64(Registers.RTADDR, root);
        draft.write32(Registers.GCMD, SET_ROOT);
        invalidator.everything();
        if (variant.scalable() || draft.oneIn(2)) {
            invalidator.openQueue();
            command |= ENABLE_QUEUE;
            draft.write32(Registers.GCMD, command);
        }
        if (draft.oneIn(2)) {
            interrupts = new InterruptTable(draft, invalidator, variant.has(Feature.EXTENDED_INTERRUPTS));
            command = interrupts.enable(command);
        }
        command |= ENABLE_TRANSLATION;
        draft.write32(Registers.GCMD, command);
        draft.read(Registers.GSTS, 4);
        if (draft.oneIn(4)) {
            draft.write32(Registers.FECTL, 0);
        }
    }

    private void beforeProbe(TableChanges changes) {
        switch (draft.below(40)) {
            case 0, 1 -> changes.leaf(draft.pick(domains), baits);
            case 2, 3 -> spoil(true);
            case 4 -> reattach();
            case 5, 11, 12 -> invalidator.everything();
            case 6 -> invalidator.waitForStatus();
            case 7 -> changes.someInvalidation(draft.pick(domains), draft.pick(List.of(Requester.values())).sourceId().value());
            case 8 -> {
                if (interrupts != null) {
                    interrupts.change();
                }
            }
            case 9 -> draft.read(draft.pick(List.of(Registers.FSTS, Registers.GSTS, Registers.FECTL, Registers.ICS)), 4);
            case 10 -> {
                if (draft.oneIn(6)) {
                    newRoot();
                } else if (draft.oneIn(6)) {
                    invalidator.wrongDescriptor();
                } else {
                    invalidator.waitForEvent();
                }
            }
            case 13 -> {
                if (variant.has(Feature.DEVICE_TLB)) {
                    invalidator.deviceTlb(draft.pick(List.of(Requester.values())).sourceId().value());
                }
            }
            default -> {
            }
        }
    }

    private void afterProbe() {
        if (!draft.oneIn(5)) {
            clearFaults();
        }
    }

    /** Also around each interrupt: QEMU before 8.2 records none of their faults, which must not blur what comes after. */
    private void clearFaults() {
        draft.write32(Registers.FRCD_HIGH + 4, 0x8000_0000L);
        draft.write32(Registers.FSTS, 0x01);
    }

    private void reattach() {
        Requester requester = draft.pick(List.of(Requester.values()));
        int source = requester.sourceId().value();
        Domain old = attached.get(requester);
        Domain next = draft.pick(domains);
        if (draft.word(tables.rootWord(source)) == 0) {
            // Attaching makes the context table, which concerns the whole bus.
            staleness.root(source >>> 8);
        }
        if (variant.scalable()) {
            staleness.pasid(source, old.id());
        } else {
            staleness.context(source, old.id(), false);
        }
        if (draft.oneIn(5)) {
            tables.pass(source, next.id());
        } else {
            tables.attach(source, next);
        }
        for (Requester other : Requester.values()) {
            if (other.sourceId().equals(requester.sourceId())) {
                attached.put(other, next);
            }
        }
        if (!draft.oneIn(3)) {
            invalidator.contexts();
            invalidator.pasids();
            invalidator.translations();
        }
    }

    private void newRoot() {
        tables = new DeviceTables(draft, variant);
        attached.clear();
        for (Requester requester : Requester.values()) {
            attachSomewhere(requester);
        }
        draft.write64(Registers.RTADDR, tables.rootPointer());
        draft.write32(Registers.GCMD, command | SET_ROOT);
        draft.read(Registers.GSTS, 4);
        staleness.everything();
        invalidator.everything();
    }

    /** Makes an entry on someone's path wrong; {@code live}: hardware may have cached it. */
    private void spoil(boolean live) {
        Requester requester = draft.pick(List.of(Requester.values()));
        new Spoiler(draft, variant, tables, mutation, live ? Optional.of(staleness) : Optional.empty()).spoil(requester, attached.get(requester));
        if (live && !draft.oneIn(4)) {
            invalidator.everything();
        }
    }

    private Step.Probe probe() {
        Requester requester = draft.pick(List.of(Requester.READER, Requester.READER, Requester.WRITER, Requester.HIGH_READER, Requester.HIGH_WRITER,
                Requester.PORT_READER, Requester.PORT_WRITER, Requester.BRIDGE_READER, Requester.BRIDGE_WRITER, Requester.BRIDGE_WRITER));
        Domain domain = attached.get(requester);
        boolean writes = requester.kind() == Requester.Kind.RTL8139;
        long iova = someIova(domain) + (writes ? Bait.SLOT_OFFSET : 0);
        boolean stale = staleness.stale(new Staleness.Request(requester.sourceId().value(), domain.id(), iova));
        Step.Access access = writes ? Step.Access.WRITE : draft.oneIn(2) ? Step.Access.READ : Step.Access.READ_WRITE;
        Step.Probe probe = new Step.Probe(requester, access, iova, stale);
        draft.add(probe);
        return probe;
    }

    /** Looks at the paging entries on the probe's way: accessed and dirty bits, and that nothing else changed. */
    private void lookAtEntries(Step.Probe probe) {
        for (Mapping mapping : attached.get(probe.requester()).mappings()) {
            if (Long.compareUnsigned(probe.iova() - mapping.iova(), mapping.sizeBytes()) < 0) {
                mapping.entries().forEach(entry -> draft.add(new Step.Load(entry)));
            }
        }
    }

    /** An address in units of 128 bytes: mostly that of a bait, with a habit of coming back to the same ones. */
    private long someIova(Domain domain) {
        List<Mapping> mappings = draft.oneIn(20) ? draft.pick(domains).mappings() : domain.mappings();
        if (mappings.isEmpty() || draft.oneIn(12)) {
            return oddIova(domain);
        }
        Mapping mapping = mappings.get(draft.below(draft.oneIn(2) ? Math.min(4, mappings.size()) : mappings.size()));
        if (draft.oneIn(15)) {
            return awayFromDevices(mapping.baitIova() + (1L << draft.below(48) & -PAGE_BYTES));
        }
        return mapping.baitIova();
    }

    private long oddIova(Domain domain) {
        long odd = switch (draft.below(6)) {
            case 0 -> 1L << domain.width();
            case 1 -> 1L << variant.addressWidth();
            case 2 -> 1L << domain.width() - 1;
            case 3 -> draft.random().nextLong() & -PAGE_BYTES;
            case 4 -> draft.pick(baits).address();
            default -> (draft.random().nextLong() & (1L << domain.width()) - 1) & -PAGE_BYTES;
        };
        return awayFromDevices(odd & -Bait.SIZE_BYTES);
    }

    /** Requests that pass untranslated must not meet the registers of devices, nor be taken for interrupts. */
    private static long awayFromDevices(long iova) {
        return iova >= 0xe000_0000L && iova < 0x1_0000_0000L ? iova & 0xfff_ffffL : iova;
    }

    private int copies() {
        List<Requester> devices = List.of(Requester.EDU_A, Requester.EDU_B, Requester.EDU_C, Requester.EDU_BRIDGE);
        for (Requester device : devices) {
            Domain domain = attached.get(device);
            long from = someIova(domain);
            long to = someIova(domain) + Bait.SLOT_OFFSET;
            int source = device.sourceId().value();
            boolean stale = staleness.stale(new Staleness.Request(source, domain.id(), from))
                    || staleness.stale(new Staleness.Request(source, domain.id(), to));
            draft.add(new Step.Copy(device, from, to, 16, stale));
        }
        return devices.size();
    }
}
