package dev.dmarshal.core.tables;

/** Page addresses, none of them 0 but once: open addressing, no removal. Not thread-safe. */
final class AddressSet {
    private long[] slots = new long[1024];
    private int size;
    private boolean zero;

    /** Adds an address; says whether it is new. */
    boolean add(long address) {
        if (address == 0) {
            boolean fresh = !zero;
            zero = true;
            return fresh;
        }
        int at = slot(address);
        if (slots[at] == address) {
            return false;
        }
        slots[at] = address;
        if (++size * 2 > slots.length) {
            grow();
        }
        return true;
    }

    int size() {
        return size + (zero ? 1 : 0);
    }

    private int slot(long address) {
        int mask = slots.length - 1;
        int at = (int) ((address >>> 12) * 0x9E37_79B9_7F4A_7C15L >>> 32) & mask;
        while (slots[at] != 0 && slots[at] != address) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[old.length * 2];
        for (long address : old) {
            if (address != 0) {
                slots[slot(address)] = address;
            }
        }
    }
}
