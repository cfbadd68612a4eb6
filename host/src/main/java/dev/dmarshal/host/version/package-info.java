/** Versions of the Linux kernel and of Xen: read from what logs and tools print, and compared. Pure. */
package dev.dmarshal.host.version;
