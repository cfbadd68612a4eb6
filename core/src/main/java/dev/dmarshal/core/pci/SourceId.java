package dev.dmarshal.core.pci;

/**
 * A PCI requester id as it travels in a transaction: bus 15:8, device 7:3, function 2:0.
 *
 * <p>VT-d calls it source-id. It says who signed a request, which need not be a function that the host knows: bridges take requests over,
 * and some devices sign with functions that they do not have. It carries no segment; the remapping unit that saw it does.
 *
 * @param value 16 bits
 */
public record SourceId(int value) implements Comparable<SourceId> {

    /** Refuses values that do not fit in 16 bits. */
    public SourceId {
        if (value >>> 16 != 0) {
            throw new IllegalArgumentException("a source-id has 16 bits: 0x" + Integer.toHexString(value));
        }
    }

    /** Puts a source-id together; each part must be in its range (bus 0..255, device 0..31, function 0..7). */
    public static SourceId of(int bus, int device, int function) {
        if (bus >>> 8 != 0 || device >>> 5 != 0 || function >>> 3 != 0) {
            throw new IllegalArgumentException("no such function: " + bus + ":" + device + "." + function);
        }
        return new SourceId(bus << 8 | device << 3 | function);
    }

    /** Bus number, 0 to 255. */
    public int bus() {
        return value >>> 8;
    }

    /** Device number, 0 to 31. */
    public int device() {
        return value >>> 3 & 0x1f;
    }

    /** Function number, 0 to 7. */
    public int function() {
        return value & 7;
    }

    /** Device and function as one byte: the index into a context table. */
    public int devfn() {
        return value & 0xff;
    }

    /** The function that has this requester id in the given segment. */
    public Sbdf in(int segment) {
        return new Sbdf(segment, bus(), device(), function());
    }

    @Override
    public int compareTo(SourceId other) {
        return Integer.compare(value, other.value);
    }

    /** As the kernel's fault lines write it: {@code bb:dd.f}, lower case. */
    @Override
    public String toString() {
        return Sbdf.hex(bus(), 2) + ":" + Sbdf.hex(device(), 2) + "." + function();
    }
}
