package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.vtd.PageRequestDescriptor;
import dev.dmarshal.core.vtd.RegisterLayout;
import dev.dmarshal.core.vtd.RegisterName;
import dev.dmarshal.core.vtd.UnitCapabilities;

/**
 * One remapping unit: program it through its registers, give it the requests of devices, and it does what VT-d hardware does with them.
 *
 * <p><b>Registers.</b> Accesses have 32 or 64 bits and are aligned; any other reads 0 and writes nothing, and is counted as
 * {@link ProgrammingError#BAD_ACCESS}. A command is complete when the write that gave it returns; what it cannot do is counted by {@link #errors}.
 *
 * <p><b>Threads.</b> Everything may be called by any number of threads at once, each with outcome objects of its own, but for {@link #snapshot},
 * {@link #restore} and {@link #reset}, during which no other thread may use the unit. Register accesses and fault recording are serialised by one lock;
 * {@link #translate} and {@link #remap} take none unless they record a fault. A translation sees one latched state as a whole (mode, root table, enables);
 * it reads each 64-bit word of a table in one piece, but a structure of several words may change between two words, as under hardware; accessed and dirty
 * bits are set by compare-and-set and never undo another's change. A cached entry is seen whole or not at all. When an invalidation has returned, no call
 * that begins later finds what it dropped; calls under way may still end with what they found before.
 *
 * <p>Source: VT-d architecture specification, revision 4; {@code docs/spec-map.md} leads from its sections to classes and tests.
 */
public final class RemappingUnit {

    private final UnitCapabilities capabilities;
    private final AddressRemapper addresses;
    private final RegisterFile registers;
    private final InterruptRemapper interrupts;

    private RemappingUnit(Builder builder) {
        capabilities = builder.capabilities;
        addresses = new AddressRemapper(capabilities, builder.memory, builder.sizes, this::record);
        RegisterLayout layout = RegisterLayout.of(builder.version, capabilities.cap(), capabilities.ecap());
        Peers peers = new Peers(builder.memory, addresses.caches(), builder.devices, builder.messages, addresses::latch);
        registers = new RegisterFile(layout, peers, builder.compressFaults);
        interrupts = registers.interrupts();
    }

    /** The translation side is made before the registers that take its faults. */
    private void record(int reasonCode, int sourceId, long faultAddress, int requestFlags, int pasid) {
        registers.faults().record(reasonCode, sourceId, faultAddress, requestFlags, pasid);
    }

    /**
     * Configures a unit.
     *
     * @param capabilities what it can do
     * @param memory       where its tables, queues and logs lie
     */
    public static Builder builder(UnitCapabilities capabilities, PhysicalMemory memory) {
        return new Builder(capabilities, memory);
    }

    /** A unit after reset with default caches, whose messages go nowhere and whose devices have no caches. */
    public static RemappingUnit of(UnitCapabilities capabilities, PhysicalMemory memory) {
        return builder(capabilities, memory).build();
    }

    /** What this unit can do. */
    public UnitCapabilities capabilities() {
        return capabilities;
    }

    /** Where the registers are and what their bits do. */
    public RegisterLayout layout() {
        return registers.layout();
    }

    /** The 32 bits at {@code offset} bytes into the register window. */
    public int read32(int offset) {
        return registers.read32(offset);
    }

    /** The 64 bits at {@code offset}. */
    public long read64(int offset) {
        return registers.read64(offset);
    }

    /** Writes 32 bits at {@code offset}. */
    public void write32(int offset, int value) {
        registers.write32(offset, value);
    }

    /** Writes 64 bits at {@code offset}. */
    public void write64(int offset, long value) {
        registers.write64(offset, value);
    }

    /** A whole register, zero-extended; 0 if the unit does not have it. Of several (FRCD) the first. */
    public long read(RegisterName name) {
        return layout().find(name).map(register -> registers.read(register.offset(), register.sizeBytes())).orElse(0L);
    }

    /** Writes a whole register; nothing happens if the unit does not have it. Of several (FRCD) the first. */
    public void write(RegisterName name, long value) {
        layout().find(name).ifPresent(register -> registers.write(register.offset(), register.sizeBytes(), value));
    }

    /** How often software did something that the specification forbids or leaves undefined. */
    public long errors(ProgrammingError error) {
        return registers.errors(error);
    }

    /**
     * Translates one request. Allocates nothing and throws nothing for what a device or a table may contain. A write to the interrupt address range ends as
     * {@link Translation.Outcome#INTERRUPT}: {@link #deliver} takes it on.
     *
     * @param sourceId requester, 16 bits
     * @param address  any 64-bit address
     * @param request  flags of {@link Request}
     * @param pasid    20 bits; counts only with {@link Request#PASID}
     * @param out      receives the outcome
     * @return whether the request goes on (as memory access, completion or interrupt), that is, is not blocked
     */
    public boolean translate(int sourceId, long address, int request, int pasid, Translation out) {
        return addresses.translate(sourceId, address, request, pasid, out);
    }

    /**
     * Translates requests without PASID that one requester makes together, in order, up to the first that does not end as
     * {@link Translation.Outcome#TRANSLATED}. Each ends as {@link #translate} would end it; but what several of them need (the context entry, a device's
     * domain) may be read once for all, so a change of tables or an invalidation by another thread may count for the earlier ones and not yet for the later.
     * Faster than one call each, since their memory accesses overlap. Allocates nothing.
     *
     * @param sourceId requester, 16 bits
     * @param request  READ, WRITE, ATOMIC of {@link Request}, for all of them
     * @param batch    the addresses; receives the physical addresses
     * @param out      receives the outcome of the request that was not translated, if there is one
     * @return how many were translated: all, or the number of the one that {@code out} tells about; those behind it were not begun
     * @throws IllegalArgumentException if {@code request} has other flags
     */
    public int translateAll(int sourceId, int request, AddressBatch batch, Translation out) {
        return addresses.translateAll(sourceId, request, batch, out);
    }

    /**
     * Translates one request in front of people: past all caches, with every entry that is read. The same code as {@link #translate}, so accessed and dirty
     * bits are set; faults are not recorded, and nothing is cached.
     */
    public WalkTrace trace(int sourceId, long address, int request, int pasid) {
        return addresses.trace(sourceId, address, request, pasid);
    }

    /**
     * Remaps an interrupt request, a 32-bit write, and says what came of it. A posted interrupt is posted and a fault recorded, but no message is sent.
     *
     * @param sourceId requester, 16 bits
     * @param address  in the interrupt address range, FEE0_0000h to FEEF_FFFFh
     * @param value    the word written
     * @param out      receives the outcome
     * @throws IllegalArgumentException if the address is not in that range
     */
    public void remap(int sourceId, long address, int value, RemappedInterrupt out) {
        interrupts.remap(sourceId, address, value, out);
    }

    /**
     * Takes on a write that {@link #translate} found to be an interrupt request: as {@link #remap}, and sends the message, if there is one. A write that is not
     * of 32 bits is refused (fault 29h while interrupt remapping is on).
     *
     * @param sizeBytes length of the write
     */
    public void deliver(int sourceId, long address, int sizeBytes, int value, RemappedInterrupt out) {
        if (sizeBytes == Integer.BYTES) {
            interrupts.deliver(sourceId, address, value, out);
        } else {
            interrupts.refuse(sourceId, out);
        }
    }

    /**
     * Takes a device's page request (PRI): into the queue, if the device's context entry allows page requests and there is room. If the tables forbid it, the
     * fault is recorded. Allocates.
     */
    public PageRequestOutcome requestPage(PageRequestDescriptor request) {
        return addresses.admits(request) ? registers.pageRequests().submit(request) : registers.pageRequests().refused(request);
    }

    /** The whole state. No other thread may use the unit meanwhile. */
    public UnitSnapshot snapshot() {
        return new UnitSnapshot(registers.snapshot(), addresses.save());
    }

    /**
     * Takes over the state of a unit with the same capabilities and cache sizes; sends nothing. No other thread may use the unit meanwhile.
     *
     * @throws IllegalArgumentException if capabilities or cache sizes differ
     */
    public void restore(UnitSnapshot snapshot) {
        addresses.check(snapshot.caches);
        registers.restore(snapshot.registers);
        addresses.restore(snapshot.caches);
    }

    /** Back to the state after reset, with all caches empty. */
    public void reset() {
        registers.reset();
    }

    /** Configures a unit; what is not set has the defaults of {@link RemappingUnit#of}. */
    public static final class Builder {
        private final UnitCapabilities capabilities;
        private final PhysicalMemory memory;
        private int version = 0x40;
        private CacheSizes sizes = CacheSizes.DEFAULT;
        private boolean compressFaults;
        private MessageSink messages = MessageSink.NONE;
        private DeviceTlb devices = DeviceTlb.NONE;

        private Builder(UnitCapabilities capabilities, PhysicalMemory memory) {
            this.capabilities = capabilities;
            this.memory = memory;
        }

        /** Value of VER: major version in bits 7:4, minor in 3:0; 4.0 if not set. */
        public Builder version(int ver) {
            version = ver;
            return this;
        }

        /** How much the caches hold. */
        public Builder caches(CacheSizes entries) {
            sizes = entries;
            return this;
        }

        /** Whether a fault is dropped while one of the same source-id is pending, as hardware may do; no if not set. */
        public Builder compressFaults(boolean compress) {
            compressFaults = compress;
            return this;
        }

        /** Where interrupts go. */
        public Builder messages(MessageSink sink) {
            messages = sink;
            return this;
        }

        /** The devices' own caches. */
        public Builder devices(DeviceTlb listener) {
            devices = listener;
            return this;
        }

        /**
         * The unit, as after reset.
         *
         * @throws IllegalArgumentException if the capabilities put a register on top of another one
         */
        public RemappingUnit build() {
            return new RemappingUnit(this);
        }
    }
}
