package dev.dmarshal.core.pci.config;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The capabilities of a function in the order of their lists, standard ones first. Every place is visited once at most, so a walk ends on any bytes.
 *
 * <p>The extended list is walked where Linux walks it (drivers/pci/probe.c, pci_cfg_space_size): behind a PCI Express or PCI-X capability, and for host
 * bridges.
 *
 * @param all      what was found
 * @param findings what is wrong with the lists
 * @param standardComplete whether the standard list was followed to its end
 * @param complete whether both lists were followed to their end; if not, a capability that is not here may still be there
 */
public record CapabilityList(List<PciCapability> all, List<ConfigFinding> findings, boolean standardComplete, boolean complete) {

    private static final int FIRST_EXTENDED = ConfigSpace.CONVENTIONAL_BYTES;
    private static final int HOST_BRIDGE = 0x0600;

    /** Copies the lists. */
    public CapabilityList {
        all = List.copyOf(all);
        findings = List.copyOf(findings);
    }

    static CapabilityList of(ConfigSpace space) {
        return new Walk(space).lists();
    }

    /** The first capability of a kind. */
    public Optional<PciCapability> first(CapabilityKind kind) {
        return all.stream().filter(at -> at.is(kind)).findFirst();
    }

    /** All capabilities of a kind. */
    public List<PciCapability> every(CapabilityKind kind) {
        return all.stream().filter(at -> at.is(kind)).toList();
    }

    private static final class Walk {
        private final ConfigSpace space;
        private final List<PciCapability> found = new ArrayList<>();
        private final List<ConfigFinding> findings = new ArrayList<>();
        private boolean complete = true;

        Walk(ConfigSpace space) {
            this.space = space;
        }

        CapabilityList lists() {
            Optional<Boolean> listed = space.isSet(ConfigHeader.STATUS, ConfigHeader.HAS_CAPABILITIES);
            Optional<HeaderType> type = space.header().type();
            if (listed.isEmpty() || type.isEmpty() || space.header().answers().filter(yes -> !yes).isPresent()) {
                complete = false;
            } else if (listed.get()) {
                standard(type.get() == HeaderType.CARDBUS ? ConfigHeader.CARDBUS_CAPABILITY_POINTER : ConfigHeader.CAPABILITY_POINTER);
            }
            boolean standardComplete = complete;
            if (extendedExpected()) {
                extended();
            }
            return new CapabilityList(found, findings, standardComplete, complete);
        }

        private void standard(ConfigRegister pointer) {
            OptionalLong start = space.read(pointer);
            if (start.isEmpty()) {
                complete = false;
                return;
            }
            BitSet seen = new BitSet();
            int from = pointer.offset();
            int next = (int) start.getAsLong();
            while (next >>> 2 != 0) {
                int at = next & ~3;
                if (next != at) {
                    note("capability-misaligned", from, "points to " + hex(next) + "; the lowest two bits are reserved and were ignored");
                }
                if (at < ConfigSpace.HEADER_BYTES) {
                    stop("capability-in-header", from, "points to " + hex(at) + ", into the header; the list was not followed further");
                    return;
                }
                if (seen.get(at)) {
                    stop("capability-loop", from, "points back to " + hex(at) + ": the list is a loop");
                    return;
                }
                seen.set(at);
                OptionalLong header = space.read(at, 2);
                if (header.isEmpty()) {
                    complete = false;
                    return;
                }
                int id = (int) header.getAsLong() & 0xff;
                next = (int) header.getAsLong() >>> 8;
                if (id == 0xff) {
                    stop("capability-broken", at, "all ones where a capability should be");
                    return;
                }
                found.add(new PciCapability(space, false, id, 0, at, next & ~3));
                from = at + 1;
            }
        }

        private boolean extendedExpected() {
            if (found.stream().anyMatch(at -> at.is(CapabilityKind.PCI_EXPRESS) || at.is(CapabilityKind.PCI_X))) {
                return true;
            }
            OptionalInt classCode = space.header().classCode();
            return classCode.isPresent() && classCode.getAsInt() >>> 8 == HOST_BRIDGE && space.measured(FIRST_EXTENDED, 4);
        }

        private void extended() {
            if (space.end() <= FIRST_EXTENDED) {
                complete &= found.stream().noneMatch(at -> at.is(CapabilityKind.PCI_EXPRESS));
                return;
            }
            if (space.read(FIRST_EXTENDED, 4).equals(space.read(0, 4))) {
                note("extended-space-aliased", FIRST_EXTENDED, "repeats the header: this path to configuration space has 256 bytes only");
                return;
            }
            BitSet seen = new BitSet();
            int from = FIRST_EXTENDED;
            int at = FIRST_EXTENDED;
            while (at != 0) {
                if (at < FIRST_EXTENDED) {
                    stop("extended-capability-in-header", from, "points to " + hex(at) + ", below 100; the list was not followed further");
                    return;
                }
                if (seen.get(at)) {
                    stop("extended-capability-loop", from, "points back to " + hex(at) + ": the list is a loop");
                    return;
                }
                seen.set(at);
                OptionalLong header = space.read(at, 4);
                if (header.isEmpty()) {
                    complete = false;
                    return;
                }
                int word = (int) header.getAsLong();
                if (word == 0 && at == FIRST_EXTENDED) {
                    return;
                }
                if (word == -1 || word == 0) {
                    stop("extended-capability-broken", at, (word == 0 ? "zero" : "all ones") + " where a capability should be");
                    return;
                }
                int next = word >>> 20;
                if ((next & 3) != 0) {
                    note("extended-capability-misaligned", at + 2, "points to " + hex(next) + "; the lowest two bits are reserved and were ignored");
                }
                found.add(new PciCapability(space, true, word & 0xffff, word >>> 16 & 0xf, at, next & ~3));
                from = at + 2;
                at = next & ~3;
            }
        }

        private void note(String label, int offset, String text) {
            findings.add(new ConfigFinding(label, offset, text));
        }

        private void stop(String label, int offset, String text) {
            note(label, offset, text);
            complete = false;
        }

        private static String hex(int value) {
            return Integer.toHexString(value);
        }
    }
}
