package dev.dmarshal.core.unit;

/**
 * What the latched commands have put in force: the part of the register file that translation depends on, as one immutable value.
 * The register file publishes a new one after each command; a translation reads it once, so it never sees half a command.
 *
 * @param translationEnabled  GSTS.TES
 * @param mode                translation table mode of the latched RTADDR
 * @param rootTable           physical address of the latched root table
 * @param interruptsEnabled   GSTS.IRES
 * @param compatibilityPasses GSTS.CFIS
 * @param interruptTable      physical address of the latched interrupt-remapping table
 * @param interruptEntries    entries in it: 2 to 65,536
 * @param extendedInterrupts  latched IRTA.EIME (x2APIC destinations)
 * @param protectedLow        protected low-memory region, empty when PMEN is off
 * @param protectedHigh       protected high-memory region, empty when PMEN is off
 */
record UnitState(boolean translationEnabled, TableMode mode, long rootTable, boolean interruptsEnabled, boolean compatibilityPasses,
        long interruptTable, int interruptEntries, boolean extendedInterrupts, Range protectedLow, Range protectedHigh) {

    /** RTADDR.TTM. */
    enum TableMode {
        LEGACY, SCALABLE, RESERVED, ABORT
    }

    /** Addresses {@code base} to {@code limit} inclusive, unsigned; {@code base} above {@code limit} is empty. */
    record Range(long base, long limit) {
        static final Range EMPTY = new Range(-1, 0);

        /** Whether {@code first..last} (inclusive) touches this range. */
        boolean overlaps(long first, long last) {
            return Long.compareUnsigned(base, limit) <= 0 && Long.compareUnsigned(base, last) <= 0 && Long.compareUnsigned(first, limit) <= 0;
        }
    }
}
