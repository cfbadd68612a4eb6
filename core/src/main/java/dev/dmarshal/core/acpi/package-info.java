/**
 * ACPI tables that describe remapping hardware: DMAR (Intel) and IVRS (AMD), read from bytes, built, and judged. Every loop over a table is bounded by
 * its bytes; what is malformed becomes a {@link dev.dmarshal.core.acpi.TableFinding} and reading goes on where that is safe.
 */
package dev.dmarshal.core.acpi;
