/**
 * Kernel and hypervisor log lines to values: faults of VT-d and AMD-Vi, and the other lines that bear on remapping and passthrough.
 *
 * <p>{@code LogScanner} takes bytes and gives lines to a {@link dev.dmarshal.core.fault.LogSink}. It opens nothing
 * and never throws because of what the bytes say; what it does not know, it counts.
 */
package dev.dmarshal.core.fault;
