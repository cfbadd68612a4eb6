package dev.dmarshal.doctor.symptom;

import dev.dmarshal.core.pci.Sbdf;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A PCI function as far as the sources tell of it.
 *
 * @param address     where
 * @param listed      whether something that enumerates functions lists it (the kernel's own enumeration, sysfs, a group); a fault alone does not
 * @param ids         vendor and device id, such as {@code 1103:2642}
 * @param classCode   24-bit class code
 * @param driver      driver bound to it or speaking of it
 * @param group       IOMMU group
 * @param secondary   first bus below it, for bridges
 * @param subordinate last bus below it, for bridges
 */
public record SeenDevice(Sbdf address, boolean listed, Optional<String> ids, OptionalInt classCode, Optional<String> driver, OptionalInt group,
        OptionalInt secondary, OptionalInt subordinate) {

    /** A function of which only the address is known. */
    public static SeenDevice at(Sbdf address) {
        return new SeenDevice(address, false, Optional.empty(), OptionalInt.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(),
                OptionalInt.empty());
    }

    /** With what {@code other} knows and this does not. */
    public SeenDevice with(SeenDevice other) {
        return new SeenDevice(address, listed || other.listed, ids.or(other::ids), classCode.isPresent() ? classCode : other.classCode,
                driver.or(other::driver), group.isPresent() ? group : other.group, secondary.isPresent() ? secondary : other.secondary,
                subordinate.isPresent() ? subordinate : other.subordinate);
    }

    /** Base class and sub-class, such as 0x0300. */
    public OptionalInt subclass() {
        return classCode.isPresent() ? OptionalInt.of(classCode.getAsInt() >>> 8) : OptionalInt.empty();
    }

    /** Vendor id in hexadecimal. */
    public Optional<String> vendor() {
        return ids.map(text -> text.substring(0, 4));
    }

    /** Whether it is a PCI-to-PCI bridge of any kind. */
    public boolean bridge() {
        return subclass().orElse(0) == 0x0604 || secondary.isPresent() || driver.filter(name -> name.equals("pcieport") || name.equals("shpchp")).isPresent();
    }
}
