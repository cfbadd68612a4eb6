package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.PasidDirectoryEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.RootEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.math.BigInteger;
import java.util.Set;

/**
 * Translation once more, written apart from the walker: slow, by the book, one rule a line, without caches, faults as exceptions, bits as strings of a binary
 * number. Untranslated requests only.
 */
final class NaiveOracle {

    /** What comes out: an address, or a fault code with its qualification. */
    record Answer(long address, int fault, boolean silenced) {
    }

    private static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int code;

        private Fault(int code) {
            super("fault", null, false, false);
            this.code = code;
        }
    }

    private final UnitCapabilities unit;
    private final PhysicalMemory memory;
    private boolean silenced;
    private boolean write;
    private boolean read;
    private boolean privileged;
    private boolean execute;

    NaiveOracle(UnitCapabilities unit, PhysicalMemory memory) {
        this.unit = unit;
        this.memory = memory;
    }

    Answer translate(boolean scalable, long root, int source, long address, int request, int pasid) {
        silenced = false;
        read = (request & (Request.READ | Request.ATOMIC)) != 0;
        write = (request & (Request.WRITE | Request.ATOMIC)) != 0;
        boolean withPasid = (request & Request.PASID) != 0;
        privileged = withPasid && (request & Request.PRIVILEGED) != 0;
        execute = withPasid && (request & Request.EXECUTE) != 0;
        try {
            long result = scalable ? scalable(root, source, address, withPasid, pasid) : legacy(root, source, address, withPasid);
            if (result >= 0xFEE0_0000L && result <= 0xFEEF_FFFFL) {
                throw new Fault(scalable ? 0x87 : 0x0E);
            }
            return new Answer(result, 0, false);
        } catch (Fault fault) {
            boolean never = Set.of(0x01, 0x08, 0x09, 0x0A, 0x31, 0x38, 0x39, 0x3A, 0x40, 0x50, 0x58).contains(fault.code);
            return new Answer(0, fault.code, silenced && !never);
        }
    }

    private long word(long address, int fault) {
        if (!memory.contains(address, 8)) {
            throw new Fault(fault);
        }
        return memory.read64(address);
    }

    private static void unless(boolean rule, int fault) {
        if (!rule) {
            throw new Fault(fault);
        }
    }

    /** Bits {@code high} to {@code low} as a number. */
    private static long bits(long word, int high, int low) {
        String binary = new StringBuilder(String.format("%64s", Long.toBinaryString(word)).replace(' ', '0')).reverse().toString();
        String part = new StringBuilder(binary.substring(low, high + 1)).reverse().toString();
        return new BigInteger(part, 2).longValue();
    }

    private static boolean bit(long word, int at) {
        return bits(word, at, at) == 1;
    }

    private boolean beyondHost(long word, int high) {
        return unit.hostAddressWidth() <= high && bits(word, high, unit.hostAddressWidth()) != 0;
    }

    private long legacy(long root, int source, long address, boolean withPasid) {
        unless(!withPasid, 0x31);
        long at = root + 16L * bits(source, 15, 8);
        word(at + 8, 0x08);
        RootEntry entry = new RootEntry(word(at, 0x08), word(at + 8, 0x08));
        unless(entry.present(), 0x01);
        unless(bits(entry.low(), 11, 1) == 0 && !beyondHost(entry.low(), 63) && entry.high() == 0, 0x0A);
        at = entry.contextTable() + 16L * bits(source, 7, 0);
        word(at + 8, 0x09);
        ContextEntry context = new ContextEntry(word(at, 0x09), word(at + 8, 0x09));
        silenced = context.faultsDisabled();
        unless(context.present(), 0x02);
        unless(bits(context.low(), 11, 4) == 0 && !beyondHost(context.low(), 63), 0x0B);
        unless(!bit(context.high(), 7) && bits(context.high(), 63, 24) == 0 && context.domain() < 1 << unit.domainBits(), 0x0B);
        int type = context.translationType().ordinal();
        unless(type != 3, 0x03);
        unless(type != 1 || unit.hasExtended(ExtendedCapability.DEVICE_TLB), 0x03);
        unless(type != 2 || unit.hasExtended(ExtendedCapability.PASS_THROUGH), 0x03);
        AddressWidth width = AddressWidth.of(context.addressWidthCode()).filter(unit::supports).orElseThrow(() -> new Fault(0x03));
        if (type == 2) {
            unless(fits(address, width.bits()) && fits(address, unit.hostAddressWidth()), 0x04);
            return address;
        }
        return second(context.secondStage(), width, address, false, 0x04, false, false);
    }

    private static boolean fits(long address, int width) {
        return width == 64 || bits(address, 63, width) == 0;
    }

    private long scalable(long root, int source, long address, boolean withPasid, int pasid) {
        long at = root + 16L * bits(source, 15, 8);
        word(at + 8, 0x38);
        long half = word(at + 8 * bits(source, 7, 7), 0x38);
        unless(bit(half, 0), 0x39);
        unless(bits(half, 11, 1) == 0 && !beyondHost(half, 63), 0x3A);
        at = (bits(half, 63, 12) << 12) + 32L * bits(source, 6, 0);
        word(at + 24, 0x40);
        word(at, 0x40);
        ScalableContextEntry context = ScalableContextEntry.read(memory, at);
        silenced = context.faultsDisabled();
        unless(context.present(), 0x41);
        unless(bits(context.word0(), 8, 5) == 0 && !beyondHost(context.word0(), 63) && bits(context.word1(), 63, 21) == 0, 0x42);
        unless(context.word2() == 0 && context.word3() == 0, 0x42);
        unless(context.deviceTlb() || !context.pageRequests(), 0x43);
        unless(context.pasidEnabled() || !withPasid, 0x45);
        int effective = withPasid ? pasid : context.ridPasid();
        unless(effective < context.pasidLimit() && effective < 1 << unit.pasidBits(), withPasid ? 0x46 : 0x48);
        privileged |= !withPasid && context.ridPrivileged();
        PasidDirectoryEntry directory = new PasidDirectoryEntry(word(context.directory() + 8L * (effective / 64), 0x50));
        silenced |= directory.faultsDisabled();
        unless(directory.present(), 0x51);
        unless(bits(directory.word(), 11, 2) == 0 && !beyondHost(directory.word(), 63), 0x52);
        at = directory.table() + 64L * (effective % 64);
        word(at + 56, 0x58);
        PasidEntry entry = PasidEntry.read(memory, at);
        silenced |= entry.faultsDisabled();
        return pasid(entry, address);
    }

    private long pasid(PasidEntry entry, long address) {
        unless(entry.present(), 0x59);
        int type = (int) bits(entry.word0(), 8, 6);
        boolean usesFirst = type == 1;
        boolean usesSecond = type == 2 || type == 3;
        unless(!bit(entry.word0(), 5) && bits(entry.word0(), 11, 10) == 0 && bits(entry.word1(), 22, 16) == 0, 0x5A);
        unless(!bit(entry.word2(), 6) && bits(entry.word2(), 11, 8) == 0, 0x5A);
        unless((entry.word3() | entry.word4() | entry.word5() | entry.word6() | entry.word7()) == 0, 0x5A);
        unless(!(usesSecond && beyondHost(entry.word0(), 63)) && !(usesFirst && beyondHost(entry.word2(), 63)), 0x5A);
        unless(type >= 1 && type <= 4, 0x5B);
        unless(type == 2 || type == 4 || entry.pagingMode() <= 1, 0x5B);
        AddressWidth width = AddressWidth.of(entry.addressWidthCode()).filter(unit::supports).orElse(null);
        unless(!usesSecond || width != null, 0x5B);
        unless(!execute || bit(entry.word2(), 1), 0x5C);
        unless(!privileged || bit(entry.word2(), 0), 0x5D);
        boolean snooped = bit(entry.word1(), 23);
        if (type == 4) {
            unless(address < 0xFEE0_0000L || address > 0xFEEF_FFFFL, 0x87);
            unless(fits(address, unit.hostAddressWidth()), 0x83);
            return address;
        }
        if (type == 2) {
            return second(entry.secondStage(), width, address, true, 0x84, entry.secondStageAccessedDirty(), snooped);
        }
        long guest = first(entry, width, type == 3, address);
        return type == 1 ? guest : second(entry.secondStage(), width, guest, true, 0x84, entry.secondStageAccessedDirty(), snooped);
    }

    private long second(long root, AddressWidth width, long address, boolean scalable, int beyond, boolean accessedDirty, boolean snooped) {
        unless(fits(address, Math.min(width.bits(), unit.maximumGuestWidth())), beyond);
        long table = root;
        for (int level = width.levels();; level--) {
            int low = 12 + 9 * (level - 1);
            boolean top = level == width.levels();
            long entry = word(table + 8 * bits(address, low + 8, low), scalable ? top ? 0x7B : 0x78 : top ? 0x03 : 0x07);
            boolean readable = bit(entry, 0);
            boolean writable = bit(entry, 1);
            unless(readable || writable || !scalable, 0x79);
            unless(writable || !write, scalable ? 0x85 : 0x05);
            unless(readable || !read, scalable ? 0x86 : 0x06);
            boolean page = level == 1 || level <= 3 && bit(entry, 7);
            int lowest = page ? low : 12;
            unless(lowest == 12 || bits(entry, lowest - 1, 12) == 0, scalable ? 0x7A : 0x0C);
            unless(page || !bit(entry, 11) && !bit(entry, 62) && (level <= 3 || !bit(entry, 7)), scalable ? 0x7A : 0x0C);
            unless(!beyondHost(entry, 51), scalable ? 0x7A : 0x0C);
            unless(!page || level < 2 || bit(Capability.LARGE_PAGES.get(unit.cap()), level - 2), scalable ? 0x7A : 0x0C);
            unless(!accessedDirty || snooped || bit(entry, 8) && !(page && write && !bit(entry, 9)), 0x7C);
            if (page) {
                return (bits(entry, 51, lowest) << lowest) + bits(address, lowest - 1, 0);
            }
            table = bits(entry, 51, 12) << 12;
        }
    }

    /** A first-stage table access through the second stage: reads, or reads and writes, whatever the request itself does. */
    private long table(PasidEntry entry, AddressWidth width, long address, boolean writes, boolean top) {
        boolean[] request = {read, write};
        read = true;
        write = writes;
        try {
            return second(entry.secondStage(), width, address, true, 0x74, entry.secondStageAccessedDirty(), bit(entry.word1(), 23));
        } catch (Fault fault) {
            throw fault.code == 0x86 ? new Fault(top ? 0x75 : 0x76) : fault.code == 0x85 ? new Fault(0x77) : fault;
        } finally {
            read = request[0];
            write = request[1];
        }
    }

    private long first(PasidEntry entry, AddressWidth width, boolean nested, long address) {
        int levels = 4 + entry.pagingMode();
        int sign = 11 + 9 * levels;
        long upper = bits(address, 63, sign);
        unless(upper == 0 || upper == bits(-1L, 63, sign), 0x80);
        boolean protect = bit(entry.word2(), 4);
        boolean noExecute = bit(entry.word2(), 5);
        boolean extended = bit(entry.word2(), 7);
        long table = entry.firstStage();
        for (int level = levels;; level--) {
            int low = 12 + 9 * (level - 1);
            long at = table + 8 * bits(address, low + 8, low);
            boolean top = level == levels;
            long word = word(nested ? table(entry, width, at, false, top) : at, top ? 0x73 : 0x70);
            unless(bit(word, 0), 0x71);
            unless(privileged || bit(word, 2), 0x81);
            unless(!write || bit(word, 1) || privileged && !protect, 0x85);
            unless(!execute || !noExecute || !bit(word, 63), 0x82);
            boolean page = level == 1 || level <= 3 && bit(word, 7);
            int lowest = page ? low : 12;
            unless(lowest == 12 || bits(word, lowest - 1, 13) == 0, 0x72);
            unless(level <= 3 || !bit(word, 7), 0x72);
            unless(!beyondHost(word, 51), 0x72);
            unless(noExecute || !bit(word, 63), 0x72);
            unless(!page || level != 3 || unit.has(Capability.FIRST_STAGE_1G), 0x72);
            boolean update = !bit(word, 5) || extended && !bit(word, 10) || page && write && !bit(word, 6);
            unless(!update || bit(entry.word1(), 23), 0x90);
            if (update && nested) {
                table(entry, width, at, true, top);
            }
            if (page) {
                return (bits(word, 51, lowest) << lowest) + bits(address, lowest - 1, 0);
            }
            table = bits(word, 51, 12) << 12;
        }
    }
}
