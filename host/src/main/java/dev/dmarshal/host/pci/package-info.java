/** The PCI functions of a machine, live or captured: what sysfs says of them, and the tree that their configuration spaces make. */
package dev.dmarshal.host.pci;
