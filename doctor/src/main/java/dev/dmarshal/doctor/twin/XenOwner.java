package dev.dmarshal.doctor.twin;

import java.util.OptionalLong;

/** Who has a device under Xen. */
public sealed interface XenOwner {

    /** In words. */
    String inWords();

    /** dom0, from the start or again. */
    record Dom0() implements XenOwner {

        @Override
        public String inWords() {
            return "dom0";
        }
    }

    /** Nobody: Xen's dom_io, after {@code xl pci-assignable-add} or after a guest. */
    record Quarantine() implements XenOwner {

        @Override
        public String inWords() {
            return "quarantine";
        }
    }

    /**
     * A guest.
     *
     * @param translated whether the device says guest-physical addresses (HVM, PVH); a PV guest's device says machine addresses
     * @param megabytes  the guest's memory, from which its layout follows; empty if not known
     * @param relaxed    whether its policy for reserved device memory is relaxed (rdm_policy=relaxed)
     */
    record Guest(boolean translated, OptionalLong megabytes, boolean relaxed) implements XenOwner {

        @Override
        public String inWords() {
            return (translated ? "an HVM guest" : "a PV guest") + (megabytes.isPresent() ? " with " + megabytes.getAsLong() + " MiB" : "")
                    + (relaxed ? ", rdm_policy=relaxed" : "");
        }
    }
}
