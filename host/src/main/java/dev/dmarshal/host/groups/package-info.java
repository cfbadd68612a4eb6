/**
 * IOMMU groups as Linux makes them, from topology alone: for hosts whose IOMMU is off, for dom0, and for what is only planned. Pure; facts about devices and
 * kernels are rows of {@code quirks.txt}.
 */
package dev.dmarshal.host.groups;
