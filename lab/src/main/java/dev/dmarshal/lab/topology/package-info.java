/** Random PCI topologies on QEMU, and the IOMMU groups that a real kernel makes of them, beside the computed ones. */
package dev.dmarshal.lab.topology;
