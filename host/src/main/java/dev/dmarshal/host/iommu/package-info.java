/** Whether the IOMMU of a machine is in force, and if not, why: a tree of causes, each with three answers. */
package dev.dmarshal.host.iommu;
