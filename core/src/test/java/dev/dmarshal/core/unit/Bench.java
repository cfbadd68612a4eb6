package dev.dmarshal.core.unit;

import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.PageGroupResponse;
import dev.dmarshal.core.vtd.RegisterLayout;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.ArrayList;
import java.util.List;

/** A register file with memory below it, and around it peers that write down what they are asked. */
final class Bench implements CacheControl, DeviceTlb, MessageSink {

    /** The values that QEMU 7.2 shows by default: one fault register at 220h, IVA at F0h, 39 bits. */
    static final long QEMU_CAP = 0xd2008c22260206L;
    static final long QEMU_ECAP = 0xf00f4aL;
    /** Scalable mode with both stages, device-TLBs, page requests, PASIDs of 20 bits, x2APIC, abort mode. */
    static final long FULL_ECAP = 0xf00f5eL | 1L << 29 | 19L << 35 | 1L << 40 | 1L << 43 | 1L << 46 | 1L << 47 | 1L << 52;
    /** QEMU's, and posting, advanced fault logging, protected regions, write-buffer flushing, four fault registers. */
    static final long FULL_CAP = QEMU_CAP | 1L << 59 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 3L << 40;

    static final int QIE = 1 << 26;
    static final int IRE = 1 << 25;
    static final int TE = 1 << 31;
    static final int SRTP = 1 << 30;
    static final int SIRTP = 1 << 24;
    static final int CFI = 1 << 23;
    static final int QUEUE = 0x10000;
    static final int TABLE = 0x20000;

    final WordMemory memory = new WordMemory(4 << 20);
    final List<String> calls = new ArrayList<>();
    final List<String> sent = new ArrayList<>();
    final List<DeviceTlbInvalidation> requests = new ArrayList<>();
    final List<PageGroupResponse> responses = new ArrayList<>();
    final List<DeviceTlbAnswer> answers = new ArrayList<>();
    final List<UnitState> states = new ArrayList<>();
    final RegisterFile registers;

    Bench(long cap, long ecap, boolean compress) {
        registers = new RegisterFile(RegisterLayout.of(0x10, cap, ecap), new Peers(memory, this, this, this, states::add), compress);
    }

    static Bench qemu() {
        return new Bench(QEMU_CAP, QEMU_ECAP, false);
    }

    static Bench full() {
        return new Bench(FULL_CAP, FULL_ECAP, false);
    }

    private int at(RegisterName name) {
        return registers.layout().offset(name);
    }

    long get(RegisterName name) {
        return name.bits() == 64 ? registers.read64(at(name)) : Integer.toUnsignedLong(registers.read32(at(name)));
    }

    void set(RegisterName name, long value) {
        if (name.bits() == 64) {
            registers.write64(at(name), value);
        } else {
            registers.write32(at(name), (int) value);
        }
    }

    long frcd(RegisterName half, int index) {
        return registers.read64(at(half) + 16 * index);
    }

    void clearFrcd(int index) {
        registers.write32(at(RegisterName.FRCD_HIGH) + 16 * index + 4, 1 << 31);
    }

    /** Sets or clears GCMD bits as the specification tells software to: one-shot status bits are masked out. */
    void command(int bits, boolean on) {
        int now = (int) get(RegisterName.GSTS) & 0x96ff_ffff;
        set(RegisterName.GCMD, on ? now | bits : now & ~bits);
    }

    /** Turns the queue on: one page at {@link #QUEUE}, wide for 256-bit descriptors. */
    Bench queue(boolean wide) {
        set(RegisterName.IQT, 0);
        set(RegisterName.IQA, QUEUE | (wide ? 1 << 11 : 0));
        command(QIE, true);
        return this;
    }

    /** Writes descriptors at the tail and moves it. */
    void submit(InvalidationDescriptor... descriptors) {
        boolean wide = (get(RegisterName.IQA) & 1 << 11) != 0;
        long tail = get(RegisterName.IQT);
        for (InvalidationDescriptor d : descriptors) {
            memory.write64(QUEUE + tail, d.word0());
            memory.write64(QUEUE + tail + 8, d.word1());
            if (wide) {
                memory.write64(QUEUE + tail + 16, d.word2());
                memory.write64(QUEUE + tail + 24, d.word3());
            }
            tail = (tail + (wide ? 32 : 16)) % 4096;
        }
        set(RegisterName.IQT, tail);
    }

    /** Latches a root pointer with a translation table mode. */
    void mode(int mode) {
        set(RegisterName.RTADDR, 0x8000 | mode << 10);
        command(SRTP, true);
    }

    /** Turns interrupt remapping on with a table of 256 entries at {@link #TABLE}. */
    Bench remapping(boolean x2apic) {
        set(RegisterName.IRTA, TABLE | 7 | (x2apic ? 1 << 11 : 0));
        command(SIRTP, true);
        command(IRE, true);
        return this;
    }

    void entry(int index, Irte entry) {
        memory.write64(TABLE + 16L * index, entry.low());
        memory.write64(TABLE + 16L * index + 8, entry.high());
    }

    /** Programs an event's message: address FEE0xxxxh, data. */
    void event(RegisterName control, int address, int data) {
        int offset = control.offset();
        registers.write32(offset + 4, data);
        registers.write32(offset + 8, address);
        registers.write32(offset, 0);
    }

    void fault(int code, int sourceId) {
        registers.faults().record(code, sourceId, 0x1234_5000L, FaultSink.READ, 0);
    }

    @Override
    public void invalidateContexts() {
        calls.add("contexts");
    }

    @Override
    public void invalidateContextsOfDomain(int domain) {
        calls.add("contexts of " + domain);
    }

    @Override
    public void invalidateContextsOfDevice(int domain, int sourceId, int functionMask) {
        calls.add("context of " + domain + " " + Integer.toHexString(sourceId) + " " + functionMask);
    }

    @Override
    public void invalidatePasids() {
        calls.add("pasids");
    }

    @Override
    public void invalidatePasidsOfDomain(int domain) {
        calls.add("pasids of " + domain);
    }

    @Override
    public void invalidatePasid(int domain, int pasid) {
        calls.add("pasid " + domain + " " + pasid);
    }

    @Override
    public void invalidateTranslations() {
        calls.add("translations");
    }

    @Override
    public void invalidateTranslationsOfDomain(int domain) {
        calls.add("translations of " + domain);
    }

    @Override
    public void invalidatePages(int domain, long address, int addressMask, boolean leavesOnly) {
        calls.add("pages of " + domain + " " + Long.toHexString(address) + " " + addressMask + (leavesOnly ? " leaves" : ""));
    }

    @Override
    public void invalidateTranslationsOfPasid(int domain, int pasid) {
        calls.add("translations of " + domain + " pasid " + pasid);
    }

    @Override
    public void invalidatePagesOfPasid(int domain, int pasid, long address, int addressMask) {
        calls.add("pages of " + domain + " pasid " + pasid + " " + Long.toHexString(address) + " " + addressMask);
    }

    @Override
    public void invalidateInterrupts() {
        calls.add("interrupts");
    }

    @Override
    public void invalidateInterrupts(int index, int indexMask) {
        calls.add("interrupts " + index + " " + indexMask);
    }

    @Override
    public DeviceTlbAnswer invalidate(DeviceTlbInvalidation request) {
        requests.add(request);
        return answers.isEmpty() ? DeviceTlbAnswer.COMPLETED : answers.removeFirst();
    }

    @Override
    public void respond(PageGroupResponse response) {
        responses.add(response);
    }

    @Override
    public void send(Origin origin, long address, int value) {
        sent.add(origin + " " + Long.toHexString(address) + " " + Integer.toHexString(value));
    }
}
