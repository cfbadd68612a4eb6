/**
 * PCI configuration space: headers, base address registers, capability lists and their registers, read from bytes that somebody dumped. Pure.
 *
 * <p>A register is declared once, as {@link dev.dmarshal.core.pci.config.ConfigRegister} over {@link dev.dmarshal.core.memory.BitField}s; decoders, printers
 * and the builder derive from it. Bytes that were not dumped are not measured and never zero. Source of all offsets: PCI Local Bus Specification 3.0, PCI
 * Express Base Specification 6.0, PCI-to-PCI Bridge Architecture 1.2; names of fields are those that {@code lspci} shows, where it shows the field.
 */
package dev.dmarshal.core.pci.config;
