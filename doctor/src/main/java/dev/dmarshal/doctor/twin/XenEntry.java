package dev.dmarshal.doctor.twin;

import java.util.Optional;

/**
 * What Xen makes of a device.
 *
 * @param attachment how its entry is filled in, as far as the pages that were asked for tell; empty if Xen refuses, or if what is known does not decide it
 * @param refused    whether Xen or its tools refuse: the device stays whose it was
 * @param reaches    what the device reaches, a phrase
 * @param why        what decides it, a sentence
 */
public record XenEntry(Optional<Attachment> attachment, boolean refused, String reaches, String why) {
}
