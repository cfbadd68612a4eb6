package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.pci.SourceId;

/** One thing that a device does. */
public sealed interface Act {

    /** Who signs it, 16 bits. */
    int sourceId();

    /** An untranslated memory request. */
    record Dma(int sourceId, long address, boolean write) implements Act {

        @Override
        public String toString() {
            return "DMA " + (write ? "write" : "read") + " by " + new SourceId(sourceId) + " at 0x" + Long.toHexString(address);
        }
    }

    /** A request that the device's own TLB has translated already. */
    record TranslatedDma(int sourceId, long address, boolean write) implements Act {

        @Override
        public String toString() {
            return "translated DMA " + (write ? "write" : "read") + " by " + new SourceId(sourceId) + " at 0x" + Long.toHexString(address);
        }
    }

    /** An interrupt request that names an entry. */
    record Interrupt(int sourceId, int index) implements Act {

        @Override
        public String toString() {
            return "interrupt by " + new SourceId(sourceId) + " through entry 0x" + Integer.toHexString(index);
        }
    }

    /** An interrupt request in the format from before remapping. */
    record OldInterrupt(int sourceId) implements Act {

        @Override
        public String toString() {
            return "interrupt in compatibility format by " + new SourceId(sourceId);
        }
    }
}
