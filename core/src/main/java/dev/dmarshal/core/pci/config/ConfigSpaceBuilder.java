package dev.dmarshal.core.pci.config;

import dev.dmarshal.core.memory.BitField;

/** Builds configuration spaces for tests, labs and fakes: fields by name, capabilities linked as they are added. Not thread-safe. */
public final class ConfigSpaceBuilder {

    private static final int FIRST_CAPABILITY = 0x40;

    private final byte[] bytes;
    private HeaderType type = HeaderType.ENDPOINT;
    private int link;
    private int extendedLink;
    private int free = FIRST_CAPABILITY;
    private int extendedFree = ConfigSpace.CONVENTIONAL_BYTES;

    ConfigSpaceBuilder(int sizeBytes) {
        bytes = new byte[sizeBytes];
    }

    /** Vendor and device. */
    public ConfigSpaceBuilder ids(int vendor, int device) {
        return set(ConfigHeader.VENDOR_ID, vendor).set(ConfigHeader.DEVICE_ID, device);
    }

    /** Class code, 24 bits. */
    public ConfigSpaceBuilder classCode(int code) {
        write(0x09, 3, code);
        return this;
    }

    /** Layout of the header, to be named before BARs and capabilities. */
    public ConfigSpaceBuilder type(HeaderType value) {
        type = value;
        return set(ConfigHeader.HEADER_TYPE, ConfigHeader.LAYOUT, value.ordinal());
    }

    /** Whether the device may have further functions. */
    public ConfigSpaceBuilder multifunction(boolean value) {
        return set(ConfigHeader.HEADER_TYPE, ConfigHeader.MULTIFUNCTION, value ? 1 : 0);
    }

    /** Makes it a bridge with these buses. */
    public ConfigSpaceBuilder bridge(int primary, int secondary, int subordinate) {
        type(HeaderType.BRIDGE);
        return set(BridgeHeader.PRIMARY, primary).set(BridgeHeader.SECONDARY, secondary).set(BridgeHeader.SUBORDINATE, subordinate);
    }

    /** A window of a bridge; addresses as {@link BridgeWindow} gives them, base above limit to close it. */
    public ConfigSpaceBuilder window(BridgeWindow window) {
        boolean wide = window.widthBits() > (window.kind() == BridgeWindow.Kind.IO ? 16 : 32);
        switch (window.kind()) {
            case IO -> {
                set(BridgeHeader.IO_BASE, BridgeHeader.IO_ADDRESS, window.base() >>> 12 & 0xf).set(BridgeHeader.IO_BASE, BridgeHeader.WINDOW_TYPE, wide ? 1
                        : 0);
                set(BridgeHeader.IO_LIMIT, BridgeHeader.IO_ADDRESS, window.limit() >>> 12 & 0xf).set(BridgeHeader.IO_LIMIT, BridgeHeader.WINDOW_TYPE, wide ? 1
                        : 0);
                set(BridgeHeader.IO_BASE_UPPER, window.base() >>> 16 & 0xffff).set(BridgeHeader.IO_LIMIT_UPPER, window.limit() >>> 16 & 0xffff);
            }
            case MEMORY -> set(BridgeHeader.MEMORY_BASE, BridgeHeader.MEMORY_ADDRESS, window.base() >>> 20 & 0xfff)
                    .set(BridgeHeader.MEMORY_LIMIT, BridgeHeader.MEMORY_ADDRESS, window.limit() >>> 20 & 0xfff);
            case PREFETCHABLE -> {
                set(BridgeHeader.PREFETCHABLE_BASE, BridgeHeader.MEMORY_ADDRESS, window.base() >>> 20 & 0xfff)
                        .set(BridgeHeader.PREFETCHABLE_BASE, BridgeHeader.WINDOW_TYPE, wide ? 1 : 0);
                set(BridgeHeader.PREFETCHABLE_LIMIT, BridgeHeader.MEMORY_ADDRESS, window.limit() >>> 20 & 0xfff)
                        .set(BridgeHeader.PREFETCHABLE_LIMIT, BridgeHeader.WINDOW_TYPE, wide ? 1 : 0);
                set(BridgeHeader.PREFETCHABLE_BASE_UPPER, window.base() >>> 32).set(BridgeHeader.PREFETCHABLE_LIMIT_UPPER, window.limit() >>> 32);
            }
        }
        return this;
    }

    /** A base address register; a 64-bit one fills the next place too. */
    public ConfigSpaceBuilder bar(Bar bar) {
        if (bar.index() < 0 || bar.index() + (bar.kind() == Bar.Kind.MEMORY_64 ? 1 : 0) >= type.bars()) {
            throw new IllegalArgumentException("no place for BAR " + bar.index());
        }
        int offset = 0x10 + 4 * bar.index();
        if (bar.isMemory()) {
            long low = Bar.MEMORY_TYPE.set(bar.address() & Bar.MEMORY_ADDRESS.mask(), bar.kind().ordinal() - 1);
            write(offset, 4, Bar.PREFETCHABLE.set(low, bar.prefetchable() ? 1 : 0));
        } else {
            write(offset, 4, bar.address() & Bar.IO_ADDRESS.mask() | 1);
        }
        if (bar.kind() == Bar.Kind.MEMORY_64) {
            write(offset + 4, 4, bar.address() >>> 32);
        }
        return this;
    }

    /** A register of the header. */
    public ConfigSpaceBuilder set(ConfigRegister register, long value) {
        store(0, register, value);
        return this;
    }

    /** A field of a register of the header. */
    public ConfigSpaceBuilder set(ConfigRegister register, BitField field, long value) {
        store(0, register, field.set(load(0, register), value));
        return this;
    }

    /** Adds a standard capability of a size in bytes at the next free place, or an extended one of version 1. */
    public CapabilityBuilder capability(CapabilityKind kind, int sizeBytes) {
        return kind.extended() ? extended(kind, 1, sizeBytes) : standard(kind, sizeBytes);
    }

    private CapabilityBuilder standard(CapabilityKind kind, int sizeBytes) {
        int at = free;
        room(at, sizeBytes, Math.min(bytes.length, ConfigSpace.CONVENTIONAL_BYTES));
        free = at + sizeBytes + 3 & ~3;
        set(ConfigHeader.STATUS, ConfigHeader.HAS_CAPABILITIES, 1);
        int pointer = type == HeaderType.CARDBUS ? ConfigHeader.CARDBUS_CAPABILITY_POINTER.offset() : ConfigHeader.CAPABILITY_POINTER.offset();
        write(link == 0 ? pointer : link + 1, 1, at);
        write(at, 1, kind.id());
        link = at;
        return new CapabilityBuilder(this, at);
    }

    /** Adds an extended capability of a version. */
    public CapabilityBuilder extended(CapabilityKind kind, int version, int sizeBytes) {
        int at = extendedFree;
        room(at, sizeBytes, bytes.length);
        extendedFree = at + sizeBytes + 3 & ~3;
        if (extendedLink != 0) {
            write(extendedLink + 2, 2, at << 4 | read(extendedLink + 2, 2) & 0xf);
        }
        write(at, 4, (long) version << 16 | kind.id());
        extendedLink = at;
        return new CapabilityBuilder(this, at);
    }

    private static void room(int at, int sizeBytes, int end) {
        if (at + sizeBytes > end) {
            throw new IllegalArgumentException("no room for " + sizeBytes + " bytes at 0x" + Integer.toHexString(at));
        }
    }

    /** Any bytes anywhere, for spaces that are wrong on purpose. */
    public ConfigSpaceBuilder raw(int offset, int sizeBytes, long value) {
        write(offset, sizeBytes, value);
        return this;
    }

    /** The space, all of it measured. */
    public ConfigSpace build() {
        return ConfigSpace.of(bytes);
    }

    void store(int base, ConfigRegister register, long value) {
        if ((value & ~register.widthMask()) != 0) {
            throw new IllegalArgumentException(register.name() + " has " + register.sizeBytes() + " bytes: 0x" + Long.toHexString(value));
        }
        write(base + register.offset(), register.sizeBytes(), value);
    }

    long load(int base, ConfigRegister register) {
        return read(base + register.offset(), register.sizeBytes());
    }

    private void write(int offset, int sizeBytes, long value) {
        for (int i = 0; i < sizeBytes; i++) {
            bytes[offset + i] = (byte) (value >>> i * Byte.SIZE);
        }
    }

    private long read(int offset, int sizeBytes) {
        long value = 0;
        for (int i = sizeBytes - 1; i >= 0; i--) {
            value = value << Byte.SIZE | bytes[offset + i] & 0xff;
        }
        return value;
    }
}
