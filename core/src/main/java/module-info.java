/**
 * The hardware: PCI addresses, VT-d structures and faults as values. Pure, needs only {@code java.base}.
 */
module dev.dmarshal.core {
    exports dev.dmarshal.core.acpi;
    exports dev.dmarshal.core.fault;
    exports dev.dmarshal.core.image;
    exports dev.dmarshal.core.memory;
    exports dev.dmarshal.core.pci;
    exports dev.dmarshal.core.pci.config;
    exports dev.dmarshal.core.pci.topology;
    exports dev.dmarshal.core.pci.lspci;
    exports dev.dmarshal.core.tables;
    exports dev.dmarshal.core.unit;
    exports dev.dmarshal.core.vtd;
}
