/**
 * A crash and the hand-over to the crash kernel: whether a host is ready for it, what becomes of devices that go on while it happens, and what a crash
 * kernel's log says of it.
 */
package dev.dmarshal.doctor.kdump;
