package dev.dmarshal.core.fault;

import dev.dmarshal.core.pci.SourceId;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One fault as its log line (or pair of lines) tells it. Nothing is filled in that the line does not say.
 *
 * @param dialect  who wrote it
 * @param kind     what sort of request was refused
 * @param segment  PCI segment, if the line names one (Linux before 7.2 does not)
 * @param source   requester id, if the line names one
 * @param oddSource what stands in place of a requester id and is none, such as {@code 00:20.0}: there is no device 20h
 * @param access   direction
 * @param address  faulting address in bytes, page-aligned by VT-d drivers; for interrupts absent
 * @param index    interrupt-remapping index, for interrupts
 * @param pasid    PASID, if the request had one
 * @param reason   VT-d fault reason code, if a VT-d line
 * @param amdEvent AMD-Vi event name such as {@code IO_PAGE_FAULT}
 * @param amdFlags AMD-Vi flags field
 * @param domain   AMD-Vi domain id, or on Xen the number of the guest
 * @param driver   driver name before the device in the line's prefix
 * @param time     when, in the log's own clock
 * @param line     number of the line in its file, from 1
 */
public record FaultEvent(Dialect dialect, FaultKind kind, OptionalInt segment, Optional<SourceId> source, Optional<String> oddSource,
        Access access, OptionalLong address, OptionalInt index, OptionalInt pasid, OptionalInt reason, Optional<String> amdEvent,
        OptionalInt amdFlags, OptionalInt domain, Optional<String> driver, Optional<LogTime> time, long line) {
}
